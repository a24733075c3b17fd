/** A UDP receiver of log lines, and what makes lines of two programs comparable. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { PATIENCE_MS } from './raw-client.ts';

export class LogSink {
  readonly #socket: Socket;
  readonly port: number;
  #datagrams: string[] = [];
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (message) => {
      this.#datagrams.push(message.latin1Slice());
      this.#wake();
    });
  }

  static async start(): Promise<LogSink> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new LogSink(socket);
  }

  /** The datagrams since the last call, once there are so many, or fewer when no more come. */
  async take(count: number): Promise<string[]> {
    await this.reached(count);
    return this.takeNow();
  }

  /** Resolves when so many datagrams have come since the last `take`, or no more come. */
  async reached(count: number): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, PATIENCE_MS);
    while (this.#datagrams.length < count && !isLate) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(timer);
  }

  takeNow(): string[] {
    const taken = this.#datagrams;
    this.#datagrams = [];
    return taken;
  }

  /** The first datagram that matches, whenever it came since the last `take`. */
  async matching(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.#datagrams.find((datagram) => pattern.test(datagram));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

/** A line without what differs from run to run: dates, process ids, client ports, and timers that are not -1. */
export function withoutVariables(line: string): string {
  return line
    .replace(/^(<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /, '$1DATE ')
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d/g, 'DATE')
    .replace(/\[\d+\]: /, '[PID]: ')
    .replace(/ haproxy \d+ - /, ' haproxy PID - ')
    .replace(/\b\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
    .replace(/\b\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME')
    .replace(/\b127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/ "" "" \d+ \d{3} ((?:"[^"]*" ){3})(-?\d+ ){5}/, ' "" "" PORT MS $1T T T T T ')
    .replace(/ \+?-?\d+(\/\+?-?\d+){2,4} /, (timers) => timers.replace(/(?<![-\d])\d+/g, 'T'));
}
