/** Writing a word so that the tokenizer reads it back: what makes haproxy.cfg from a document. */
import { byteOf } from '../../src/bytes/byte-text.ts';

/**
 * Quotes a word where it needs it, in the form that is easiest to read: bare, single quotes, then double quotes
 * with escapes. Throws a RangeError for a word with a NUL byte, which no line can hold.
 */
export function quoteWord(text: string): string {
  if (text.includes('\0')) throw new RangeError('a word of haproxy.cfg cannot hold a NUL byte');
  if (/^[A-Za-z0-9_.,:;/@%+=~^*?!|&<>()[\]{}$-]+$/.test(text)) return text;
  const needsEscapes = text.includes("'") || /[\x01-\x1f\x7f]/.test(text) || hasEscapedByte(text);
  return needsEscapes ? weaklyQuoted(text) : `'${text}'`;
}

const NAMED_ESCAPES: { readonly [character: string]: string } = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
  $: '\\$',
};

function weaklyQuoted(text: string): string {
  let quoted = '"';
  for (const character of text) quoted += NAMED_ESCAPES[character] ?? hexEscape(character) ?? character;
  return `${quoted}"`;
}

function hexEscape(character: string): string | undefined {
  const code = character.charCodeAt(0);
  const byte = code < 0x20 || code === 0x7f ? code : byteOf(character);
  return byte < 0 ? undefined : `\\x${byte.toString(16).padStart(2, '0')}`;
}

function hasEscapedByte(text: string): boolean {
  for (const character of text) if (byteOf(character) >= 0) return true;
  return false;
}
