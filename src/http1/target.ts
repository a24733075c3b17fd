/**
 * The request target and the Host fields: whom the request is for must be said once (RFC 9112 §3.2). What HAProxy
 * normalises on arrival is normalised here: equal Host fields become one, and the default port of an absolute
 * target's scheme goes from the target and from Host.
 */
import { FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { HeaderId } from '../http/header-id.ts';
import {
  ASTERISK,
  AT,
  COLON,
  DIGIT_0,
  equalsIgnoringCase,
  findByte,
  isDigit,
  lowerOf,
  rangesMatch,
  SLASH,
} from './bytes.ts';
import { HeadError } from './head-error.ts';

/** Makes equal Host fields one. Returns 0, or HOST_CONFLICT when they differ but for case. */
export function mergeHosts(head: HttpHead, first: number): number {
  const { bytes, fields } = head;
  let row = head.findRow(HeaderId.HOST, '', first + FIELD.STRIDE);
  for (; row >= 0; row = head.findRow(HeaderId.HOST, '', row + FIELD.STRIDE)) {
    const isSame = rangesMatch(
      bytes,
      fields[first + FIELD.VALUE_START]!,
      fields[first + FIELD.VALUE_END]!,
      fields[row + FIELD.VALUE_START]!,
      fields[row + FIELD.VALUE_END]!,
    );
    if (!isSame) return HeadError.HOST_CONFLICT;
    head.removeRow(row);
  }
  return 0;
}

/** Checks the target against the method and the Host field at `hostRow` (-1: none). Returns 0 or a HeadError. */
export function settleTarget(head: HttpHead, hostRow: number, isRelaxed: boolean): number {
  const first = head.bytes[head.targetStart]!;
  if (head.method === 'CONNECT') return isRelaxed ? 0 : settleConnect(head, hostRow);
  if (first === SLASH || first === ASTERISK || isRelaxed) return 0;
  return settleAuthority(head, hostRow);
}

/** CONNECT names `host:port` and nothing else (RFC 9112 §3.2.3). */
function settleConnect(head: HttpHead, hostRow: number): number {
  const { bytes, targetStart, targetEnd } = head;
  const hostStart = userInfoEnd(bytes, targetStart, targetEnd);
  const colon = portColon(bytes, hostStart, targetEnd);
  if (colon < 0 || colon === hostStart || colon + 1 === targetEnd) return HeadError.BAD_AUTHORITY;
  if (findByte(bytes, SLASH, hostStart, targetEnd) < targetEnd) return HeadError.BAD_AUTHORITY;
  const port = decimal(bytes, colon + 1, targetEnd);
  return settleHost(head, hostRow, hostStart, port === 80 || port === 443 ? colon : targetEnd, targetEnd);
}

/** A target with an authority: `scheme://authority/path`, or an authority alone, which HAProxy takes with any method. */
function settleAuthority(head: HttpHead, hostRow: number): number {
  const { bytes, targetStart, targetEnd } = head;
  const afterScheme = schemeEnd(bytes, targetStart, targetEnd);
  const start = afterScheme < 0 ? targetStart : afterScheme + 3;
  const end = findByte(bytes, SLASH, start, targetEnd);
  if (start === end) return 0;
  const hostStart = userInfoEnd(bytes, start, end);
  const colon = portColon(bytes, hostStart, end);
  const defaultPort = afterScheme < 0 ? 0 : defaultPortOf(bytes, targetStart, afterScheme);
  if (colon >= 0 && defaultPort > 0 && isPort(bytes, colon + 1, end, defaultPort)) {
    head.normalTarget = bytes.latin1Slice(targetStart, colon) + bytes.latin1Slice(end, targetEnd);
    head.replacedTarget = head.normalTarget;
    const error = settleHost(head, hostRow, hostStart, colon, end);
    // Where the target is rewritten, Host is too: in the letters of the authority, as HAProxy does (RFC 9112 §3.2.2).
    if (error === 0 && hostRow >= 0)
      bytes.copyWithin(head.fields[hostRow + FIELD.VALUE_START]!, hostStart, colon);
    return error;
  }
  return matchHost(head, hostRow, hostStart, end, defaultPort);
}

/** Compares Host with an authority whose default port begins at `portAt`, and takes that port from Host. */
function settleHost(head: HttpHead, hostRow: number, start: number, portAt: number, end: number): number {
  if (hostRow < 0) return 0;
  const { bytes, fields } = head;
  const hostStart = fields[hostRow + FIELD.VALUE_START]!;
  const hostEnd = fields[hostRow + FIELD.VALUE_END]!;
  if (rangesMatch(bytes, start, portAt, hostStart, hostEnd)) return 0;
  const colon = portColon(bytes, hostStart, hostEnd);
  if (colon < 0 || !rangesMatch(bytes, start, portAt, hostStart, colon)) {
    return rangesMatch(bytes, start, end, hostStart, hostEnd) ? 0 : HeadError.HOST_CONFLICT;
  }
  if (portAt === end || !rangesMatch(bytes, portAt, end, colon, hostEnd)) return HeadError.HOST_CONFLICT;
  fields[hostRow + FIELD.VALUE_END] = colon;
  fields[hostRow + FIELD.FLAGS]! &= ~FIELD_FLAG.CANONICAL;
  return 0;
}

/** Compares Host, with or without its scheme's default port, with an authority. */
function matchHost(head: HttpHead, hostRow: number, start: number, end: number, defaultPort: number): number {
  if (hostRow < 0) return 0;
  const { bytes, fields } = head;
  const hostStart = fields[hostRow + FIELD.VALUE_START]!;
  const hostEnd = fields[hostRow + FIELD.VALUE_END]!;
  if (rangesMatch(bytes, start, end, hostStart, hostEnd)) return 0;
  const colon = portColon(bytes, hostStart, hostEnd);
  if (colon < 0 || defaultPort === 0 || !isPort(bytes, colon + 1, hostEnd, defaultPort))
    return HeadError.HOST_CONFLICT;
  return rangesMatch(bytes, start, end, hostStart, colon) ? 0 : HeadError.HOST_CONFLICT;
}

/** The offset of `://` behind a scheme (RFC 3986 §3.1), or -1. */
function schemeEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isSchemeByte(bytes[at]!, at === start)) at++;
  if (at === start || at + 2 >= end) return -1;
  return bytes[at] === COLON && bytes[at + 1] === SLASH && bytes[at + 2] === SLASH ? at : -1;
}

function isSchemeByte(byte: number, isFirst: boolean): boolean {
  const lower = lowerOf(byte);
  if (lower >= 97 && lower <= 122) return true;
  return !isFirst && (isDigit(byte) || byte === 43 || byte === 45 || byte === 46);
}

function defaultPortOf(bytes: Buffer, start: number, end: number): number {
  if (equalsIgnoringCase(bytes, start, end, 'http')) return 80;
  return equalsIgnoringCase(bytes, start, end, 'https') ? 443 : 0;
}

/** The offset behind `user@`, or `start`. */
function userInfoEnd(bytes: Buffer, start: number, end: number): number {
  const at = findByte(bytes, AT, start, end);
  return at < end ? at + 1 : start;
}

/** The offset of the colon before a port, which is digits or nothing to the end; or -1. */
function portColon(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && isDigit(bytes[at - 1]!)) at--;
  return at > start && bytes[at - 1] === COLON ? at - 1 : -1;
}

/** Whether the digits say this port, as HAProxy writes it; no digits stand for the default. */
function isPort(bytes: Buffer, start: number, end: number, port: number): boolean {
  if (start === end) return true;
  return bytes[start] !== DIGIT_0 && decimal(bytes, start, end) === port;
}

/** The value of at most five digits; more give a number that is no port. */
function decimal(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end && at < start + 6; at++) value = value * 10 + bytes[at]! - DIGIT_0;
  return value;
}
