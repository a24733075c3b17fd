/**
 * Arguments as YAML writes them to the words of a line. What an argument takes is said by its declaration: this knows
 * the forms and no keyword. Wrong shapes throw an ArgumentError at the value or key that is wrong.
 */
import { type Arg, type Args, formOf, type JsonSchema, type WrittenForm } from '../../src/keyword/arg.ts';
import type { Declaration, KeywordLookup } from '../../src/keyword/declaration.ts';
import { nearest } from '../../src/keyword/nearest.ts';
import { ArgumentError, type Word } from '../../src/keyword/words.ts';
import { nounOf, type YamlEntry, type YamlMap, type YamlValue } from './value.ts';
import { cutText, oneWord, type WordSite } from './words.ts';

export interface ArgumentSite extends WordSite {
  readonly lookup: KeywordLookup;
}

type Form<K extends WrittenForm['kind']> = Extract<WrittenForm, { readonly kind: K }>;

/** The keys of a condition. */
const CONDITION_KEYS: readonly string[] = ['if', 'unless'];

/**
 * The words of all arguments of `of`. A text is cut as a line is, unless there is one argument and it is one word:
 * then the text is that word. `true` stands for no argument. A map has the arguments by their names.
 */
export function argumentWords(args: Args, value: YamlValue, of: string, site: ArgumentSite): Word[] {
  const entries = Object.entries(args);
  const only = entries.length === 1 ? entries[0] : undefined;
  switch (value.kind) {
    case 'text':
      if (value.text.trim() === '') throw noValue(value, args, of);
      return only?.[1].kind === 'positional' ? oneArgument(only, value, of, site) : cutText(value, site);
    case 'switch':
      if (value.isOn) return [];
      throw new ArgumentError(value.at, `'${of}' has no off state`, { remedy: 'remove it' });
    case 'map':
      if (entries.length === 0) throw wrongKind(value, of, 'true');
      if (only !== undefined && isOneValue(only[1])) return oneArgument(only, value, of, site);
      return new MapReader(value, of, site).read(args);
    case 'list':
      if (only !== undefined && isOneValue(only[1])) return oneArgument(only, value, of, site);
      break;
    case 'nothing':
      throw noValue(value, args, of);
  }
  throw wrongKind(
    value,
    of,
    entries.length === 0 ? 'true' : `a text or a map with ${keysOf(args).join(', ')}`,
  );
}

function noValue({ at }: YamlValue, args: Args, of: string): ArgumentError {
  return new ArgumentError(at, `'${of}' has no value`, {
    remedy: Object.keys(args).length === 0 ? 'write true' : `write ${usageOf(args)}`,
  });
}

/** Whether the argument, when it is the only one, is the value itself: it needs no key. */
function isOneValue(argument: Arg<unknown>): boolean {
  const { kind } = formOf(argument);
  return (
    kind === 'call' ||
    (argument.kind === 'positional' && kind === 'word') ||
    (argument.kind === 'rest' && kind === 'words')
  );
}

function wrongKind(value: YamlValue, of: string, wanted: string): ArgumentError {
  return new ArgumentError(value.at, `${nounOf(value)} cannot be the value of '${of}'`, {
    remedy: `write ${wanted}`,
  });
}

export function usageOf(args: Args): string {
  return Object.values(args)
    .map(({ usage }) => usage)
    .join(' ');
}

/** The keys that a map of these arguments may have. Options are not listed: there are many. */
function keysOf(args: Args): string[] {
  return Object.entries(args).flatMap(([key, argument]) => {
    const { kind } = formOf(argument);
    if (kind === 'condition') return CONDITION_KEYS;
    return kind === 'options' ? [] : [nameOf(key, argument)];
  });
}

/** Named arguments and flags go by HAProxy's own word, the others by their key. */
export function nameOf(key: string, argument: Arg<unknown>): string {
  return argument.kind === 'named' || argument.kind === 'flag' ? (argument.word ?? key) : key;
}

function oneArgument(
  [key, argument]: [string, Arg<unknown>],
  value: YamlValue,
  of: string,
  site: ArgumentSite,
): Word[] {
  const name = `${of} ${nameOf(key, argument)}`;
  const form = formOf(argument);
  switch (form.kind) {
    case 'word':
      return wordArgument(value, { of, takesList: isOpenWord(argument.schema) }, site);
    case 'words':
    case 'condition':
      return wordsArgument(value, of, site);
    case 'group':
      return value.kind === 'map'
        ? new MapReader(value, name, site).read(form.parts)
        : wordsArgument(value, name, site);
    case 'call':
      return callWords(form, value, of, site);
    case 'options':
      return optionsArgument(form, value, of, site);
  }
}

/** Any word, not one of a kind: it may be a list of words with commas between them. */
export function isOpenWord(schema: JsonSchema): boolean {
  const { type, pattern, enum: values } = schema;
  return type === 'string' && pattern === undefined && values === undefined;
}

interface WordPlace {
  readonly of: string;
  readonly takesList: boolean;
}

/** A scalar; of a list, the words with commas between them, as HAProxy writes lists in one word. */
function wordArgument(value: YamlValue, { of, takesList }: WordPlace, site: ArgumentSite): Word[] {
  if (value.kind === 'text') return oneWord(value, site);
  if (value.kind !== 'list' || value.items.length === 0 || !takesList) throw notOneWord(value, of);
  const texts = value.items.map((item) => {
    if (item.kind !== 'text') throw notOneWord(item, of);
    return oneWord(item, site)
      .map(({ text }) => text)
      .join(',');
  });
  return [{ text: texts.join(','), at: value.at }];
}

function notOneWord(value: YamlValue, of: string): ArgumentError {
  if (value.kind === 'switch')
    return new ArgumentError(value.at, `'${of}' takes a text or a number, not ${value.isOn}`, {
      remedy: `where the word is meant, put it in quotes: "${value.isOn}"`,
    });
  return wrongKind(value, of, 'a text or a number');
}

/** A text that is cut into words, or a list of words. */
function wordsArgument(value: YamlValue, of: string, site: ArgumentSite): Word[] {
  if (value.kind === 'text') return cutText(value, site);
  if (value.kind !== 'list' || value.items.length === 0)
    throw wrongKind(value, of, 'a text, or a list of words');
  return value.items.flatMap((item) => wordArgument(item, { of, takesList: false }, site));
}

/** `{ name: arguments }`; for rules with `if` or `unless` beside the name or among the arguments. */
function callWords(form: Form<'call'>, value: YamlValue, of: string, site: ArgumentSite): Word[] {
  if (value.kind === 'text') return cutText(value, site);
  if (value.kind !== 'map') throw wrongKind(value, of, 'a text, or a map of one name to its arguments');
  const isCondition = ({ key }: YamlEntry) => form.takesCondition && CONDITION_KEYS.includes(key.text);
  const calls = value.entries.filter((entry) => !isCondition(entry));
  const conditions = value.entries.filter(isCondition);
  const [call, another] = calls;
  if (call === undefined)
    throw new ArgumentError(value.at, `a map of '${of}' without a name`, {
      remedy: `write '- name: arguments'`,
    });
  if (another !== undefined)
    throw new ArgumentError(
      another.key.at,
      `'${another.key.text}' stands beside '${call.key.text}' in one map of '${of}'`,
      {
        reason: 'a map names one thing to do, and its arguments are the value of that name',
        remedy: `indent it deeper, or begin another item of the list with '- ${another.key.text}: …'`,
      },
    );
  const inner = calledArguments(form, call, of, site);
  const hasCondition = inner.some(({ text }) => CONDITION_KEYS.includes(text));
  if (conditions.length > 0 && hasCondition && call.value.kind === 'map') throw twoConditions(conditions[0]!);
  return [call.key, ...inner, ...conditionWords(conditions, of, site)];
}

function calledArguments(
  form: Form<'call'>,
  { key, value }: YamlEntry,
  of: string,
  site: ArgumentSite,
): Word[] {
  const declaration: Declaration | undefined = form.find(site.lookup, bareName(key.text));
  if (declaration === undefined) return [];
  const name = `${of} ${key.text}`;
  if (value.kind === 'map' && form.takesCondition)
    return new MapReader(value, name, site).read(declaration.args, 'with-condition');
  return argumentWords(declaration.args, value, name, site);
}

/** A name without what stands in parentheses behind it. */
export function bareName(text: string): string {
  const parenthesis = text.indexOf('(');
  return parenthesis > 0 ? text.slice(0, parenthesis) : text;
}

function conditionWords(entries: readonly YamlEntry[], of: string, site: ArgumentSite): Word[] {
  const [first, second] = entries;
  if (first === undefined) return [];
  if (second !== undefined) throw twoConditions(second);
  return [first.key, ...wordsArgument(first.value, `${of} ${first.key.text}`, site)];
}

function twoConditions({ key }: YamlEntry): ArgumentError {
  return new ArgumentError(key.at, `a second condition, '${key.text}'`, {
    remedy: "write one 'if' or 'unless'",
  });
}

function optionsArgument(form: Form<'options'>, value: YamlValue, of: string, site: ArgumentSite): Word[] {
  if (value.kind === 'text') return cutText(value, site);
  if (value.kind !== 'map') throw wrongKind(value, of, 'a text, or a map of options');
  return value.entries.flatMap((entry) => optionWords(form.family, entry, site));
}

function optionWords(family: 'bind' | 'server', { key, value }: YamlEntry, site: ArgumentSite): Word[] {
  const option = site.lookup.find(family, key.text);
  if (option === undefined) return [key];
  if (value.kind !== 'switch' || value.isOn)
    return [key, ...argumentWords(option.args, value, key.text, site)];
  const off = `no-${key.text}`;
  if (site.lookup.find(family, off) !== undefined) return [{ text: off, at: key.at }];
  throw new ArgumentError(value.at, `'${key.text}' has no off state`, { remedy: 'remove it' });
}

/** Takes the arguments out of a map, in the order of their declaration. */
class MapReader {
  readonly #map: YamlMap;
  readonly #of: string;
  readonly #site: ArgumentSite;
  readonly #left: Map<string, YamlEntry>;

  constructor(map: YamlMap, of: string, site: ArgumentSite) {
    this.#map = map;
    this.#of = of;
    this.#site = site;
    this.#left = new Map(map.entries.map((entry) => [entry.key.text, entry]));
  }

  /** `with-condition` also takes `if` and `unless`, which rules have behind the arguments of any action. */
  read(args: Args, mode: 'plain' | 'with-condition' = 'plain'): Word[] {
    const entries = Object.entries(args);
    this.#refuseOthers(entries, mode === 'plain' ? keysOf(args) : [...keysOf(args), ...CONDITION_KEYS]);
    const words = this.#positional(entries);
    for (const entry of entries)
      if (entry[1].kind === 'named' || entry[1].kind === 'flag') words.push(...this.#named(entry));
    for (const entry of entries) if (entry[1].kind === 'rest') words.push(...this.#rest(entry));
    if (mode === 'with-condition') words.push(...this.#condition());
    return words;
  }

  #positional(entries: readonly [string, Arg<unknown>][]): Word[] {
    const words: Word[] = [];
    let absent: string | null = null;
    for (const [key, argument] of entries) {
      if (argument.kind !== 'positional') continue;
      const entry = this.#take(key);
      if (entry === undefined) {
        if (!argument.isOptional) throw this.#missing(key, argument);
        absent ??= key;
      } else if (absent !== null) {
        throw new ArgumentError(entry.key.at, `'${key}' of '${this.#of}' needs '${absent}' beside it`, {
          reason: 'the one stands behind the other on the line',
        });
      } else
        words.push(...this.#values(argument, entry).flatMap((value) => this.#argument(key, argument, value)));
    }
    return words;
  }

  #missing(key: string, argument: Arg<unknown>): ArgumentError {
    return new ArgumentError(this.#map.at, `missing '${key}' in the map of '${this.#of}'`, {
      remedy: `add '${key}: ${argument.usage}'`,
    });
  }

  #named([key, argument]: [string, Arg<unknown>]): Word[] {
    const entry = this.#take(nameOf(key, argument));
    if (entry === undefined) return [];
    if (argument.kind === 'flag') return this.#flag(entry);
    return this.#values(argument, entry).flatMap((value) => [
      entry.key,
      ...this.#argument(key, argument, value),
    ]);
  }

  #flag({ key, value }: YamlEntry): Word[] {
    if (value.kind === 'switch') return value.isOn ? [key] : [];
    throw wrongKind(value, `${this.#of} ${key.text}`, 'true or false');
  }

  #rest([key, argument]: [string, Arg<unknown>]): Word[] {
    const form = formOf(argument);
    if (form.kind === 'condition') return this.#condition();
    if (form.kind === 'options') return this.#options(form);
    const entry = this.#take(key);
    if (entry !== undefined) return this.#argument(key, argument, entry.value);
    if (argument.isOptional) return [];
    throw this.#missing(key, argument);
  }

  #condition(): Word[] {
    const entries = CONDITION_KEYS.flatMap((key) => this.#take(key) ?? []);
    return conditionWords(entries, this.#of, this.#site);
  }

  /** All that is left are options, in the order they are written. */
  #options({ family }: Form<'options'>): Word[] {
    const entries = [...this.#left.values()];
    this.#left.clear();
    return entries.flatMap((entry) => optionWords(family, entry, this.#site));
  }

  /** An argument that may stand several times takes a list. */
  #values(argument: Arg<unknown>, { value }: YamlEntry): readonly YamlValue[] {
    return argument.isRepeated === true && value.kind === 'list' ? value.items : [value];
  }

  #argument(key: string, argument: Arg<unknown>, value: YamlValue): Word[] {
    return oneArgument([key, argument], value, `${this.#of} ${nameOf(key, argument)}`, this.#site);
  }

  #take(key: string): YamlEntry | undefined {
    const entry = this.#left.get(key);
    this.#left.delete(key);
    return entry;
  }

  #refuseOthers(entries: readonly [string, Arg<unknown>][], allowed: readonly string[]): void {
    if (entries.some(([, argument]) => formOf(argument).kind === 'options')) return;
    for (const { key } of this.#map.entries) {
      if (allowed.includes(key.text)) continue;
      const close = nearest(key.text, allowed);
      const list = allowed.length === 0 ? 'it takes no argument' : `allowed: ${allowed.join(', ')}`;
      throw new ArgumentError(key.at, `'${key.text}' is no argument of '${this.#of}'`, {
        remedy: close === undefined ? list : `did you mean '${close}'? ${list}`,
      });
    }
  }
}
