/**
 * A client that sends exact bytes (texts are latin1) and keeps what it gets. Waiting never fails: a wait ends with
 * the connection, and one that the program leaves hanging is marked as stalled, so that transcripts show it.
 */
import net from 'node:net';

/** Longer than every timeout in the configurations of these tests, on a slow machine too; spent by failures only. */
export const PATIENCE_MS = 15_000;

export type ClientEnd = 'open' | 'end' | 'reset';

export class RawClient {
  readonly socket: net.Socket;
  received = '';
  outcome: ClientEnd = 'open';
  isStalled = false;
  #wakers: (() => void)[] = [];

  constructor(port: number, host = '127.0.0.1') {
    this.socket = net.connect({ port, host, allowHalfOpen: true, noDelay: true });
    this.socket.on('data', (piece: Buffer) => {
      this.received += piece.latin1Slice();
      this.#wake();
    });
    this.socket.on('end', () => this.#ended('end'));
    this.socket.on('error', () => this.#ended('reset'));
    this.socket.on('close', () => this.#ended('end'));
  }

  get localPort(): number {
    return this.socket.localPort ?? 0;
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** FIN. */
  finish(): void {
    this.socket.end();
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Until this stands in what was received, or the connection ended. */
  until(text: string): Promise<void> {
    return this.#waitFor(() => this.received.includes(text));
  }

  /** Until so many whole responses came. `heads` names the places, from 0, of answers to HEAD requests. */
  responses(count: number, heads: readonly number[] = []): Promise<void> {
    return this.#waitFor(() => countResponses(this.received, heads) >= count);
  }

  /** Whole responses so far; `heads` as above. */
  countResponses(heads: readonly number[] = []): number {
    return countResponses(this.received, heads);
  }

  /** Until the program closes. */
  closed(): Promise<void> {
    return this.#waitFor(() => false);
  }

  /** Puts a remark into the transcript. */
  mark(remark: string): void {
    this.received += `<${remark}>`;
  }

  /** What was received and how it ended. */
  transcript(): string {
    return `${withJoinedChunks(this.received)}<${this.isStalled ? 'stalled' : this.outcome}>`;
  }

  async #waitFor(isDone: () => boolean): Promise<void> {
    const timer = setTimeout(() => {
      this.isStalled = true;
      this.#wake();
    }, PATIENCE_MS);
    while (!isDone() && this.outcome === 'open' && !this.isStalled) {
      await new Promise<void>((resolve) => {
        this.#wakers.push(resolve);
      });
    }
    clearTimeout(timer);
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }

  #ended(how: ClientEnd): void {
    if (this.outcome === 'open') this.outcome = how;
    this.#wake();
  }
}

/** Whole responses at the start of a text; those that end with the connection are not counted. */
export function countResponses(text: string, heads: readonly number[]): number {
  let at = 0;
  let count = 0;
  for (;;) {
    const next = endOfResponse(text, at, heads.includes(count));
    if (next < 0) return count;
    at = next;
    count++;
  }
}

/** Where the final response that begins at `at` ends, informational ones before it included; -1 while incomplete. */
function endOfResponse(text: string, at: number, isHead: boolean): number {
  const headEnd = text.indexOf('\r\n\r\n', at);
  if (headEnd < 0) return -1;
  const bodyAt = headEnd + 4;
  const head = text.slice(at, bodyAt);
  const status = Number(head.slice(9, 12));
  if (status >= 100 && status < 200 && status !== 101) return endOfResponse(text, bodyAt, isHead);
  if (isHead || status === 204 || status === 304 || status === 101) return bodyAt;
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return endOfChunks(text, bodyAt);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length === null) return -1;
  const end = bodyAt + Number(length[1]);
  return text.length < end ? -1 : end;
}

/** The end of a chunked body that begins at `at`, trailers included; -1 while incomplete. */
export function endOfChunks(text: string, start: number): number {
  let at = start;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return -1;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) return -1;
    if (size === 0) break;
    at = lineEnd + 2 + size + 2;
    if (at > text.length) return -1;
  }
  const lastLine = text.indexOf('\r\n', at);
  if (text.startsWith('\r\n', lastLine + 2)) return lastLine + 4;
  const end = text.indexOf('\r\n\r\n', lastLine);
  return end < 0 ? -1 : end + 4;
}

/** The text with each chunked body in one chunk: where a proxy cuts chunks depends on what it reads at once. */
export function withJoinedChunks(text: string): string {
  const head = /transfer-encoding: *chunked\r\n(?:[^\r]+\r\n)*\r\n/gi;
  let joined = '';
  let at = 0;
  for (let match = head.exec(text); match !== null; match = head.exec(text)) {
    const start = match.index + match[0].length;
    const { data, next } = readChunks(text, start);
    joined += `${text.slice(at, start)}<chunks>${data}</chunks>`;
    at = head.lastIndex = next;
  }
  return joined + text.slice(at);
}

/** The data of the chunks at `start`, as far as it came, and where the last chunk begins or the text ends. */
function readChunks(text: string, start: number): { readonly data: string; readonly next: number } {
  let data = '';
  let next = start;
  for (;;) {
    const line = /([0-9a-f]+)[^\r]*\r\n/iy;
    line.lastIndex = next;
    const size = line.exec(text)?.[1];
    // A size line that is cut off, or wrong, delivers nothing.
    if (size === undefined) return { data, next: text.length };
    const end = line.lastIndex + Number.parseInt(size, 16);
    if (end === line.lastIndex) return { data, next };
    data += text.slice(line.lastIndex, end);
    next = end + 2;
  }
}
