/** The handshake fields of WebSocket (RFC 6455 §4), as far as a proxy must look at them. */
import { FIELD, type HttpHead } from '../http/head.ts';
import { HeaderId } from '../http/header-id.ts';
import { equalsIgnoringCase } from './bytes.ts';

/** 16 random bytes in base64. */
const KEY_LENGTH = 24;

export function isWebSocket(head: HttpHead, upgradeRow: number): boolean {
  const start = head.fields[upgradeRow + FIELD.VALUE_START]!;
  return equalsIgnoringCase(head.bytes, start, head.fields[upgradeRow + FIELD.VALUE_END]!, 'websocket');
}

/** Whether the request has a key of 16 bytes in base64. */
export function hasWebSocketKey(head: HttpHead): boolean {
  const row = head.findRow(HeaderId.OTHER, 'sec-websocket-key');
  if (row < 0) return false;
  const start = head.fields[row + FIELD.VALUE_START]!;
  if (head.fields[row + FIELD.VALUE_END]! - start !== KEY_LENGTH) return false;
  for (let i = 0; i < KEY_LENGTH; i++) {
    if (!isBase64Byte(head.bytes[start + i]!, i >= KEY_LENGTH - 2)) return false;
  }
  return true;
}

function isBase64Byte(byte: number, isPadding: boolean): boolean {
  if (isPadding) return byte === 61;
  return (
    (byte >= 48 && byte <= 57) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 97 && byte <= 122) ||
    byte === 43 ||
    byte === 47
  );
}

/** Whether the response answers a key. Like HAProxy, the answer itself is left to the client to check. */
export function hasWebSocketAccept(response: HttpHead): boolean {
  return response.findRow(HeaderId.OTHER, 'sec-websocket-accept') >= 0;
}
