/** What names of configuration objects may look like. */

/** The first character that no name of a proxy or server may have (manual section 4). */
export function wrongCharacter(name: string): string | undefined {
  return /[^-A-Za-z0-9_.:]/.exec(name)?.[0];
}
