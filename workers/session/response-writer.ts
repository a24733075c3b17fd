/**
 * Writes responses to an HTTP/1 client: heads, bodies as they come, and replies made here.
 * It keeps no body: what the connection could not send at once is pending there, and the caller stops reading.
 */
import { BodyKind, type HttpHead } from '../../src/http/head.ts';
import { reasonOf } from '../../src/http/status.ts';
import { encodeInformational, encodeResponseHead } from '../../src/http1/encode-head.ts';
import type { Reply } from '../../src/rules/declare.ts';
import type { Connection } from '../connection/connection.ts';
import {
  HeadWritten,
  type ReplyOptions,
  type ResponseSink,
  type ResponseStart,
} from '../stream/client-side.ts';
import type { ThreadState } from '../thread-state.ts';

const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');

/** Body pieces up to this size are copied behind their head or chunk size, to go out in one write. */
const COPY_MAX_BYTES = 64 * 1024;

/** A request whose framing is not known: the connection closes. */
export const REFUSAL: ReplyOptions = { isHeadRequest: false, keepsAlive: false, version: 11, nameCase: null };

export class ResponseWriter implements ResponseSink {
  readonly #thread: ThreadState;
  readonly #connection: Connection;
  /** Bytes that the last call wrote, framing included. */
  lastWritten = 0;

  constructor(thread: ThreadState, connection: Connection) {
    this.#thread = thread;
    this.#connection = connection;
  }

  /** Whether the connection can stay open, now that the response's framing is known (RFC 9112 §9.3). */
  decideKeepAlive(request: HttpHead, response: HttpHead, isWanted: boolean): boolean {
    if (!isWanted) return false;
    if (response.bodyKind === BodyKind.UNTIL_CLOSE) return false;
    if (response.isInsecurelyFramed && response.version < 11) return false;
    return response.bodyKind !== BodyKind.CHUNKED || request.version >= 11;
  }

  /** Writes a response head and the body bytes that came with it. PENDING: stop reading the server until drained. */
  writeHead(
    { head, request, keepsAlive }: ResponseStart,
    buffer: Buffer,
    start: number,
    end: number,
  ): HeadWritten {
    const { scratch } = this.#thread;
    let at = encodeResponseHead(
      head,
      scratch,
      0,
      request.version,
      keepsAlive,
      head.bodyKind === BodyKind.TUNNEL,
    );
    if (at < 0) return HeadWritten.TOO_LARGE;
    const size = end - start;
    if (size > 0 && size <= COPY_MAX_BYTES) at += buffer.copy(scratch, at, start, end);
    let isTaken = this.#connection.write(scratch, 0, at);
    this.lastWritten = at;
    if (size > COPY_MAX_BYTES) {
      isTaken = this.writeData(buffer, start, end, null);
      this.lastWritten += at;
    }
    return isTaken ? HeadWritten.TAKEN : HeadWritten.PENDING;
  }

  /** `source` is the connection whose own bulk buffer the bytes stand in, or null for the thread's shared one. */
  writeData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean {
    this.lastWritten = end - start;
    if (source !== null) return this.#connection.writeFrom(source, buffer, start, end);
    return this.#connection.write(buffer, start, end);
  }

  /** 100, 102, 103: passed on as they are; not to HTTP/1.0 clients (RFC 9110 §15.2). */
  writeInformational(head: HttpHead, request: HttpHead): void {
    if (request.version < 11) return;
    const { scratch } = this.#thread;
    this.#connection.write(scratch, 0, encodeInformational(head, scratch, 0));
  }

  writeContinue(): void {
    this.#connection.write(CONTINUE, 0, CONTINUE.length);
  }

  writeReply(reply: Reply, options: ReplyOptions): void {
    const { status, body } = reply;
    const isOld = reply.version === 10;
    const hasBody = !options.isHeadRequest && status !== 204 && status !== 304;
    let text = `HTTP/1.${isOld ? 0 : 1} ${status} ${reply.reason === '' ? reasonOf(status) : reply.reason}\r\n`;
    let hasLength = isOld || status === 204;
    const { nameCase } = options;
    for (const { name, value } of reply.headers) {
      if (name === 'content-length') {
        if (status === 204) continue;
        hasLength = true;
      }
      text += `${nameCase?.get(name) ?? name}: ${value}\r\n`;
    }
    if (!hasLength) text += `${nameCase?.get('content-length') ?? 'content-length'}: ${body.length}\r\n`;
    text += isOld && !options.keepsAlive ? '\r\n' : connectionLines(options, isOld);
    const head = Buffer.from(text, 'latin1');
    const bytes = hasBody ? Buffer.concat([head, body]) : head;
    this.lastWritten = bytes.length;
    this.#connection.write(bytes, 0, bytes.length);
  }

  /** The answer to what was no request: an error page goes out as its file has it. */
  writeRefusal(reply: Reply): void {
    const { bytes } = reply;
    if (bytes === undefined) this.writeReply(reply, REFUSAL);
    else if (bytes.length > 0) this.#connection.write(bytes, 0, bytes.length);
  }

  writeRaw(buffer: Buffer, start: number, end: number): boolean {
    return this.#connection.write(buffer, start, end);
  }

  endRaw(): void {
    this.#connection.end();
  }
}

/** The Connection field of an answer, where it needs one, and the empty line. */
function connectionLines({ keepsAlive, version, nameCase }: ReplyOptions, isOld: boolean): string {
  if (keepsAlive && version >= 11 && !isOld) return '\r\n';
  const name = nameCase?.get('connection') ?? 'connection';
  return `${name}: ${keepsAlive ? 'keep-alive' : 'close'}\r\n\r\n`;
}
