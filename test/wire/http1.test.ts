/** Runs the documents http1-*.md: prose, the bytes of one direction of a connection, and the events they must give. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { BodyKind, FIELD, FIELD_FLAG, HttpHead } from '../../src/http/head.ts';
import { ChunkedDecoder, ChunkStatus } from '../../src/http1/chunked-decoder.ts';
import { headErrorText } from '../../src/http1/head-error.ts';
import { DEFAULT_LIMITS } from '../../src/http1/limits.ts';
import {
  determineResponseBody,
  NEED_MORE,
  parseRequestHead,
  parseResponseHead,
} from '../../src/http1/parse-head.ts';

const FOLDER = import.meta.dirname;
const CASE =
  /^## (.+)$[\s\S]*?^```(request|response)(?: to (\S+))?\n([\s\S]*?)^```$[\s\S]*?^```events\n([\s\S]*?)^```$/gm;
const KINDS = ['none', 'length', 'chunked', 'until close', 'tunnel'];

for (const file of readdirSync(FOLDER).filter((name) => /^http1-.*\.md$/.test(name))) {
  const text = readFileSync(path.join(FOLDER, file), 'utf8');
  const cases = [...text.matchAll(CASE)];
  describe(file, () => {
    test('each heading has bytes and events', () => assert.equal(cases.length, text.match(/^## /gm)!.length));
    for (const [, title = '', side, method = 'GET', bytes = '', events = ''] of cases) {
      test(title, () => {
        assert.deepEqual(
          side === 'request'
            ? eventsOf(bytesOf(bytes), 'request', method)
            : eventsOf(bytesOf(bytes), 'response', method),
          events.trimEnd().split('\n'),
        );
      });
    }
  });
}

/** Line ends of the document are CRLF; `\n`, `\r`, `\t`, `\0`, `\xNN` stand for bytes, and a `\` at the end of a line joins it with the next. */
function bytesOf(text: string): Buffer {
  const joined = text.replaceAll('\\\n', '').replaceAll('\n', '\r\n');
  const plain = joined.replaceAll(
    /\\(?:x([0-9a-f]{2})|([nrt0\\]))/g,
    (_, hex: string | undefined, letter: string) =>
      hex === undefined
        ? { n: '\n', r: '\r', t: '\t', '0': '\0', '\\': '\\' }[letter]!
        : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}

function eventsOf(bytes: Buffer, side: 'request' | 'response', method: string): string[] {
  const events: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = new HttpHead();
    const parse = side === 'request' ? parseRequestHead : parseResponseHead;
    const result = parse(head, bytes, at, bytes.length, DEFAULT_LIMITS);
    if (result === NEED_MORE) return [...events, 'incomplete'];
    if (result < 0)
      return [
        ...events,
        `refused ${side === 'request' ? headErrorText(result).status : 502}: ${headErrorText(result).text}`,
      ];
    at = result;
    if (side === 'response') determineResponseBody(head, method === 'HEAD', method === 'CONNECT');
    describeHead(head, side, events);
    at = describeBody(head, bytes, at, events);
    if (at < 0) return events;
  }
  return events;
}

function describeHead(head: HttpHead, side: string, events: string[]): void {
  const version = `HTTP/${Math.trunc(head.version / 10)}.${head.version % 10}`;
  events.push(
    side === 'request'
      ? `request ${head.method} ${head.target()} ${version}`
      : `response ${head.status} "${head.reason()}" ${version}`,
  );
  for (let row = 0; row < head.fieldCount * FIELD.STRIDE; row += FIELD.STRIDE) {
    if ((head.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) === 0)
      events.push(`field ${head.nameAt(row)} "${head.valueAt(row)}"`);
  }
  if (head.saysClose) events.push('says close');
  if (head.saysKeepAlive) events.push('says keep-alive');
  if (head.saysUpgrade) events.push('says upgrade');
}

/** Adds the body's events. Returns the offset of the next message, or -1 when there is none. */
function describeBody(head: HttpHead, bytes: Buffer, start: number, events: string[]): number {
  const kind = head.bodyKind;
  events.push(`body ${KINDS[kind]}${kind === BodyKind.LENGTH ? ` ${head.contentLength}` : ''}`);
  if (kind === BodyKind.LENGTH) return start + head.contentLength;
  if (kind === BodyKind.CHUNKED) return describeChunks(bytes, start, events);
  return kind === BodyKind.NONE ? start : -1;
}

function describeChunks(bytes: Buffer, start: number, events: string[]): number {
  const decoder = new ChunkedDecoder();
  for (let at = start; ; at = decoder.position) {
    const status = decoder.next(bytes, at, bytes.length);
    if (status === ChunkStatus.DATA) {
      events.push(`data ${JSON.stringify(bytes.latin1Slice(decoder.rangeStart, decoder.rangeEnd))}`);
      continue;
    }
    if (status === ChunkStatus.NEED_MORE) events.push('incomplete');
    if (status === ChunkStatus.ERROR) events.push(`broken: ${headErrorText(decoder.error).text}`);
    if (status !== ChunkStatus.END) return -1;
    for (let row = 0; row < (decoder.trailers?.fieldCount ?? 0) * FIELD.STRIDE; row += FIELD.STRIDE) {
      if ((decoder.trailers!.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) === 0)
        events.push(`trailer ${decoder.trailers!.nameAt(row)} "${decoder.trailers!.valueAt(row)}"`);
    }
    events.push('end');
    return decoder.position;
  }
}
