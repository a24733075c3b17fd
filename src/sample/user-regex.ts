/**
 * Regular expressions of the configuration: PCRE syntax (manual section 7.1.4), run by JavaScript's engine over
 * byte strings. What PCRE writes differently is translated, what JavaScript cannot do is refused at load.
 *
 * No such expression may backtrack without bound: the launcher runs node with
 * `--enable-experimental-regexp-engine-on-excessive-backtracks`, by which V8 goes on with its linear engine when
 * backtracking takes long. That engine has no lookaround and no back references; `isBounded` tells which
 * expressions it cannot take over.
 */

export interface UserRegex {
  readonly regex: RegExp;
  /** False when V8's linear engine cannot take over: lookaround or back references. */
  readonly isBounded: boolean;
}

export interface RegexFlags {
  readonly ignoreCase: boolean;
  /** For replacing every match. */
  readonly isGlobal?: boolean;
  /** Plain groups capture, for replacements. Without it only named groups do, as in HAProxy's matching. */
  readonly captures?: boolean;
}

/** Compiles one expression; a text says why it is refused. */
export function compileUserRegex(source: string, flags: RegexFlags): UserRegex | string {
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  const letters = inline?.[1] ?? '';
  if (letters.includes('x')) return "extended syntax '(?x)' is not supported";
  const translated = translate(source.slice(inline?.[0].length ?? 0), {
    dotMatchesNewline: letters.includes('s'),
    isMultiline: letters.includes('m'),
    captures: flags.captures ?? false,
  });
  if (!translated.isOk) return translated.problem;
  const jsFlags = `${flags.ignoreCase || letters.includes('i') ? 'i' : ''}${letters.includes('m') ? 'm' : ''}${flags.isGlobal ? 'g' : ''}`;
  try {
    return { regex: new RegExp(translated.text, jsFlags), isBounded: translated.isBounded };
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^Invalid regular expression: /, '')
      : 'invalid regular expression';
  }
}

type Translation =
  | { readonly isOk: true; readonly text: string; readonly isBounded: boolean }
  | { readonly isOk: false; readonly problem: string };

/** One token of the expression: its translation and length in the source, or a problem. */
interface Token {
  readonly length: number;
  readonly text: string;
  readonly problem?: string;
}

interface Mode {
  readonly dotMatchesNewline: boolean;
  readonly isMultiline: boolean;
  readonly captures: boolean;
}

/** Translations that V8's linear engine does not run: lookaround and back references. */
const UNBOUNDED = /^\(\?<?[=!]|^\(\?:\\\d|^\\k/;

function translate(source: string, mode: Mode): Translation {
  const groups = countGroups(source, mode.captures);
  let text = '';
  let isBounded = true;
  let isBehindQuantifier = false;
  for (let at = 0; at < source.length; ) {
    const char = source[at]!;
    const token = tokenAt(source, at, mode, groups);
    if (token.problem !== undefined) return { isOk: false, problem: token.problem };
    if (isBehindQuantifier && char === '+')
      return {
        isOk: false,
        problem: `possessive quantifiers such as '${source.slice(at - 1, at + 1)}' are not supported`,
      };
    if (UNBOUNDED.test(token.text)) isBounded = false;
    isBehindQuantifier =
      !isBehindQuantifier && /^(?:[*+?]|\{\d+(?:,\d*)?\})$/.test(source.slice(at, at + token.length));
    text += token.text;
    at += token.length;
  }
  return { isOk: true, text, isBounded };
}

function tokenAt(source: string, at: number, mode: Mode, groups: number): Token {
  const char = source[at]!;
  if (char === '\\') return anchorAt(source, at, mode) ?? escapeAt(source, at, groups);
  if (char === '[') return classAt(source, at);
  if (char === '(') return groupAt(source, at, mode.captures);
  if (char === '.') return { length: 1, text: mode.dotMatchesNewline ? '[^]' : '[^\\n]' };
  const braces = char === '{' ? /^\{\d+(?:,\d*)?\}/.exec(source.slice(at)) : null;
  if (braces !== null) return { length: braces[0].length, text: braces[0] };
  return { length: 1, text: char === '{' || char === '}' ? `\\${char}` : char };
}

/** `\A` and `\z`: what `^` and `$` are in JavaScript while they do not mean lines. */
function anchorAt(source: string, at: number, { isMultiline }: Mode): Token | undefined {
  if (source.startsWith('\\A', at)) return { length: 2, text: isMultiline ? '(?<![^])' : '^' };
  if (source.startsWith('\\z', at)) return { length: 2, text: isMultiline ? '(?![^])' : '$' };
  return undefined;
}

/** Escapes outside classes whose meaning differs. */
const ESCAPES: { readonly [letter: string]: string } = {
  Z: '(?=\\n?(?![^]))',
  h: '[ \\t\\xa0]',
  H: '[^ \\t\\xa0]',
  s: '[ \\t-\\r]',
  S: '[^ \\t-\\r]',
  R: '(?:\\r\\n|[\\n-\\r\\x85])',
  N: '[^\\n]',
  e: '\\x1b',
  a: '\\x07',
  v: '[\\n-\\r\\x85]',
  V: '[^\\n-\\r\\x85]',
};
const SAME_ESCAPES = 'dDwWbBnrtf';

function escapeAt(source: string, at: number, groups: number): Token {
  const next = source[at + 1];
  if (next === undefined) return { length: 1, text: '', problem: 'a backslash stands at the end' };
  if (next === 'Q') return quotedAt(source, at);
  if (next === 'E') return { length: 2, text: '' };
  const braced = /^\\x\{([0-9a-fA-F]{1,2})\}/.exec(source.slice(at));
  if (braced !== null) return { length: braced[0].length, text: `\\x${braced[1]!.padStart(2, '0')}` };
  const hex = /^\\x([0-9a-fA-F]{0,2})/.exec(source.slice(at));
  if (hex !== null) return { length: hex[0].length, text: `\\x${hex[1]!.padStart(2, '0')}` };
  if (/[1-9]/.test(next)) return backReferenceAt(source, at, groups);
  const reference = /^\\k<[A-Za-z_]\w*>/.exec(source.slice(at));
  if (reference !== null) return { length: reference[0].length, text: reference[0] };
  if (next === '0') return octalAt(source, at);
  if (next === 'c')
    return {
      length: 3,
      text: source.slice(at, at + 3),
      ...(!/[A-Za-z]/.test(source[at + 2] ?? '') && { problem: "'\\c' needs a letter behind it" }),
    };
  const known = ESCAPES[next];
  if (known !== undefined) return { length: 2, text: known };
  if (/[A-Za-z]/.test(next) && !SAME_ESCAPES.includes(next))
    return { length: 2, text: '', problem: `'\\${next}' is not supported` };
  return { length: 2, text: /[A-Za-z]/.test(next) ? `\\${next}` : literal(next) };
}

/** `\1` to a group; a number of several digits that no group has is an octal character code. */
function backReferenceAt(source: string, at: number, groups: number): Token {
  const digits = /^\d+/.exec(source.slice(at + 1))![0];
  const number = Number(digits);
  if (number <= groups) return { length: 1 + digits.length, text: `(?:\\${digits})` };
  if (number > 9 && /^[0-7]/.test(digits)) return octalAt(source, at);
  return { length: 2, text: '', problem: `'\\${digits}' refers to a group that is not there` };
}

function octalAt(source: string, at: number): Token {
  const digits = /^[0-7]{1,3}/.exec(source.slice(at + 1))![0];
  return {
    length: 1 + digits.length,
    text: `\\x${(Number.parseInt(digits, 8) & 255).toString(16).padStart(2, '0')}`,
  };
}

function quotedAt(source: string, at: number): Token {
  const end = source.indexOf('\\E', at + 2);
  const inner = end < 0 ? source.slice(at + 2) : source.slice(at + 2, end);
  return { length: end < 0 ? source.length - at : end + 2 - at, text: [...inner].map(literal).join('') };
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

/** Group openings that JavaScript writes the same way, and what it writes differently. */
function groupAt(source: string, at: number, captures: boolean): Token {
  const rest = source.slice(at);
  if (rest.startsWith('(*'))
    return { length: 2, text: '', problem: "verbs such as '(*UTF8)' are not supported" };
  if (!rest.startsWith('(?')) return { length: 1, text: captures ? '(' : '(?:' };
  const same = /^\(\?(?:[:=!]|<[=!]|<[A-Za-z_]\w*>)/.exec(rest);
  if (same !== null) return { length: same[0].length, text: same[0] };
  const named = /^\(\?(?:P<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
  if (named !== null) return { length: named[0].length, text: `(?<${named[1] ?? named[2]}>` };
  const reference = /^\(\?P=([A-Za-z_]\w*)\)/.exec(rest);
  if (reference !== null) return { length: reference[0].length, text: `\\k<${reference[1]}>` };
  const scoped = /^\(\?([ims]*)(?:-([ims]+))?:/.exec(rest);
  if (scoped !== null) return { length: scoped[0].length, text: scoped[0] };
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  if (comment !== null) return { length: comment[0].length, text: '' };
  return { length: 2, text: '', problem: `group syntax '${rest.slice(0, 3)}' is not supported` };
}

const POSIX_CLASSES: { readonly [name: string]: string } = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  xdigit: '0-9A-Fa-f',
  space: ' \\t-\\r',
  blank: ' \\t',
  punct: '!-/:-@\\[-`{-~',
  cntrl: '\\0-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
  word: '\\w',
  ascii: '\\0-\\x7f',
};

/** A bracketed class. A `]` right behind the opening is a member, and POSIX names stand for their members. */
function classAt(source: string, start: number): Token {
  let at = start + 1;
  let text = '[';
  if (source[at] === '^') {
    text += '^';
    at++;
  }
  for (let isFirst = true; at < source.length; isFirst = false) {
    if (source[at] === ']' && !isFirst) return { length: at + 1 - start, text: `${text}]` };
    const member = memberAt(source, at);
    if (member.problem !== undefined) return member;
    text += member.text;
    at += member.length;
  }
  return { length: 1, text: '', problem: "the closing ']' of a character class is missing" };
}

function memberAt(source: string, at: number): Token {
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(source.slice(at));
  if (posix !== null) {
    const members = POSIX_CLASSES[posix[2]!];
    if (members === undefined || posix[1] !== '')
      return { length: 2, text: '', problem: `character class '${posix[0]}' is not supported` };
    return { length: posix[0].length, text: members };
  }
  const char = source[at]!;
  if (char !== '\\') return { length: 1, text: char === '[' || char === ']' ? `\\${char}` : char };
  const next = source[at + 1];
  if (next === undefined) return { length: 1, text: '', problem: 'a backslash stands at the end' };
  if (next === 's') return { length: 2, text: ' \\t-\\r' };
  if (next === 'h') return { length: 2, text: ' \\t\\xa0' };
  if (next === 'b') return { length: 2, text: '\\b' };
  const braced = /^\\x\{([0-9a-fA-F]{1,2})\}/.exec(source.slice(at));
  if (braced !== null) return { length: braced[0].length, text: `\\x${braced[1]!.padStart(2, '0')}` };
  if (/[0-7]/.test(next)) return octalAt(source, at);
  if (/[A-Za-z]/.test(next) && !'dDwWSnrtfvxea'.includes(next))
    return { length: 2, text: '', problem: `'\\${next}' is not supported in a character class` };
  return { length: 2, text: next === 'e' || next === 'a' ? ESCAPES[next]! : `\\${next}` };
}

/** The number of capturing groups: `(` that are neither escaped, in a class, nor special; or the named ones alone. */
function countGroups(source: string, captures: boolean): number {
  const bare = source
    .replace(/\\Q.*?(?:\\E|$)/gs, '')
    .replace(/\\./gs, '')
    .replace(/\[\^?\]?[^\]]*\]/gs, '');
  const named = [...bare.matchAll(/\(\?(?:P?<(?![=!])|')/g)].length;
  return captures ? named + [...bare.matchAll(/\((?![?*])/g)].length : named;
}
