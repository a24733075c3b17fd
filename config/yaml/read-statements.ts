/**
 * The keys of a section to its statements. A keyword of several words nests (`timeout: { client: 30s }`), several
 * lines of a keyword are a list, `false` writes `no` before it, and lines that name things (servers, ACLs) are a map
 * by those names. What is unknown goes on as it is: the linker says why, as it does for haproxy.cfg.
 */
import { keywords } from '../../src/catalog.ts';
import type { Args } from '../../src/keyword/arg.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { nearest } from '../../src/keyword/nearest.ts';
import { ArgumentError, type Position, type Word } from '../../src/keyword/words.ts';
import type { Statement } from '../document/document.ts';
import { MAX_WORDS } from '../haproxy-cfg/tokenize.ts';
import { type ArgumentSite, argumentWords, bareName } from './argument-words.ts';
import {
  nounOf,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlText,
  type YamlValue,
} from './value.ts';
import type { Vocabulary } from './vocabulary.ts';
import { cutText, type WordSite } from './words.ts';

export interface StatementSite extends WordSite {
  readonly vocabulary: Vocabulary;
  /** The line of the file, for messages. */
  lineAt(at: Position): string;
  /** Called with each statement, in order, before the next one is read: the environment may change between. */
  take(statement: Statement): void;
  /** Reports what is wrong with one statement. */
  refuse(error: ArgumentError): void;
}

/** The key whose list has whole lines, or maps, whose order counts across keywords. */
export const LINES_KEY = 'lines';

/** Reads the entries of a section, without those that are its header. */
export function readStatements(entries: readonly YamlEntry[], site: StatementSite): void {
  new StatementReader(site).entries(entries);
}

/** A keyword on its way: its name as far as it is read, and the words of that name. */
interface Named {
  readonly name: string;
  readonly words: readonly Word[];
}

class StatementReader {
  readonly #site: StatementSite;
  readonly #arguments: ArgumentSite;

  constructor(site: StatementSite) {
    this.#site = site;
    this.#arguments = {
      section: site.section,
      environment: site.environment,
      report: (diagnostic) => site.report(diagnostic),
      lookup: keywords,
    };
  }

  entries(entries: readonly YamlEntry[]): void {
    const comesFirst = ({ key }: YamlEntry) => this.#site.vocabulary.find(key.text)?.comesFirst === true;
    for (const entry of entries) if (comesFirst(entry)) this.#entry(entry);
    for (const entry of entries) if (!comesFirst(entry)) this.#entry(entry);
  }

  #entry({ key, value }: YamlEntry): void {
    if (key.text === LINES_KEY) this.#attempt(() => this.#lines(value));
    else if (key.text.includes(' ')) this.#attempt(() => this.#flatName(key));
    else this.#attempt(() => this.#keyword({ name: key.text, words: [key] }, value));
  }

  /** One mistake ends its own statement only. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      this.#site.refuse(error);
    }
  }

  #flatName(key: Word): never {
    const parts = key.text.trim().split(/ +/);
    const isKnown = this.#site.vocabulary.known.has(parts.join(' '));
    throw new ArgumentError(key.at, `'${key.text}' is no key`, {
      remedy: isKnown
        ? `nest it: '${parts.join(': { ')}: …${' }'.repeat(parts.length - 1)}'`
        : 'write the keyword alone before the colon, and its arguments behind it',
    });
  }

  #lines(value: YamlValue): void {
    if (value.kind !== 'list')
      throw new ArgumentError(value.at, `'${LINES_KEY}' is ${nounOf(value)}`, {
        remedy: 'write a list of lines as haproxy.cfg has them, or of maps',
      });
    for (const item of value.items) this.#attempt(() => this.#line(item));
  }

  #line(item: YamlValue): void {
    if (item.kind === 'map') this.entries(item.entries);
    else if (item.kind === 'text') this.#emit(cutText(item, this.#site), item);
    else
      throw new ArgumentError(item.at, `${nounOf(item)} cannot be an item of '${LINES_KEY}'`, {
        remedy: 'write a line in one text, or a map',
      });
  }

  #keyword(named: Named, value: YamlValue): void {
    if (value.kind === 'list') this.#list(named, value);
    else if (value.kind === 'map') this.#map(named, value);
    else if (value.kind === 'text') this.#text(named, value);
    else if (value.kind === 'nothing')
      throw new ArgumentError(value.at, `'${named.name}' has no value`, {
        remedy: this.#remedyForNothing(named),
      });
    else if (value.isOn) this.#emit(named.words, value);
    else this.#off(named, value);
  }

  #remedyForNothing({ name }: Named): string {
    const declaration = this.#site.vocabulary.find(name);
    if (declaration === undefined || Object.keys(declaration.args).length > 0)
      return 'write its arguments behind the colon';
    return `write '${name.split(' ').at(-1)}: true'`;
  }

  #list(named: Named, list: YamlList): void {
    const declaration = this.#site.vocabulary.find(named.name);
    const isGroup = this.#site.vocabulary.groups.has(named.name);
    if (!isGroup && declaration?.collect === 'one') {
      this.#onlyOne(declaration, named, list);
      return;
    }
    for (const item of list.items) {
      this.#attempt(() => {
        if (item.kind === 'list')
          throw new ArgumentError(item.at, `a list in the list of '${named.name}'`, {
            remedy: 'write each line as an item of one list',
          });
        this.#keyword(named, item);
      });
    }
  }

  /** A list is one line's words where the keyword takes a list of words, and too many lines elsewhere. */
  #onlyOne(declaration: AnyOption, { name, words }: Named, list: YamlList): void {
    const [, second] = list.items;
    if (Object.keys(declaration.args).length !== 1 && second !== undefined)
      throw new ArgumentError(second.at, `'${name}' takes one value, and this is the second`, {
        reason: 'only the last would count',
        remedy: 'remove the list',
      });
    this.#emit([...words, ...argumentWords(declaration.args, list, name, this.#arguments)], list);
  }

  #map(named: Named, map: YamlMap): void {
    const declaration = this.#site.vocabulary.find(named.name);
    if (this.#isMembers(named, declaration, map)) this.#members(named, map);
    else if (declaration === undefined) this.#emit(named.words, map);
    else if (declaration.isMap === true) this.#byName(declaration, named, map);
    else
      this.#emit([...named.words, ...argumentWords(declaration.args, map, named.name, this.#arguments)], map);
  }

  /** Whether the keys are the next words of keywords, not arguments: always for a name that is no keyword itself. */
  #isMembers({ name }: Named, declaration: AnyOption | undefined, map: YamlMap): boolean {
    const { groups, known } = this.#site.vocabulary;
    if (!groups.has(name)) return false;
    return (
      declaration === undefined || map.entries.every(({ key }) => known.has(`${name} ${bareName(key.text)}`))
    );
  }

  #members({ name, words }: Named, map: YamlMap): void {
    for (const { key, value } of map.entries)
      this.#attempt(() =>
        this.#keyword({ name: `${name} ${bareName(key.text)}`, words: [...words, key] }, value),
      );
  }

  /** `server: { web1: 10.0.0.1:80 check }`: the keys are the first argument. A list has several lines of one name. */
  #byName(declaration: AnyOption, { name, words }: Named, map: YamlMap): void {
    const [, ...others] = Object.entries(declaration.args);
    const args: Args = Object.fromEntries(others);
    for (const { key, value } of map.entries) {
      const items = value.kind === 'list' ? value.items : [value];
      for (const item of items) {
        this.#attempt(() =>
          this.#emit(
            [...words, key, ...argumentWords(args, item, `${name} ${key.text}`, this.#arguments)],
            item,
          ),
        );
      }
    }
  }

  #text({ name, words }: Named, value: YamlText): void {
    const declaration = this.#site.vocabulary.find(name);
    const behind =
      declaration === undefined
        ? cutText(value, this.#site)
        : argumentWords(declaration.args, value, name, this.#arguments);
    this.#emit([...words, ...behind], value);
  }

  #off({ name, words }: Named, value: YamlValue): void {
    const declaration = this.#site.vocabulary.find(name);
    if (declaration !== undefined && declaration.negated === undefined && declaration.clears !== true)
      throw new ArgumentError(value.at, `'${name}' has no off state`, {
        reason: 'only options and switches that have one can be false',
        remedy: 'remove it',
      });
    this.#emit(declaration === undefined ? words : [{ text: 'no', at: words[0]!.at }, ...words], value);
  }

  #emit(all: readonly Word[], { at, end }: YamlValue): void {
    const words = this.#untilEmptyWord(all);
    const first = words[0];
    if (first === undefined) throw new ArgumentError(at, 'an empty line', { remedy: 'remove it' });
    if (words.length > MAX_WORDS)
      throw new ArgumentError(
        words[MAX_WORDS]!.at,
        `too many words: ${words.length} in one statement, and ${MAX_WORDS} are permitted`,
        {
          remedy: 'use several statements',
        },
      );
    this.#site.take({ words, end, source: this.#site.lineAt(first.at) });
  }

  /** An empty word ends the arguments, as in haproxy.cfg. */
  #untilEmptyWord(words: readonly Word[]): readonly Word[] {
    const empty = words.findIndex(({ text }) => text === '');
    if (empty < 0) return words;
    const ignored = words.find(({ text }, i) => i > empty && text !== '');
    if (ignored !== undefined) {
      const at = words[empty]!.at;
      this.#site.report({
        severity: 'warning',
        at,
        problem: `an empty word ends the statement: '${ignored.text}' and what follows is ignored`,
        reason: 'HAProxy takes an empty argument for the end of the list',
        remedy: 'remove it; where a variable may be empty, write "${NAME[*]}"',
      });
    }
    return words.slice(0, empty);
  }
}

/** "did you mean" for a wrong key, as advice of an error. */
export function adviceFor(wrong: string, allowed: Iterable<string>): { remedy: string } {
  const names = [...allowed];
  const close = nearest(wrong, names);
  return { remedy: close === undefined ? `allowed: ${names.join(', ')}` : `did you mean '${close}'?` };
}
