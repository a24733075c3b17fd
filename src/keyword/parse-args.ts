/**
 * Reads the words of one statement into the values of a declaration's arguments. Every family of keywords comes
 * through here: options, actions, server and bind options, fetches, converters, runtime commands.
 */
import type { Arg, Args } from './arg.ts';
import { nearest } from './nearest.ts';
import type { ParseSite } from './site.ts';
import { ArgumentError, type Words } from './words.ts';

/** Values by the keys of the declaration; an absent optional argument is its fallback or undefined. */
export type ParsedArgs = { [name: string]: unknown };

type Entry = readonly [key: string, arg: Arg<unknown>];

/**
 * Positional arguments in order, then named, flag and repeated ones in any order, then the rest. An optional
 * positional argument is absent when the words end, when a named argument's word stands there, or when `if` or
 * `unless` stands there and the declaration takes a condition. A named argument written twice counts once, the
 * last. Takes all words. Throws ArgumentError for a missing, wrong or unexpected word.
 */
export function parseArgs(args: Args, words: Words, site: ParseSite): ParsedArgs {
  const values = parseSomeArgs(args, words, site);
  if (!words.isEmpty) throw unexpectedWord(args, words);
  return values;
}

/** As parseArgs, but leaves the words that belong to no argument: for options that stand several on one line. */
export function parseSomeArgs(args: Args, words: Words, site: ParseSite): ParsedArgs {
  const entries = Object.entries(args);
  const values = fallbacks(entries);
  for (const [key, arg] of entries)
    if (arg.kind === 'positional') readPositional([key, arg], entries, values, words, site);
  while (!words.isEmpty && !startsCondition(entries, words))
    if (!readNamed(entries, values, words, site)) break;
  for (const entry of entries) if (entry[1].kind === 'rest') readRest(entry, values, words, site);
  return values;
}

/** The arguments in parentheses of a fetch or converter: positional only, and an empty optional one is absent. */
export function parseCallArgs(args: Args, words: Words, site: ParseSite): ParsedArgs {
  const entries = Object.entries(args);
  const values = fallbacks(entries);
  for (const [key, arg] of entries) {
    do {
      if (arg.isOptional && (words.isEmpty || words.peek() === '')) {
        if (!words.isEmpty) words.take(key);
        break;
      }
      if (arg.kind === 'rest') values[key] = arg.parse(words, site, key);
      else store(values, [key, arg], words, site);
    } while (arg.isRepeated && !words.isEmpty);
  }
  if (!words.isEmpty) throw tooManyArguments(entries.length, words);
  return values;
}

function fallbacks(entries: readonly Entry[]): ParsedArgs {
  const values: ParsedArgs = {};
  for (const [key, arg] of entries) values[key] = arg.fallback;
  return values;
}

function readPositional(
  entry: Entry,
  entries: readonly Entry[],
  values: ParsedArgs,
  words: Words,
  site: ParseSite,
): void {
  const [, arg] = entry;
  if ((arg.isOptional || arg.isRepeated) && endsPositionals(entries, words)) return;
  do store(values, entry, words, site);
  while (arg.isRepeated && !endsPositionals(entries, words));
}

function endsPositionals(entries: readonly Entry[], words: Words): boolean {
  return words.isEmpty || startsCondition(entries, words) || findNamed(entries, words.peek()!) !== undefined;
}

function startsCondition(entries: readonly Entry[], words: Words): boolean {
  const word = words.peek();
  return (word === 'if' || word === 'unless') && entries.some(([, arg]) => arg.isCondition);
}

function findNamed(entries: readonly Entry[], word: string): Entry | undefined {
  return entries.find(([key, arg]) => isIntroduced(arg) && (arg.word ?? key) === word);
}

function isIntroduced(arg: Arg<unknown>): boolean {
  return arg.kind === 'named' || arg.kind === 'flag';
}

function readNamed(entries: readonly Entry[], values: ParsedArgs, words: Words, site: ParseSite): boolean {
  const entry = findNamed(entries, words.peek()!);
  if (entry === undefined) return false;
  words.take(entry[0]);
  store(values, entry, words, site);
  return true;
}

function store(values: ParsedArgs, [key, arg]: Entry, words: Words, site: ParseSite): void {
  const value = arg.parse(words, site, key);
  if (arg.isRepeated) values[key] = [...((values[key] as readonly unknown[] | undefined) ?? []), value];
  else values[key] = value;
}

function readRest([key, arg]: Entry, values: ParsedArgs, words: Words, site: ParseSite): void {
  if (words.isEmpty && arg.isOptional) return;
  if (words.isEmpty) throw new ArgumentError(words.at, `missing <${key}>`, { remedy: `write ${arg.usage}` });
  values[key] = arg.parse(words, site, key);
}

function unexpectedWord(args: Args, words: Words): ArgumentError {
  const entries = Object.entries(args);
  const allowed = entries.filter(([, arg]) => isIntroduced(arg)).map(([key, arg]) => arg.word ?? key);
  if (entries.some(([, arg]) => arg.isCondition)) allowed.push('if', 'unless');
  const wrong = words.peek()!;
  const problem = `cannot handle unexpected argument '${wrong}'`;
  if (allowed.length === 0)
    return new ArgumentError(words.at, problem, {
      remedy:
        entries.length === 0
          ? 'this keyword takes no argument: remove it'
          : 'remove it, or quote the argument before it if it belongs to it',
    });
  const close = nearest(wrong, allowed);
  const list = `allowed here: ${allowed.join(', ')}`;
  return new ArgumentError(words.at, problem, {
    remedy: close === undefined ? list : `did you mean '${close}'? ${list}`,
  });
}

function tooManyArguments(count: number, words: Words): ArgumentError {
  const remedy = count === 0 ? 'it takes none' : count === 1 ? 'it takes one' : `it takes at most ${count}`;
  return new ArgumentError(words.at, `too many arguments: '${words.peek()}'`, { remedy });
}
