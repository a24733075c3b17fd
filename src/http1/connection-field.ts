/**
 * The Connection field. `close` and `keep-alive` are for this hop: they are noted and taken out of the value, in
 * place; other tokens go on, joined by commas, as HAProxy 2.6 does. A field that is left empty is removed.
 */
import { FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { HeaderId } from '../http/header-id.ts';
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

/**
 * Connection fields that rules wrote, before a head is sent: as HAProxy, `close` and `keep-alive` are taken out of
 * them, since the encoder writes what holds. Returns whether one says close.
 */
export function settleWrittenConnection(head: HttpHead): boolean {
  const { added, replaced } = head;
  let closes = false;
  for (let i = 0; i < replaced.length; i++) {
    const { row, value } = replaced[i]!;
    if (head.fields[row + FIELD.ID] !== HeaderId.CONNECTION) continue;
    if (saysClose(value)) closes = true;
    replaced[i]!.value = withoutHopTokens(value);
    if (replaced[i]!.value === '') head.removeRow(row);
  }
  for (let i = added.length - 1; i >= 0; i--) {
    const field = added[i]!;
    if (field.name !== 'connection') continue;
    if (saysClose(field.value)) closes = true;
    field.value = withoutHopTokens(field.value);
    if (field.value === '') added.splice(i, 1);
  }
  return closes;
}

/** Whether the value of a Connection field has the token `close`. */
export function saysClose(value: string): boolean {
  return tokensOf(value).some((token) => token.toLowerCase() === 'close');
}

/** The value of a Connection field without what the connection's own side says. */
export function withoutHopTokens(value: string): string {
  return tokensOf(value)
    .filter((token) => token !== '' && !/^(?:close|keep-alive)$/i.test(token))
    .join(',');
}

function tokensOf(value: string): string[] {
  return value.split(',').map((token) => token.trim());
}

function isHopToken(bytes: Buffer, start: number, end: number): boolean {
  return (
    equalsIgnoringCase(bytes, start, end, 'close') || equalsIgnoringCase(bytes, start, end, 'keep-alive')
  );
}
