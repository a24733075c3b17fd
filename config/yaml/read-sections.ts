/**
 * The top of a YAML configuration to sections: `global`, `defaults`, and `frontends`, `backends` and `listens` as maps
 * by name, or `proxies` as a list where their order counts. Whatever order they are written in, global comes first
 * and defaults second.
 */
import { haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import type { Position, Word } from '../../src/keyword/words.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Section, Statement } from '../document/document.ts';
import { applyToEnvironment } from '../haproxy-cfg/environment.ts';
import { adviceFor, readStatements } from './read-statements.ts';
import type { SourceText } from './source-text.ts';
import { nounOf, type YamlEntry, type YamlMap, type YamlValue } from './value.ts';
import { vocabularies } from './vocabulary.ts';

/** The keys of maps of sections, and the section that each value is. */
export const PROXY_MAPS: ReadonlyMap<string, string> = new Map([
  ['frontends', 'frontend'],
  ['backends', 'backend'],
  ['listens', 'listen'],
]);

/** The list of sections in order. */
export const PROXIES_KEY = 'proxies';
export const PROXY_KINDS: readonly string[] = [...PROXY_MAPS.values()];

const TOP_KEYS: readonly string[] = ['global', 'defaults', ...PROXY_MAPS.keys(), PROXIES_KEY];

export interface SectionSite {
  readonly source: SourceText;
  /** Changed by the global section, for what follows. */
  readonly environment: Map<string, string>;
  report(diagnostic: Diagnostic): void;
}

/** Everything wrong is reported; what can be read is returned. */
export function readSections(root: YamlValue, site: SectionSite): Section[] {
  const reader = new SectionReader(site);
  reader.read(root);
  return reader.sections;
}

interface Header {
  readonly kind: string;
  readonly words: readonly Word[];
  readonly at: Position;
}

class SectionReader {
  readonly sections: Section[] = [];
  readonly #site: SectionSite;

  constructor(site: SectionSite) {
    this.#site = site;
  }

  read(root: YamlValue): void {
    if (root.kind === 'nothing') return;
    if (root.kind !== 'map') {
      this.#error(root.at, `a configuration is a map, and this is ${nounOf(root)}`, {
        remedy: `write keys at the beginning of lines: ${TOP_KEYS.join(', ')}`,
      });
      return;
    }
    const rank = ({ key }: YamlEntry) => (key.text === 'global' ? 0 : key.text === 'defaults' ? 1 : 2);
    for (const entry of [...root.entries].sort((a, b) => rank(a) - rank(b))) this.#top(entry);
  }

  #top({ key, value }: YamlEntry): void {
    const kind = PROXY_MAPS.get(key.text);
    if (key.text === 'global') this.#section({ kind: 'global', words: [], at: key.at }, value);
    else if (key.text === 'defaults') this.#defaults(key, value);
    else if (kind !== undefined) this.#proxyMap(key, kind, value);
    else if (key.text === PROXIES_KEY) this.#proxyList(key, value);
    else if (!key.text.startsWith('x-')) this.#unknownTop(key);
  }

  #unknownTop(key: Word): void {
    const known = haproxyKeywords('section');
    const singular = [key.text, key.text.replace(/s$/, '')].find((name) => known.has(name));
    const plural = [...PROXY_MAPS].find(([, kind]) => kind === singular)?.[0];
    if (plural !== undefined)
      this.#error(key.at, `'${key.text}' is no key here`, {
        remedy: `write '${plural}:' with a map by name: '${plural}: { ${key.text === singular ? 'www' : 'name'}: … }'`,
      });
    else if (singular !== undefined)
      this.#error(key.at, `section '${singular}' is one of HAProxy's that Fairlead does not support yet`);
    else
      this.#error(
        key.at,
        `unknown key '${key.text}' at the top of the configuration`,
        adviceFor(key.text, TOP_KEYS),
      );
  }

  /** One map, or a list of them, each with a name that other sections take it by. */
  #defaults(key: Word, value: YamlValue): void {
    if (value.kind !== 'list') this.#defaultsSection(key.at, value);
    else for (const item of value.items) this.#defaultsSection(item.at, item);
  }

  #defaultsSection(at: Position, value: YamlValue): void {
    const name = this.#headerWord(value, 'name');
    this.#section({ kind: 'defaults', words: name === null ? [] : [name], at }, value, ['name']);
  }

  #proxyMap(key: Word, kind: string, value: YamlValue): void {
    if (value.kind === 'nothing') return;
    if (value.kind !== 'map') {
      this.#error(value.at, `'${key.text}' is ${nounOf(value)}`, {
        remedy: `write a map of names to ${kind} sections`,
      });
      return;
    }
    for (const { key: name, value: body } of value.entries)
      this.#section({ kind, words: [name], at: name.at }, body);
  }

  #proxyList(key: Word, value: YamlValue): void {
    if (value.kind === 'nothing') return;
    if (value.kind === 'list') {
      for (const item of value.items) this.#proxyItem(item);
      return;
    }
    this.#error(value.at, `'${key.text}' is ${nounOf(value)}`, {
      remedy: "write a list of sections: '- frontend: www'",
    });
  }

  #proxyItem(item: YamlValue): void {
    const kinds = item.kind === 'map' ? item.entries.filter(({ key }) => PROXY_KINDS.includes(key.text)) : [];
    const [kind, another] = kinds;
    if (kind === undefined) {
      this.#error(item.at, 'a section without its kind and name', {
        remedy: "begin it with '- frontend: name', '- backend: name' or '- listen: name'",
      });
    } else if (another !== undefined) {
      this.#error(another.key.at, `'${another.key.text}' in a section that is a ${kind.key.text}`, {
        remedy: `begin another item of the list with '- ${another.key.text}: name'`,
      });
    } else {
      const name = this.#headerWord(item, kind.key.text);
      if (name !== null)
        this.#section({ kind: kind.key.text, words: [name], at: kind.key.at }, item, [kind.key.text]);
    }
  }

  /** The text of a key that belongs to the header, as it is written. */
  #headerWord(value: YamlValue, key: string): Word | null {
    const entry = value.kind === 'map' ? value.entries.find((each) => each.key.text === key) : undefined;
    if (entry === undefined) return null;
    if (entry.value.kind === 'text' && entry.value.text !== '')
      return { text: entry.value.text, at: entry.value.at };
    this.#error(entry.value.at, `'${key}' is ${nounOf(entry.value)}`, { remedy: 'write a name' });
    return null;
  }

  /** `headerKeys` are keys of the body that are no keywords; `from` is one of every section but global. */
  #section({ kind, words, at }: Header, body: YamlValue, headerKeys: readonly string[] = []): void {
    const ofHeader = kind === 'global' ? [] : [...headerKeys, 'from'];
    const from = kind === 'global' ? null : this.#headerWord(body, 'from');
    const header = from === null ? words : [...words, { text: 'from', at: from.at }, from];
    const statements: Statement[] = [];
    const source = this.#line(at);
    this.sections.push({ kind, header, at, end: body.at, source, statements });
    if (body.kind === 'nothing') return;
    if (body.kind !== 'map') {
      this.#error(body.at, `the ${kind} section is ${nounOf(body)}`, { remedy: 'write a map of keywords' });
      return;
    }
    this.#statements(kind, header, without(body, ofHeader), statements);
  }

  #statements(
    kind: string,
    header: readonly Word[],
    entries: readonly YamlEntry[],
    statements: Statement[],
  ): void {
    const family = kind === 'global' ? 'global' : 'proxy';
    readStatements(entries, {
      vocabulary: vocabularies[family],
      section: header[0]?.text ?? kind,
      environment: this.#site.environment,
      lineAt: (at) => this.#line(at),
      report: (diagnostic) => this.#report(diagnostic),
      refuse: ({ at, message, reason, remedy }) => this.#error(at, message, { reason, remedy }),
      take: (statement) => {
        statements.push(statement);
        if (family === 'global') this.#applyToEnvironment(statement);
      },
    });
  }

  #applyToEnvironment({ words }: Statement): void {
    const problem = applyToEnvironment(this.#site.environment, words);
    if (problem !== undefined) this.#error(words[1]!.at, problem);
  }

  #line(at: Position): string {
    return this.#site.source.line(at.line) ?? '';
  }

  #error(
    at: Position,
    problem: string,
    advice: { reason?: string | undefined; remedy?: string | undefined } = {},
  ): void {
    const { reason, remedy } = advice;
    this.#report({
      severity: 'error',
      at,
      problem,
      ...(reason !== undefined && { reason }),
      ...(remedy !== undefined && { remedy }),
    });
  }

  #report(diagnostic: Diagnostic): void {
    this.#site.report({ ...diagnostic, source: this.#line(diagnostic.at) });
  }
}

function without({ entries }: YamlMap, keys: readonly string[]): readonly YamlEntry[] {
  return entries.filter(({ key }) => !keys.includes(key.text));
}
