/** UDP log lines by node:dgram, for platforms without system calls: three times the cost of `datagram-target.ts`. */
import { createSocket, type Socket } from 'node:dgram';
import type { LogTarget } from './datagram-target.ts';

/** Lines under way at most; node:dgram queues without bound. */
const PENDING_MAX = 1024;

export class NodeUdpTarget implements LogTarget {
  dropped = 0;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #port: number;
  readonly #onSent = (error: Error | null): void => this.#sent(error);
  #pending = 0;
  #isClosed = false;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
    this.#socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').unref();
    this.#socket.on('error', () => {
      this.dropped++;
    });
  }

  send(buffer: Buffer, start: number, end: number): void {
    if (this.#isClosed || this.#pending >= PENDING_MAX) {
      this.dropped++;
      return;
    }
    this.#pending++;
    const line = Buffer.from(buffer.subarray(start, end));
    this.#socket.send(line, this.#port, this.#host, this.#onSent);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#pending === 0) this.#socket.close();
  }

  #sent(error: Error | null): void {
    this.#pending--;
    if (error !== null) this.dropped++;
    if (this.#isClosed && this.#pending === 0) this.#socket.close();
  }
}
