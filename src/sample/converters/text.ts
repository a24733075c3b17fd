/** Converters of text (manual section 7.3.1). Case is that of ASCII letters only. */
import { arg } from '../../keyword/arg.ts';
import { ArgumentError } from '../../keyword/words.ts';
import { defineConverter } from '../declare.ts';
import { cutFields } from '../delimited.ts';
import { leadingInteger } from '../integer.ts';

/** A place of a field: any integer but 0. */
const place = arg.custom<number>({
  what: 'index',
  schema: { type: 'integer' },
  good: ['1', '-1'],
  bad: ['0', 'a'],
  read(word, _site, name) {
    const value = /^[+-]?\d{1,9}$/.test(word.text) ? Number(word.text) : 0;
    if (value === 0)
      throw new ArgumentError(word.at, `'${word.text}' is not a place for <${name}>`, {
        remedy: 'write 1 for the first, -1 for the last',
      });
    return value;
  },
});

/** At least one character. */
const characters = arg.custom<string>({
  what: 'delimiters',
  good: ['/', '-_'],
  read(word, _site, name) {
    if (word.text === '')
      throw new ArgumentError(word.at, `<${name}> is empty`, { remedy: 'write the delimiter characters' });
    return word.text;
  },
});

/** The place of a variable's name in converters that also work without one. */
const noVariable = arg.custom<string>({
  what: 'var',
  good: [],
  read(word) {
    if (word.text !== '')
      throw new ArgumentError(
        word.at,
        `variable '${word.text}' cannot be used: variables are not supported yet`,
      );
    return word.text;
  },
});

const cutArgs = { index: place, delimiters: characters, count: arg.optional(arg.int(), 1) };

/** The bytes of a text in lower case: ASCII letters only, as HAProxy compares. */
export function lowerCase(text: string): string {
  let hasUpper = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char > 127) return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    if (char >= 65 && char <= 90) hasUpper = true;
  }
  return hasUpper ? text.toLowerCase() : text;
}

function upperCase(text: string): string {
  return hasLetter(text, 97, 122) ? text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : text;
}

function hasLetter(text: string, first: number, last: number): boolean {
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char >= first && char <= last) return true;
  }
  return false;
}

export const textConverters = [
  defineConverter({
    name: 'lower',
    summary: 'Turns letters to lower case.',
    args: {},
    input: 'str',
    output: 'str',
    examples: [
      { text: 'str(AbC-1),lower', result: 'abc-1' },
      { text: 'bin(C389),lower,hex', result: 'C389' },
    ],
    compile: () => lowerCase,
  }),
  defineConverter({
    name: 'upper',
    summary: 'Turns letters to upper case.',
    args: {},
    input: 'str',
    output: 'str',
    examples: [{ text: 'str(AbC-1),upper', result: 'ABC-1' }],
    compile: () => upperCase,
  }),
  defineConverter({
    name: 'length',
    summary: 'The length of a text in bytes.',
    args: {},
    input: 'str',
    output: 'sint',
    examples: [
      { text: 'str(abc),length', result: '3' },
      { text: 'str(),length', result: '0' },
      { text: 'bin(610062),length', result: '1' },
    ],
    compile: () => (value: string) => value.length,
  }),
  defineConverter({
    name: 'field',
    summary: 'The field at a place between delimiters, or several.',
    args: cutArgs,
    input: 'str',
    output: 'str',
    examples: [
      { text: 'str(f1_f2_f3__f5),field(4,_)', result: '' },
      { text: 'str(f1_f2_f3__f5),field(5,_)', result: 'f5' },
      { text: 'str(f1_f2_f3__f5),field(2,_,0)', result: 'f2_f3__f5' },
      { text: 'str(f1_f2_f3__f5),field(2,_,2)', result: 'f2_f3' },
      { text: 'str(f1_f2_f3__f5),field(-2,_,3)', result: 'f2_f3_' },
      { text: 'str(f1_f2_f3__f5),field(-3,_,0)', result: 'f1_f2_f3' },
    ],
    compile({ index, delimiters, count }) {
      const cut = { index, delimiters, count, skipsEmpty: false };
      return (value: string) => cutFields(value, cut);
    },
  }),
  defineConverter({
    name: 'word',
    summary: 'The word at a place, words being separated by any number of delimiters, or several.',
    args: cutArgs,
    input: 'str',
    output: 'str',
    examples: [
      { text: 'str(f1_f2_f3__f5),word(4,_)', result: 'f5' },
      { text: 'str(f1_f2_f3__f5),word(5,_)', result: '' },
      { text: 'str(f1_f2_f3__f5),word(2,_,0)', result: 'f2_f3__f5' },
      { text: 'str(f1_f2_f3__f5),word(3,_,2)', result: 'f3__f5' },
      { text: 'str(f1_f2_f3__f5),word(-2,_,3)', result: 'f1_f2_f3' },
      { text: 'str(f1_f2_f3__f5),word(-3,_,0)', result: 'f1_f2' },
      { text: 'str(/f1/f2/f3/f4),word(1,/)', result: 'f1' },
    ],
    compile({ index, delimiters, count }) {
      const cut = { index, delimiters, count, skipsEmpty: true };
      return (value: string) => cutFields(value, cut) ?? '';
    },
  }),
  defineConverter({
    name: 'concat',
    summary: 'Puts constant texts behind a text.',
    input: 'str',
    output: 'str',
    args: {
      start: arg.optional(arg.word('start'), ''),
      var: arg.optional(noVariable),
      end: arg.optional(arg.word('end'), ''),
    },
    examples: [
      { text: 'str(abc),concat(-)', result: 'abc-' },
      { text: 'str(abc),concat(<,,>)', result: 'abc<>' },
    ],
    differences: ['A variable between the two texts is not supported yet.'],
    compile({ start, end }) {
      const tail = start + end;
      return (value: string) => value + tail;
    },
  }),
  defineConverter({
    name: 'ltrim',
    summary: 'Drops the given characters at the beginning.',
    args: { chars: arg.optional(arg.word('chars'), '') },
    input: 'str',
    output: 'str',
    examples: [{ text: 'str(aabca),ltrim(a)', result: 'bca' }],
    compile:
      ({ chars }) =>
      (value: string) => {
        let from = 0;
        while (from < value.length && chars.includes(value[from]!)) from++;
        return value.slice(from);
      },
  }),
  defineConverter({
    name: 'rtrim',
    summary: 'Drops the given characters at the end.',
    args: { chars: arg.optional(arg.word('chars'), '') },
    input: 'str',
    output: 'str',
    examples: [{ text: 'str(aabca),rtrim(a)', result: 'aabc' }],
    compile:
      ({ chars }) =>
      (value: string) => {
        let end = value.length;
        while (end > 0 && chars.includes(value[end - 1]!)) end--;
        return value.slice(0, end);
      },
  }),
  defineConverter({
    name: 'cut_crlf',
    summary: 'Drops everything from the first CR or LF.',
    args: {},
    input: 'str',
    output: 'str',
    examples: [{ text: 'str("a\\r\\nb"),cut_crlf', result: 'a' }],
    compile: () => (value: string) => {
      for (let at = 0; at < value.length; at++)
        if (value[at] === '\r' || value[at] === '\n') return value.slice(0, at);
      return value;
    },
  }),
  defineConverter({
    name: 'reverse',
    summary: 'Turns the order of the bytes round.',
    args: {},
    input: 'str',
    output: 'str',
    examples: [{ text: 'str(abc),reverse', result: 'cba' }],
    compile: () => (value: string) => {
      let text = '';
      for (let at = value.length - 1; at >= 0; at--) text += value[at];
      return text;
    },
  }),
  defineConverter({
    name: 'host_only',
    summary: 'The host of a Host header, without its port, in lower case.',
    args: {},
    input: 'str',
    output: 'str',
    examples: [
      { text: 'str(Ex.org:80),host_only', result: 'ex.org' },
      { text: 'str([::1]:80),host_only', result: '[::1]' },
    ],
    compile: () => (value: string) => lowerCase(value.slice(0, portColon(value))),
  }),
  defineConverter({
    name: 'port_only',
    summary: 'The port of a Host header, 0 when it has none.',
    args: {},
    input: 'str',
    output: 'sint',
    examples: [
      { text: 'str(ex.org:80),port_only', result: '80' },
      { text: 'str([::1]),port_only', result: '0' },
    ],
    compile: () => (value: string) => leadingInteger(value.slice(portColon(value) + 1)) ?? 0,
  }),
  defineConverter({
    name: 'iif',
    summary: 'One of two texts, by a truth value.',
    args: { true: arg.word('true'), false: arg.word('false') },
    input: 'bool',
    output: 'str',
    examples: [
      { text: 'always_true,iif(yes,no)', result: 'yes' },
      { text: 'int(0),iif(yes,no)', result: 'no' },
    ],
    compile: (texts) => (value: boolean) => (value ? texts.true : texts.false),
  }),
];

/** Where the colon before the port stands; the length when there is none. A colon inside brackets is an address's. */
function portColon(host: string): number {
  const colon = host.lastIndexOf(':');
  return colon < 0 || colon < host.lastIndexOf(']') ? host.length : colon;
}
