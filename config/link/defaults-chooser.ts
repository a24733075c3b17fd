/** Chooses the defaults section of each section: the one named with `from`, or the last one above. */
import { nearest } from '../../src/keyword/nearest.ts';
import type { Word } from '../../src/keyword/words.ts';
import type { SectionDraft } from './draft.ts';
import { wrongCharacter } from './names.ts';
import type { Report } from './report.ts';

/** The word behind `from`, or null where there is none. */
export type DefaultsChoice = Word | null;

type Chooser = Pick<SectionDraft, 'kind' | 'name' | 'source' | 'at'>;

export class DefaultsChooser {
  readonly #report: Report;
  readonly #sections: SectionDraft[] = [];
  /** Sections that take their defaults implicitly, and those named by others: both at once is ambiguous. */
  readonly #implicit = new Map<SectionDraft, Chooser>();
  readonly #explicit = new Set<SectionDraft>();

  constructor(report: Report) {
    this.#report = report;
  }

  add(defaults: SectionDraft): void {
    this.#sections.push(defaults);
  }

  choose(chooser: Chooser, from: DefaultsChoice): SectionDraft | null {
    if (from !== null) return this.#named(chooser, from);
    if (chooser.kind === 'defaults') return null;
    const last = this.#sections.at(-1) ?? null;
    if (last === null) return null;
    if (!this.#implicit.has(last)) this.#implicit.set(last, chooser);
    this.#tellMixed(last, chooser);
    return last;
  }

  #named(chooser: Chooser, from: Word): SectionDraft | null {
    const subject = { at: from.at, source: chooser.source };
    const found = this.#sections.filter(({ name }) => name === from.text);
    if (found.length > 1) {
      this.#report.error(
        subject,
        `ambiguous defaults section name '${from.text}' referenced by ${chooser.kind} '${chooser.name}' exists at least at ${found.map(({ at }) => `${at.file}:${at.line}`).join(' and ')}`,
        {
          remedy: 'give each defaults section a name of its own',
        },
      );
    }
    const base = found.at(-1);
    if (base === undefined) {
      this.#missing(chooser, from);
      return null;
    }
    const wrong = wrongCharacter(from.text);
    if (wrong !== undefined)
      this.#report.error(
        subject,
        `character '${wrong}' is not permitted in the defaults name '${from.text}'`,
        {
          reason: 'a defaults section that others name needs a name like that of a proxy',
        },
      );
    this.#explicit.add(base);
    const implicit = this.#implicit.get(base);
    if (implicit !== undefined) this.#tellMixed(base, implicit);
    return base;
  }

  #missing(chooser: Chooser, from: Word): void {
    const isSelf = chooser.kind === 'defaults' && chooser.name === from.text;
    const close = nearest(
      from.text,
      this.#sections.map(({ name }) => name),
    );
    this.#report.error(
      { at: from.at, source: chooser.source },
      `defaults section '${from.text}' not found for ${chooser.kind} '${chooser.name}'`,
      {
        reason: isSelf
          ? 'a defaults section cannot start from itself'
          : 'it must stand above the section that takes it, so that sections cannot start from each other in a circle',
        remedy: close === undefined ? undefined : `did you mean '${close}'?`,
      },
    );
  }

  #tellMixed(defaults: SectionDraft, chooser: Chooser): void {
    if (!this.#explicit.has(defaults)) return;
    this.#report.warning(
      { at: chooser.at, source: chooser.source },
      `defaults section '${defaults.name}' is named by other sections and taken by '${chooser.name}' without being named`,
      { remedy: `write 'from ${defaults.name}', or put a defaults section without a name above` },
    );
  }
}
