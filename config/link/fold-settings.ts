/** Adds up the lines of a section and of its defaults to the settings that count. */
import type { ProxyMode } from '../../src/settings/proxy-identity.ts';
import { type Entry, nounOf, type ProxyDraft, type SectionDraft } from './draft.ts';
import type { Report } from './report.ts';

/** The entries that count, by the key they set: one, or all of a list. */
export type Folded = ReadonlyMap<string, readonly Entry[]>;

/** A section's own lines behind those of its defaults, which begin with those of their own defaults. */
export function allEntries(draft: SectionDraft): readonly Entry[] {
  if (draft.base === null) return draft.entries;
  return [...allEntries(draft.base).filter((entry) => isHeritable(entry, draft)), ...draft.entries];
}

function isHeritable(entry: Entry, draft: SectionDraft): boolean {
  return (
    draft.kind === 'defaults' || (draft.kind !== 'global' && entry.declaration.sections.includes(draft.kind))
  );
}

export function foldEntries(entries: readonly Entry[]): Folded {
  const folded = new Map<string, Entry[]>();
  for (const entry of entries) fold(folded, entry);
  return folded;
}

function fold(folded: Map<string, Entry[]>, entry: Entry): void {
  const { key, collect, negated, clears } = entry.declaration;
  const standing = folded.get(key) ?? [];
  if (entry.effect === 'reset' || (entry.effect === 'negate' && clears === true)) folded.delete(key);
  else if (entry.effect === 'negate' && isLeftAlone(standing, negated)) return;
  else folded.set(key, collect === 'list' ? [...standing, entry] : [entry]);
}

/** `no option httpclose` only takes back `option httpclose`. */
function isLeftAlone(standing: readonly Entry[], negated: Entry['declaration']['negated']): boolean {
  return negated !== undefined && 'over' in negated && standing.at(-1)?.value !== negated.over;
}

/** Leaves out, with HAProxy's warning, what has no effect in the proxy's mode. */
export function dropOtherModes(folded: Folded, mode: ProxyMode, draft: ProxyDraft, report: Report): Folded {
  const kept = new Map<string, Entry[]>();
  const told = new Set<string>();
  for (const [key, entries] of folded) {
    const ofMode = entries.flatMap((entry) => {
      const { modes, name, elsewhere } = entry.declaration;
      if (modes.length === 0 || modes.includes(mode) || entry.effect !== 'set') return [entry];
      if (!told.has(name)) report.warning(entry, wrongMode(entry, draft));
      told.add(name);
      return elsewhere === undefined ? [] : [{ ...entry, value: elsewhere.value }];
    });
    if (ofMode.length > 0) kept.set(key, ofMode);
  }
  return kept;
}

function wrongMode({ declaration }: Entry, draft: ProxyDraft): string {
  const { name, collect, elsewhere, modes } = declaration;
  const owner = `${nounOf(draft)} '${draft.name}'`;
  if (elsewhere !== undefined)
    return `'${name}' not usable with ${owner} (needs 'mode ${modes[0]}'). ${elsewhere.text}`;
  const needed = modes[0]?.toUpperCase();
  if (collect === 'list') return `'${name}' rules ignored for ${owner} as they require ${needed} mode`;
  return `'${name}' ignored for ${owner} as it requires ${needed} mode`;
}

/** The values of the entries as settings, but those of `except`, which become something else. */
export function settingsOf(folded: Folded, except: readonly string[]): { readonly [key: string]: unknown } {
  const settings: { [key: string]: unknown } = {};
  for (const [key, entries] of folded) {
    if (except.includes(key)) continue;
    const { collect } = entries[0]!.declaration;
    settings[key] = collect === 'list' ? entries.map(({ value }) => value) : entries.at(-1)!.value;
  }
  return settings;
}

/** The values of one key, in order. */
export function valuesOf<T>(folded: Folded, key: string): readonly T[] {
  return (folded.get(key) ?? []).map(({ value }) => value as T);
}
