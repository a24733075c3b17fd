/**
 * Matching strings: whole, beginning, end, inside, and between delimiters (manual section 7.1.3). One pattern
 * compares without any structure; many are held in sets by what can be looked up.
 */
import { lowerCase } from '../sample/converters/text.ts';
import type { SampleValue } from '../sample/sample.ts';
import type { Matcher } from './declare.ts';

/** Lower-cases patterns, and values before they are compared. */
function folded(
  patterns: readonly string[],
  ignoreCase: boolean,
  compile: (patterns: readonly string[]) => (text: string) => boolean,
): Matcher {
  const matches = compile(ignoreCase ? patterns.map(lowerCase) : patterns);
  return ignoreCase
    ? (value) => matches(lowerCase(value as string))
    : (matches as (value: SampleValue) => boolean);
}

/** The whole text is one of the patterns. */
export function compileExact(patterns: readonly string[], ignoreCase: boolean): Matcher {
  return folded(patterns, ignoreCase, (texts) => {
    const [only] = texts;
    if (only !== undefined && texts.length === 1) return (text) => text === only;
    const set = new Set(texts);
    return (text) => set.has(text);
  });
}

/** Above this many patterns, beginnings and ends are looked up by length instead of one after another. */
const LOOKUP_FROM = 8;

/** The text begins with one of the patterns. */
export function compileBeginnings(patterns: readonly string[], ignoreCase: boolean): Matcher {
  return folded(patterns, ignoreCase, (texts) => {
    if (texts.length < LOOKUP_FROM) return anyOf(texts, (text, pattern) => text.startsWith(pattern));
    return bySize(texts, (text, size) => text.slice(0, size));
  });
}

/** The text ends with one of the patterns. */
export function compileEnds(patterns: readonly string[], ignoreCase: boolean): Matcher {
  return folded(patterns, ignoreCase, (texts) => {
    if (texts.length < LOOKUP_FROM) return anyOf(texts, (text, pattern) => text.endsWith(pattern));
    return bySize(texts, (text, size) => text.slice(text.length - size));
  });
}

/** One of the patterns stands somewhere in the text. */
export function compileInner(patterns: readonly string[], ignoreCase: boolean): Matcher {
  return folded(patterns, ignoreCase, (texts) => anyOf(texts, (text, pattern) => text.includes(pattern)));
}

/** One of the patterns stands in the text between delimiters, or between them and an end of the text. */
export function compileDelimited(
  patterns: readonly string[],
  ignoreCase: boolean,
  delimiters: string,
): Matcher {
  return folded(patterns, ignoreCase, (texts) => {
    const cores = texts.map((text) => stripped(text, delimiters)).filter((text) => text !== '');
    return anyOf(cores, (text, pattern) => standsBetween(text, pattern, delimiters));
  });
}

function anyOf(
  texts: readonly string[],
  matches: (text: string, pattern: string) => boolean,
): (text: string) => boolean {
  const [only] = texts;
  if (only !== undefined && texts.length === 1) return (text) => matches(text, only);
  return (text) => {
    for (let i = 0; i < texts.length; i++) if (matches(text, texts[i]!)) return true;
    return false;
  };
}

/** Looks parts of the text up in one set, a part for each length that patterns have. */
function bySize(
  texts: readonly string[],
  partOf: (text: string, size: number) => string,
): (text: string) => boolean {
  const set = new Set(texts);
  const sizes = [...new Set(texts.map((text) => text.length))].sort((a, b) => a - b);
  return (text) => {
    for (let i = 0; i < sizes.length && sizes[i]! <= text.length; i++)
      if (set.has(partOf(text, sizes[i]!))) return true;
    return false;
  };
}

function stripped(text: string, delimiters: string): string {
  let from = 0;
  let end = text.length;
  while (from < end && delimiters.includes(text[from]!)) from++;
  while (end > from && delimiters.includes(text[end - 1]!)) end--;
  return text.slice(from, end);
}

function standsBetween(text: string, pattern: string, delimiters: string): boolean {
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) {
    const end = at + pattern.length;
    if (
      (at === 0 || delimiters.includes(text[at - 1]!)) &&
      (end === text.length || delimiters.includes(text[end]!))
    )
      return true;
  }
  return false;
}
