/** Reads the sections of a document into drafts: headers, names, defaults, and the statements of each. */
import { haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import { nearest } from '../../src/keyword/nearest.ts';
import type { Position, Word } from '../../src/keyword/words.ts';
import type { AclLine } from '../../src/settings/acl.ts';
import type { DefaultPath } from '../../src/settings/global-services.ts';
import type { Document, Section, Statement } from '../document/document.ts';
import { basePathOf } from './base-path.ts';
import { type DefaultsChoice, DefaultsChooser } from './defaults-chooser.ts';
import { isProxyDraft, type ProxyDraft, type SectionDraft } from './draft.ts';
import { wrongCharacter } from './names.ts';
import { OrderCheck } from './order-check.ts';
import type { ReadFile } from './read-file.ts';
import { readStatement } from './read-statement.ts';
import type { Report } from './report.ts';

export interface Drafts {
  /** All global sections as one. */
  readonly global: SectionDraft;
  readonly proxies: readonly ProxyDraft[];
}

export interface ReadOptions {
  /** The folder the program runs in. */
  readonly workingFolder: string;
  readonly readFile: ReadFile;
}

const KINDS: readonly string[] = ['global', 'defaults', 'frontend', 'backend', 'listen'];

export function readSections(document: Document, report: Report, options: ReadOptions): Drafts {
  const reader = new SectionReader(report, options);
  for (const section of document.sections) reader.read(section);
  return { global: reader.global, proxies: reader.proxies };
}

class SectionReader {
  readonly global: SectionDraft = {
    kind: 'global',
    name: '',
    at: { file: '', line: 0, column: 0 },
    source: '',
    base: null,
    entries: [],
    acls: new Map(),
  };
  readonly proxies: ProxyDraft[] = [];
  readonly #report: Report;
  readonly #options: ReadOptions;
  readonly #defaults: DefaultsChooser;
  #defaultPath: DefaultPath = { kind: 'current' };

  constructor(report: Report, options: ReadOptions) {
    this.#report = report;
    this.#options = options;
    this.#defaults = new DefaultsChooser(report);
  }

  read(section: Section): void {
    if (!KINDS.includes(section.kind)) {
      this.#refuseSection(section);
      return;
    }
    const draft = section.kind === 'global' ? this.#globalDraft(section) : this.#namedDraft(section);
    const order = new OrderCheck(this.#report);
    for (const statement of section.statements) this.#readInto(draft, statement, order);
    if (isProxyDraft(draft)) this.proxies.push(draft);
    else if (draft.kind === 'defaults') this.#defaults.add(draft);
  }

  #readInto(draft: SectionDraft, statement: Statement, order: OrderCheck): void {
    if (statement.words.length === 0) return;
    const basePath = basePathOf(this.#defaultPath, statement.words[0]!.at.file, this.#options.workingFolder);
    const entry = readStatement(statement, {
      draft,
      report: this.#report,
      basePath,
      readFile: this.#options.readFile,
    });
    if (entry === undefined) return;
    draft.entries.push(entry);
    order.add(entry);
    if (entry.declaration.key === 'aclLines') addAcl(draft, entry.value as AclLine);
    if (entry.declaration.key === 'defaultPath') this.#defaultPath = entry.value as DefaultPath;
  }

  #refuseSection({ kind, at, source }: Section): void {
    const known = haproxyKeywords('section');
    if (known.has(kind)) {
      this.#report.error(
        { at, source },
        `section '${kind}' is one of HAProxy's that Fairlead does not support yet`,
      );
      return;
    }
    const close = nearest(kind, known);
    this.#report.error({ at, source }, `unknown section '${kind}'`, {
      remedy: close === undefined ? `known: ${KINDS.join(', ')}` : `did you mean '${close}'?`,
    });
  }

  #globalDraft(section: Section): SectionDraft {
    const extra = section.header[0];
    if (extra !== undefined)
      this.#report.error(
        { at: extra.at, source: section.source },
        `unexpected word '${extra.text}' behind 'global'`,
        { remedy: 'remove it' },
      );
    return this.global;
  }

  #namedDraft(section: Section): SectionDraft {
    const { at, source } = section;
    const kind = section.kind as Exclude<SectionDraft['kind'], 'global'>;
    const header = this.#readHeader(section, kind);
    const draft = { kind, name: header.name?.text ?? '', at: header.name?.at ?? at, source };
    return { ...draft, base: this.#defaults.choose(draft, header.from), entries: [], acls: new Map() };
  }

  /** `<name> [from <defaults>]`; defaults may leave out the name. */
  #readHeader({ header, end, source }: Section, kind: string): { name: Word | null; from: DefaultsChoice } {
    const isNameless =
      header.length === 0 || (kind === 'defaults' && header[0]!.text === 'from' && header.length === 2);
    const name = isNameless ? null : header[0]!;
    if (kind !== 'defaults') this.#checkName(name, { kind, end, source });
    const [from, base, extra] = header.slice(isNameless ? 0 : 1);
    const unexpected = from === undefined || from.text === 'from' ? extra : from;
    if (unexpected !== undefined)
      this.#report.error(
        { at: unexpected.at, source },
        `unexpected word '${unexpected.text}' in the header of the ${kind} section`,
        {
          remedy: `write '${kind} <name>' or '${kind} <name> from <defaults>'`,
        },
      );
    if (from?.text !== 'from') return { name, from: null };
    if (base === undefined) this.#report.error({ at: end, source }, "missing <defaults> behind 'from'");
    return { name, from: base ?? null };
  }

  #checkName(
    name: Word | null,
    { kind, end, source }: { kind: string; end: Position; source: string },
  ): void {
    if (name === null) {
      this.#report.error({ at: end, source }, `'${kind}' expects an <id> argument`, {
        remedy: `write '${kind} <name>'`,
      });
      return;
    }
    const wrong = wrongCharacter(name.text);
    if (wrong === undefined) return;
    this.#report.error(
      { at: name.at, source },
      `character '${wrong}' is not permitted in '${kind}' name '${name.text}'`,
      {
        remedy: "use letters, digits, '-', '_', '.' and ':'",
      },
    );
  }
}

function addAcl(draft: SectionDraft, { name, test }: AclLine): void {
  const tests = draft.acls.get(name);
  if (tests === undefined) draft.acls.set(name, [test]);
  else tests.push(test);
}
