/** Converters between bytes and their encodings (manual section 7.3.1). */
import { arg } from '../../keyword/arg.ts';
import { defineConverter } from '../declare.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PLUS = 43;
const PERCENT = 37;
const QUESTION = 63;

/** Decodes percent escapes; undefined for a broken one. `+` is a blank in forms, and behind a question mark. */
function decodeUrl(text: string, isForm: boolean): string | undefined {
  let isQuery = isForm;
  let decoded = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === PERCENT) {
      const byte = hexPair(text, at + 1);
      if (byte < 0) return undefined;
      decoded += String.fromCharCode(byte);
      at += 2;
    } else decoded += char === PLUS && isQuery ? ' ' : text[at];
    if (char === QUESTION) isQuery = true;
  }
  return decoded;
}

function hexPair(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(char: number): number {
  if (char >= 48 && char <= 57) return char - 48;
  const lower = char | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function encodeUrl(text: string): string {
  let encoded = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    encoded += /[A-Za-z0-9\-_.~]/.test(char)
      ? char
      : `%${text.charCodeAt(at).toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

export const encodingConverters = [
  defineConverter({
    name: 'hex',
    summary: 'Bytes as hexadecimal digits in upper case.',
    args: {},
    input: 'bin',
    output: 'str',
    examples: [
      { text: 'str(abc),hex', result: '616263' },
      { text: 'int(1),hex', result: '0000000000000001' },
    ],
    compile: () => (value: string) => Buffer.from(value, 'latin1').toString('hex').toUpperCase(),
  }),
  defineConverter({
    name: 'hex2i',
    summary: 'Hexadecimal digits as an integer.',
    args: {},
    input: 'str',
    output: 'sint',
    examples: [
      { text: 'str(ff),hex2i', result: '255' },
      { text: 'str(fg),hex2i', result: null },
    ],
    compile: () => (value: string) => {
      if (value === '') return 0;
      if (!/^[0-9a-f]+$/i.test(value)) return undefined;
      if (value.length <= 12) return Number.parseInt(value, 16);
      const wrapped = BigInt.asIntN(64, BigInt(`0x${value}`));
      const short = Number(wrapped);
      return Number.isSafeInteger(short) ? short : wrapped;
    },
  }),
  defineConverter({
    name: 'base64',
    summary: 'Bytes in base64 with padding.',
    args: {},
    input: 'bin',
    output: 'str',
    examples: [{ text: 'str(a?b>),base64', result: 'YT9iPg==' }],
    compile: () => (value: string) => Buffer.from(value, 'latin1').toString('base64'),
  }),
  defineConverter({
    name: 'b64dec',
    summary: 'Decodes base64 with padding.',
    args: {},
    input: 'str',
    output: 'bin',
    examples: [
      { text: 'str(YT9iPg==),b64dec', result: 'a?b>' },
      { text: 'str(YT9iPg),b64dec', result: null },
    ],
    compile: () => (value: string) =>
      BASE64.test(value) ? Buffer.from(value, 'base64').latin1Slice() : undefined,
  }),
  defineConverter({
    name: 'ub64enc',
    summary: 'Bytes in base64url without padding.',
    args: {},
    input: 'bin',
    output: 'str',
    examples: [{ text: 'str(a?b>),ub64enc', result: 'YT9iPg' }],
    compile: () => (value: string) => Buffer.from(value, 'latin1').toString('base64url'),
  }),
  defineConverter({
    name: 'ub64dec',
    summary: 'Decodes base64url without padding.',
    args: {},
    input: 'str',
    output: 'str',
    examples: [
      { text: 'str(YT9iPg),ub64dec', result: 'a?b>' },
      { text: 'str(*),ub64dec', result: null },
    ],
    compile: () => (value: string) =>
      /^[A-Za-z0-9_-]*$/.test(value) && value.length % 4 !== 1
        ? Buffer.from(value, 'base64url').latin1Slice()
        : undefined,
  }),
  defineConverter({
    name: 'url_dec',
    summary: 'Decodes percent escapes.',
    args: { in_form: arg.optional(arg.int(), 0) },
    input: 'str',
    output: 'str',
    examples: [
      { text: 'str(a%20b+c),url_dec', result: 'a b+c' },
      { text: 'str(a%20b+c),url_dec(1)', result: 'a b c' },
      { text: 'str(a+b?c+d),url_dec', result: 'a+b?c d' },
      { text: 'str(a%2),url_dec', result: null },
    ],
    compile({ in_form }) {
      const isForm = in_form !== 0;
      return (value: string) => decodeUrl(value, isForm);
    },
  }),
  defineConverter({
    name: 'url_enc',
    summary: 'Encodes all but letters, digits and -_.~ as percent escapes.',
    args: { enc_type: arg.optional(arg.oneOf('query')) },
    input: 'str',
    output: 'str',
    examples: [{ text: 'str(a b/?),url_enc', result: 'a%20b%2F%3F' }],
    compile: () => encodeUrl,
  }),
  defineConverter({
    name: 'bytes',
    summary: 'Some of the bytes, from an offset on.',
    args: { offset: arg.int(), length: arg.optional(arg.int()) },
    input: 'bin',
    output: 'bin',
    examples: [
      { text: 'str(012345),bytes(1,3)', result: '123' },
      { text: 'str(012345),bytes(4)', result: '45' },
      { text: 'str(012345),bytes(9)', result: '' },
    ],
    differences: ['Offset and length are integers; names of variables are not supported yet.'],
    compile({ offset, length }) {
      if (offset < 0 || (length !== undefined && length < 0)) return () => '';
      const end = length === undefined ? undefined : offset + length;
      return (value: string) => value.slice(offset, end);
    },
  }),
];
