/** A server that is checked by a script: what each of its connections reads, writes and how it ends. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** `read` waits for bytes; `<close>` and `<reset>` end the connection; `pause` waits a moment; any other text is sent. */
export type Step = string;

/** By connection, counted from 0; those behind the last do as that. */
export type Script = readonly (readonly Step[])[];

/** How long a `pause` is, in milliseconds: long enough for two packets to be two. */
const PAUSE_MS = 20;

export class ScriptedTarget {
  readonly port: number;
  /** What each connection received, as byte strings. */
  readonly received: string[] = [];
  readonly #server: Server;
  readonly #script: Script;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(server: Server, script: Script) {
    this.#server = server;
    this.#script = script;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => this.#serve(socket));
  }

  static async start(script: Script): Promise<ScriptedTarget> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedTarget(server, script);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    const index = this.received.length;
    const steps = this.#script[Math.min(index, this.#script.length - 1)] ?? [];
    this.received.push('');
    this.#sockets.add(socket);
    let at = 0;
    let unread = 0;
    const go = (): void => {
      while (at < steps.length) {
        const step = steps[at]!;
        if (step === 'read') {
          if (unread === 0) return;
          unread = 0;
        } else if (step === 'pause') {
          at++;
          this.#later(go);
          return;
        } else if (step === '<close>') socket.end();
        else if (step === '<reset>') socket.resetAndDestroy();
        else socket.write(step, 'latin1');
        at++;
      }
    };
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      this.received[index] += bytes.latin1Slice();
      unread += bytes.length;
      go();
    });
    go();
  }

  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, PAUSE_MS);
    this.#timers.add(timer);
  }
}
