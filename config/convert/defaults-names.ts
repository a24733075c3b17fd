/**
 * Which defaults section each section of a document starts from, with names for those that have none: in YAML all
 * defaults stand above the rest, so more than one must be told apart by name.
 */
import type { Section } from '../document/document.ts';
import { wrongCharacter } from '../link/names.ts';

export interface DefaultsNames {
  /** The defaults sections in order; a name of null where there is just one that all others take. */
  readonly sections: readonly { readonly section: Section | null; readonly name: string | null }[];
  /** The name behind `from` of a section; null for none. */
  baseOf(section: Section): string | null;
}

export function nameDefaults(sections: readonly Section[]): DefaultsNames {
  const defaults = sections.filter(({ kind }) => kind === 'defaults');
  const bases = new Map<Section, Section | null>();
  let last: Section | null = null;
  for (const section of sections) {
    if (section.kind !== 'global')
      bases.set(section, explicitBase(section, defaults) ?? (section.kind === 'defaults' ? null : last));
    if (section.kind === 'defaults') last = section;
  }
  const proxies = sections.filter(({ kind }) => kind !== 'global' && kind !== 'defaults');
  const [only, ...others] = defaults;
  if (only === undefined) return { sections: [], baseOf: () => null };
  if (others.length === 0 && proxies.every((proxy) => bases.get(proxy) === only && fromOf(proxy) === null))
    return { sections: [{ section: only, name: ownName(only) }], baseOf: () => null };
  const names = uniqueNames(defaults);
  const needsNone = proxies.some((proxy) => bases.get(proxy) === null);
  const none = needsNone ? freeName('none', [...names.values()]) : null;
  const listed = defaults.map((section) => ({ section, name: names.get(section)! }));
  return {
    sections: none === null ? listed : [{ section: null, name: none }, ...listed],
    baseOf: (section) => {
      const base = bases.get(section);
      return base === null || base === undefined
        ? section.kind === 'defaults'
          ? fromOf(section)
          : none
        : names.get(base)!;
    },
  };
}

/** The word behind `from` in a section's header. */
function fromOf({ header }: Section): string | null {
  const from = header.findIndex(({ text }) => text === 'from');
  return from < 0 ? null : (header[from + 1]?.text ?? null);
}

function ownName({ header }: Section): string | null {
  const first = header[0]?.text;
  return first === undefined || (first === 'from' && header.length === 2) ? null : first;
}

function explicitBase(section: Section, defaults: readonly Section[]): Section | null {
  const name = fromOf(section);
  return name === null
    ? null
    : (defaults.findLast((each) => each !== section && ownName(each) === name) ?? null);
}

function uniqueNames(defaults: readonly Section[]): Map<Section, string> {
  const names = new Map<Section, string>();
  for (const section of defaults) {
    const own = ownName(section);
    const wanted = own === null || wrongCharacter(own) !== undefined ? 'defaults-1' : own;
    names.set(
      section,
      freeName(wanted, [
        ...names.values(),
        ...defaults.filter((other) => other !== section && own === null).map((other) => ownName(other) ?? ''),
      ]),
    );
  }
  return names;
}

function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  const stem = wanted.replace(/-\d+$/, '');
  for (let number = 2; ; number++) if (!taken.includes(`${stem}-${number}`)) return `${stem}-${number}`;
}
