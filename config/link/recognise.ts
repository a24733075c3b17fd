/**
 * Finds the declaration of a statement: the longest name of one or more words that it begins with, behind `no` or
 * `default`. For what has none it says why: unknown, of another section, of another HAProxy version, not supported.
 */
import { globalOptions, proxyOptions } from '../../src/catalog.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import { nearest } from '../../src/keyword/nearest.ts';
import { ArgumentError, type Word } from '../../src/keyword/words.ts';
import {
  type RemovedKeyword,
  removedGlobalKeywords,
  removedProxyKeywords,
} from '../../src/settings/removed.ts';
import type { Entry } from './draft.ts';

export type StatementFamily = 'global' | 'proxy';

export interface Recognised {
  readonly declaration: AnyOption;
  readonly effect: Entry['effect'];
  /** How many words prefix and name take. */
  readonly taken: number;
}

interface Vocabulary {
  readonly declared: ReadonlyMap<string, AnyOption>;
  readonly removed: ReadonlyMap<string, RemovedKeyword>;
  /** HAProxy's names and ours. */
  readonly known: ReadonlySet<string>;
  /** First words that begin names of several words: `option`, `timeout`. */
  readonly groups: ReadonlySet<string>;
}

/** The most words that a keyword's name has. */
const LONGEST_NAME = 3;

const VOCABULARIES: { readonly [F in StatementFamily]: Vocabulary } = {
  global: vocabularyOf(globalOptions, removedGlobalKeywords, 'global'),
  proxy: vocabularyOf(proxyOptions, removedProxyKeywords, 'proxy'),
};

function vocabularyOf(
  declarations: readonly object[],
  removed: readonly RemovedKeyword[],
  family: StatementFamily,
): Vocabulary {
  const declared = new Map<string, AnyOption>();
  for (const declaration of declarations as readonly AnyOption[])
    for (const name of [declaration.name, ...declaration.aliases]) declared.set(name, declaration);
  const known = new Set([...haproxyKeywords(family), ...declared.keys()]);
  const groups = new Set(
    [...known].filter((name) => name.includes(' ')).map((name) => name.slice(0, name.indexOf(' '))),
  );
  return { declared, removed: new Map(removed.map((keyword) => [keyword.name, keyword])), known, groups };
}

/** Throws ArgumentError with the position of the word that is wrong. `section` names the section in messages. */
export function recognise(words: readonly Word[], family: StatementFamily, section: string): Recognised {
  const prefix = words.length > 1 ? effectOf(words[0]!.text) : 'set';
  const skipped = prefix === 'set' ? 0 : 1;
  const name = words.slice(skipped);
  const vocabulary = VOCABULARIES[family];
  for (let count = Math.min(LONGEST_NAME, name.length); count > 0; count--) {
    const declaration = vocabulary.declared.get(nameOf(name, count));
    if (declaration === undefined) continue;
    if (prefix !== 'set') checkPrefix(declaration, prefix, words[0]!);
    return { declaration, effect: prefix, taken: skipped + count };
  }
  throw unknownKeyword(name, family, section);
}

function effectOf(word: string): Entry['effect'] {
  return word === 'no' ? 'negate' : word === 'default' ? 'reset' : 'set';
}

function checkPrefix(declaration: AnyOption, effect: Entry['effect'], prefix: Word): void {
  if (declaration.negated !== undefined) return;
  if (declaration.clears === true && effect === 'negate') return;
  const option = /^option (.*)$/.exec(declaration.name)?.[1];
  const problem =
    option === undefined
      ? `negation/default currently supported only for options, log and switches, not for '${declaration.name}'`
      : `negation/default is not supported for option '${option}'`;
  throw new ArgumentError(prefix.at, problem, {
    remedy: `write '${declaration.name}' without '${prefix.text}', or remove the line`,
  });
}

/** The first words as a name. What stands in parentheses belongs to no name: `http-check set-var(check.x)`. */
function nameOf(words: readonly Word[], count: number): string {
  return words
    .slice(0, count)
    .map(({ text }) => (text.indexOf('(') > 0 ? text.slice(0, text.indexOf('(')) : text))
    .join(' ');
}

function unknownKeyword(words: readonly Word[], family: StatementFamily, section: string): ArgumentError {
  const first = words[0]!;
  const vocabulary = VOCABULARIES[family];
  for (let count = Math.min(LONGEST_NAME, words.length); count > 0; count--) {
    const name = nameOf(words, count);
    const removed = vocabulary.removed.get(name);
    if (removed !== undefined) return removedKeyword(removed, first);
    if (vocabulary.known.has(name) && !(count === 1 && vocabulary.groups.has(name)))
      return new ArgumentError(first.at, `'${name}' is a HAProxy keyword that Fairlead does not support yet`);
  }
  if (vocabulary.groups.has(first.text)) return unknownMember(words, vocabulary);
  return misplaced(words, family, section) ?? unknownWord(first, vocabulary, section);
}

function removedKeyword({ name, since, instead }: RemovedKeyword, first: Word): ArgumentError {
  return new ArgumentError(
    first.at,
    `'${name}' is not supported any more${since === undefined ? '' : ` since HAProxy ${since}`}`,
    {
      remedy: `use ${instead}`,
    },
  );
}

/** `option htplog`: the group is known, the word behind it is not. */
function unknownMember(words: readonly Word[], { known }: Vocabulary): ArgumentError {
  const first = words[0]!;
  const group = `${first.text} `;
  const members = [...known].filter((name) => name.startsWith(group));
  const second = words[1];
  if (second === undefined)
    return new ArgumentError(first.at, `'${first.text}' is not complete`, {
      remedy: `write one of: ${members.join(', ')}`,
    });
  const close = nearest(group + second.text, members);
  const remedy = close === undefined ? `known: ${members.join(', ')}` : `did you mean '${close}'?`;
  const what = first.text === 'option' ? `option '${second.text}'` : `keyword '${group}${second.text}'`;
  return new ArgumentError(second.at, `unknown ${what}`, { remedy });
}

function misplaced(
  words: readonly Word[],
  family: StatementFamily,
  section: string,
): ArgumentError | undefined {
  const other = family === 'global' ? VOCABULARIES.proxy : VOCABULARIES.global;
  for (let count = Math.min(LONGEST_NAME, words.length); count > 0; count--) {
    const name = nameOf(words, count);
    if (!other.known.has(name)) continue;
    const places = family === 'global' ? sectionsOf(other.declared.get(name)) : 'the global section';
    return new ArgumentError(words[0]!.at, `unknown keyword '${name}' in '${section}' section`, {
      remedy: `move it to ${places}`,
    });
  }
  return undefined;
}

export function sectionsOf(declaration: AnyOption | undefined): string {
  const { sections = [] } = declaration ?? {};
  if (sections.length === 0) return 'a defaults, frontend, listen or backend section';
  const names =
    sections.length === 1 ? sections[0] : `${sections.slice(0, -1).join(', ')} or ${sections.at(-1)}`;
  return `a ${names} section`;
}

function unknownWord(first: Word, { known, groups }: Vocabulary, section: string): ArgumentError {
  const close = nearest(first.text, [...known, ...groups]);
  return new ArgumentError(
    first.at,
    `unknown keyword '${first.text}' in '${section}' section`,
    close === undefined ? {} : { remedy: `did you mean '${close}'?` },
  );
}
