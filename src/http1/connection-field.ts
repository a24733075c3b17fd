/**
 * The Connection field. `close` and `keep-alive` are for this hop: they are noted and taken out of the value, in
 * place; other tokens go on, joined by commas, as HAProxy 2.6 does. A field that is left empty is removed.
 */
import { FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { COMMA, equalsIgnoringCase, findByte, skipBlanks, trimEnd } from './bytes.ts';

export function parseConnection(head: HttpHead, row: number): void {
  const { bytes, fields } = head;
  const valueStart = fields[row + FIELD.VALUE_START]!;
  const valueEnd = fields[row + FIELD.VALUE_END]!;
  let isKept = false;
  let isCut = false;
  for (let at = valueStart; at < valueEnd; ) {
    const elementEnd = findByte(bytes, COMMA, at, valueEnd);
    const tokenEnd = trimEnd(bytes, at, elementEnd);
    if (tokenEnd > at) {
      if (noteHopToken(head, at, tokenEnd)) isCut = true;
      else isKept = true;
    }
    at = skipBlanks(bytes, elementEnd + 1, valueEnd);
  }
  if (!isKept) head.removeRow(row);
  else if (isCut) cutHopTokens(head, row);
}

/** Notes what a token says. Returns whether it is for this hop alone. */
function noteHopToken(head: HttpHead, start: number, end: number): boolean {
  const { bytes } = head;
  if (equalsIgnoringCase(bytes, start, end, 'keep-alive')) head.saysKeepAlive = true;
  else if (equalsIgnoringCase(bytes, start, end, 'close')) head.saysClose = true;
  else if (equalsIgnoringCase(bytes, start, end, 'upgrade')) head.saysUpgrade = true;
  else return false;
  return end - start !== UPGRADE_LENGTH;
}

const UPGRADE_LENGTH = 7;

function cutHopTokens(head: HttpHead, row: number): void {
  const { bytes, fields } = head;
  const valueStart = fields[row + FIELD.VALUE_START]!;
  const valueEnd = fields[row + FIELD.VALUE_END]!;
  let out = valueStart;
  for (let at = valueStart; at < valueEnd; ) {
    const elementEnd = findByte(bytes, COMMA, at, valueEnd);
    const tokenEnd = trimEnd(bytes, at, elementEnd);
    if (tokenEnd > at && !isHopToken(bytes, at, tokenEnd)) {
      if (out > valueStart) bytes[out++] = COMMA;
      bytes.copyWithin(out, at, tokenEnd);
      out += tokenEnd - at;
    }
    at = skipBlanks(bytes, elementEnd + 1, valueEnd);
  }
  fields[row + FIELD.VALUE_END] = out;
  fields[row + FIELD.FLAGS]! &= ~FIELD_FLAG.CANONICAL;
}

function isHopToken(bytes: Buffer, start: number, end: number): boolean {
  return (
    equalsIgnoringCase(bytes, start, end, 'close') || equalsIgnoringCase(bytes, start, end, 'keep-alive')
  );
}
