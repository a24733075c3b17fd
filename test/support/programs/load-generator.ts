/**
 * Clients that send request after request, each on a fresh or on a kept connection, until told to stop; they count
 * what was served, what was refused, and how long the longest answer took.
 */
import net from 'node:net';

export interface LoadCounts {
  served: number;
  /** ECONNREFUSED. */
  refused: number;
  /** Connections that ended before their answer was complete, with what ended them. */
  readonly broken: string[];
  /** Answers other than 200. */
  readonly unexpected: string[];
  slowestMs: number;
}

export interface LoadOptions {
  readonly port: number;
  readonly clients: number;
  /** A connection for each request; else each client keeps its own and makes a new one when it is closed. */
  readonly isFresh: boolean;
  /** Asked for by every client. */
  readonly target?: string;
}

const HEAD_END = '\r\n\r\n';

export class LoadGenerator {
  readonly counts: LoadCounts = { served: 0, refused: 0, broken: [], unexpected: [], slowestMs: 0 };
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #isStopping = false;
  #onServed: () => void = () => {};

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: options.clients }, () => this.#runClient());
  }

  /** Resolves when so many more requests have been served than now. */
  async more(count: number): Promise<void> {
    const goal = this.counts.served + count;
    while (this.counts.served < goal) {
      await new Promise<void>((resolve) => {
        this.#onServed = resolve;
      });
    }
  }

  async stop(): Promise<LoadCounts> {
    this.#isStopping = true;
    await Promise.all(this.#clients);
    return this.counts;
  }

  async #runClient(): Promise<void> {
    while (!this.#isStopping) await this.#runConnection();
  }

  /** One connection: requests until it ends, or one where each is to have its own. */
  #runConnection(): Promise<void> {
    const { port, isFresh, target = '/' } = this.#options;
    const close = isFresh ? 'Connection: close\r\n' : '';
    const request = `GET ${target} HTTP/1.1\r\nHost: load\r\n${close}\r\n`;
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const beganAt = performance.now();
    let sentAt = beganAt;
    let received = '';
    let isWaiting = true;
    return new Promise((resolve) => {
      socket.on('connect', () => socket.write(request));
      socket.on('data', (piece: Buffer) => {
        received += piece.latin1Slice();
        if (!isComplete(received)) return;
        this.#count(received, performance.now() - sentAt);
        received = '';
        isWaiting = false;
        if (isFresh || this.#isStopping) {
          socket.end();
          return;
        }
        isWaiting = true;
        sentAt = performance.now();
        socket.write(request);
      });
      let problem = 'closed';
      socket.on('error', (error: NodeJS.ErrnoException) => {
        problem = error.code ?? error.message;
      });
      socket.on('close', () => {
        if (problem === 'ECONNREFUSED') this.counts.refused++;
        else if (isWaiting && !isQuietClose(problem, received, isFresh)) this.counts.broken.push(problem);
        resolve();
      });
    });
  }

  #count(answer: string, tookMs: number): void {
    const { counts } = this;
    counts.served++;
    counts.slowestMs = Math.max(counts.slowestMs, tookMs);
    if (!answer.startsWith('HTTP/1.1 200 ')) counts.unexpected.push(answer.slice(0, 40));
    this.#onServed();
  }
}

/**
 * A kept connection that a server closes between two requests: what every HTTP client must be ready for
 * (RFC 9112 §9.3.1). Reset is the same when the request crossed the close on its way.
 */
function isQuietClose(problem: string, received: string, isFresh: boolean): boolean {
  return (
    !isFresh && received === '' && (problem === 'closed' || problem === 'ECONNRESET' || problem === 'EPIPE')
  );
}

/** Answers of these tests have a length. */
function isComplete(text: string): boolean {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2));
  return text.length >= headEnd + HEAD_END.length + Number(length?.[1] ?? 0);
}
