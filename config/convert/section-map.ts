/**
 * The statements of a section as a map for YAML: keywords that share a first word nest, lines of one keyword become
 * a list, and what has no place in a map, because its order among other keywords counts, goes to `lines`.
 */
import { type Arg, type Args, formOf } from '../../src/keyword/arg.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import type { Word } from '../../src/keyword/words.ts';
import type { Statement } from '../document/document.ts';
import { bareName } from '../yaml/argument-words.ts';
import { LINES_KEY } from '../yaml/read-statements.ts';
import type { Vocabulary } from '../yaml/vocabulary.ts';
import { scalarOf, wordText } from './scalars.ts';
import { lineText } from './write-cfg.ts';

export type YamlData = string | number | boolean | null | readonly YamlData[] | YamlMapData;
export type YamlMapData = Map<string | number, YamlData>;

/** A statement taken apart. */
interface Line {
  readonly prefix: 'set' | 'no' | 'default';
  /** The words of the keyword's name. */
  readonly name: readonly string[];
  readonly rest: readonly Word[];
  readonly declaration: AnyOption | undefined;
  /** What it adds up with: lines of one key keep their order. */
  readonly key: string;
  readonly words: readonly Word[];
}

const LONGEST_NAME = 3;

export function sectionMap(statements: readonly Statement[], vocabulary: Vocabulary): YamlMapData {
  const lines = statements
    .filter(({ words }) => words.length > 0)
    .map(({ words }) => takeApart(words, vocabulary));
  const ordered = new Set(keysInOrder(lines));
  for (;;) {
    const map = new Map<string, YamlData>();
    const problem = fill(map, lines, ordered, vocabulary);
    if (problem === null) return map;
    for (const key of problem) ordered.add(key);
  }
}

function takeApart(words: readonly Word[], vocabulary: Vocabulary): Line {
  const first = words[0]!.text;
  const prefix = words.length > 1 && (first === 'no' || first === 'default') ? first : 'set';
  const own = prefix === 'set' ? words : words.slice(1);
  const { known } = vocabulary;
  let count = Math.min(LONGEST_NAME, own.length);
  while (count > 1 && !known.has(nameOf(own, count))) count--;
  const name = nameOf(own, count);
  const declaration = vocabulary.find(name);
  return {
    prefix,
    name: own.slice(0, count).map(({ text }) => text),
    rest: own.slice(count),
    declaration,
    key: declaration?.key ?? name,
    words,
  };
}

function nameOf(words: readonly Word[], count: number): string {
  return words
    .slice(0, count)
    .map(({ text }) => bareName(text))
    .join(' ');
}

/** Keys whose lines stand below several first words by turns, or are reset: only lines keep their order. */
function keysInOrder(lines: readonly Line[]): string[] {
  return [...new Set(lines.map(({ key }) => key))].filter((key) => {
    const own = lines.filter((line) => line.key === key);
    const runs = own.filter((line, i) => i === 0 || own[i - 1]!.name[0] !== line.name[0]);
    return (
      own.some(({ prefix }) => prefix === 'default') ||
      runs.length > new Set(runs.map(({ name }) => name[0])).size
    );
  });
}

/** Fills the map. Returns keys that cannot be written in it and must be lines, or null when all are. */
function fill(
  map: Map<string, YamlData>,
  lines: readonly Line[],
  ordered: ReadonlySet<string>,
  vocabulary: Vocabulary,
): string[] | null {
  for (const first of new Set(lines.map((line) => (ordered.has(line.key) ? LINES_KEY : line.name[0]!)))) {
    if (first === LINES_KEY) {
      map.set(
        LINES_KEY,
        lines.filter(({ key }) => ordered.has(key)).map(({ words }) => lineText(words)),
      );
      continue;
    }
    const own = lines.filter((line) => line.name[0] === first && !ordered.has(line.key));
    const value = isNoKey(first) ? undefined : firstWordValue(own, vocabulary);
    if (value === undefined) return own.map(({ key }) => key);
    map.set(first, value);
  }
  return null;
}

/** What the front-end reads as something else than a keyword. */
function isNoKey(word: string): boolean {
  return word === LINES_KEY || word === 'from' || word === 'name' || word === '<<' || word.includes(' ');
}

/** All lines that begin with one word. Undefined when no map or list can hold them. */
function firstWordValue(lines: readonly Line[], vocabulary: Vocabulary): YamlData | undefined {
  const { name } = lines[0]!;
  if (!vocabulary.groups.has(name[0]!)) return keywordValue(lines);
  const isKeywordItself = vocabulary.find(name[0]!) !== undefined;
  return (isKeywordItself ? undefined : membersMap(lines)) ?? membersList(lines, isKeywordItself);
}

/** `timeout: { client: 30s }`. Not for members of one key, whose order counts, nor for plain switches. */
function membersMap(lines: readonly Line[]): YamlData | undefined {
  const names = new Set(lines.map(({ name }) => name[1]));
  const isPlain = lines.every(({ prefix, rest }) => prefix === 'set' && rest.length === 0);
  if (isPlain || names.has(undefined) || lines.some(({ name }) => name.length > 2)) return undefined;
  const map: YamlMapData = new Map();
  for (const member of names) {
    const own = lines.filter(({ name }) => name[1] === member);
    if (lines.some(({ name, key }) => name[1] !== member && key === own[0]!.key)) return undefined;
    const value = keywordValue(own);
    if (value === undefined) return undefined;
    map.set(member!, value);
  }
  return map;
}

/** `option: [httplog, dontlognull]`, and `- dontlognull: false` for what is taken back. */
function membersList(lines: readonly Line[], isKeywordItself: boolean): YamlData | undefined {
  const items: YamlData[] = [];
  for (const { prefix, name, rest, words } of lines) {
    if (prefix === 'set' && words.length > 1) items.push(scalarOf(lineText(words.slice(1))));
    else if (prefix === 'set') items.push(true);
    else if (rest.length > 0 || name.length > 2) return undefined;
    else if (name.length === 2) items.push(new Map([[name[1]!, false]]));
    else if (isKeywordItself) items.push(false);
    else return undefined;
  }
  return items.length === 1 && isKeywordItself ? items[0] : items;
}

/** The lines of one keyword. */
function keywordValue(lines: readonly Line[]): YamlData | undefined {
  const { declaration } = lines[0]!;
  if (declaration?.isMap === true) return byNameValue(lines, declaration);
  const values = lines.map(lineValue);
  if (values.includes(undefined)) return undefined;
  if (declaration?.collect !== 'list') return values.length === 1 ? values[0] : undefined;
  return values.length === 1 && !isRule(declaration) ? values[0] : (values as YamlData[]);
}

function isRule({ args }: AnyOption): boolean {
  return Object.values(args).some((argument) => formOf(argument).kind === 'call');
}

function lineValue({ prefix, rest, declaration }: Line): YamlData | undefined {
  if (prefix === 'no') return rest.length === 0 && declaration !== undefined ? false : undefined;
  return argumentsValue(declaration?.args, rest);
}

function argumentsValue(args: Args | undefined, rest: readonly Word[]): YamlData | undefined {
  if (rest.length === 0) return true;
  const [only, ...others] = args === undefined ? [] : Object.values(args);
  if (only === undefined || others.length > 0 || !isOneWord(only)) return scalarOf(lineText(rest));
  return rest.length === 1 ? scalarOf(wordText(rest[0]!.text)) : undefined;
}

function isOneWord(argument: Arg<unknown>): boolean {
  return argument.kind === 'positional' && formOf(argument).kind === 'word';
}

function byNameValue(lines: readonly Line[], declaration: AnyOption): YamlData | undefined {
  const args: Args = Object.fromEntries(Object.entries(declaration.args).slice(1));
  const map = new Map<string | number, YamlData>();
  let last: string | number | null = null;
  for (const { prefix, rest } of lines) {
    const [first, ...others] = rest;
    if (prefix !== 'set' || first === undefined || first.text === '<<') return undefined;
    const name = scalarOf(first.text);
    const value = argumentsValue(args, others);
    const before = map.get(name);
    if (value === undefined || (before !== undefined && last !== name && declaration.comesFirst !== true))
      return undefined;
    map.set(
      name,
      before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value],
    );
    last = name;
  }
  return map;
}
