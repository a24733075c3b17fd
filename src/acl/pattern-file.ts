/** The lines of a pattern file (manual section 7.1, `-f`): blanks at the beginning, empty lines and `#` do not count. */

/** The patterns of a file's text. Of a map (`-M`) the first column counts. */
export function patternLines(text: string, isMap: boolean): string[] {
  const patterns: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const pattern = line.replace(/^[ \t]+/, '').replace(/\r$/, '');
    if (pattern !== '') patterns.push(isMap ? /^[^ \t]*/.exec(pattern)![0] : pattern);
  }
  return patterns;
}
