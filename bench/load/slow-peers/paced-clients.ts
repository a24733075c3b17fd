/** Normal clients beside the slow ones: each keeps a connection and sends a request at a steady pace. */
import net from 'node:net';

const REQUEST = 'GET / HTTP/1.1\r\nHost: normal\r\n\r\n';
/** Answers of the origin are shorter than a segment and end with this. */
const END = 'origin. ';

/** A client sends so often, and leaves out a turn while it waits for an answer. */
const PACE_MS = 10;

export class PacedClients {
  /** Of each answer since the last `take`, in milliseconds. */
  #latencies: number[] = [];
  #failures = 0;
  readonly #sockets: net.Socket[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(port: number, count: number) {
    for (let i = 0; i < count; i++) this.#connect(port);
  }

  /** Latencies and failures since the last call. */
  take(): { readonly latencies: readonly number[]; readonly failures: number } {
    const taken = { latencies: this.#latencies, failures: this.#failures };
    this.#latencies = [];
    this.#failures = 0;
    return taken;
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.removeAllListeners('close').destroy();
  }

  #connect(port: number): void {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let received = '';
    socket.on('data', (piece: Buffer) => {
      received += piece.latin1Slice();
      if (!received.endsWith(END)) return;
      if (received.startsWith('HTTP/1.1 200 ')) this.#latencies.push(performance.now() - sentAt);
      else this.#failures++;
      received = '';
      sentAt = 0;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#failures++;
      clearInterval(timer);
    });
    const timer = setInterval(() => {
      if (sentAt !== 0) return;
      sentAt = performance.now();
      socket.write(REQUEST);
    }, PACE_MS);
    this.#timers.push(timer);
    this.#sockets.push(socket);
  }
}
