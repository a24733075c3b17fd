/** A UDP socket that takes the proxies' log lines and counts them, so that lines which were never sent are noticed. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Room for the lines of a moment in which the sink does not run; the kernel may grant less. */
const RECEIVE_BUFFER_BYTES = 8 << 20;

export class LogSink {
  readonly port: number;
  readonly #socket: Socket;
  #received = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', () => {
      this.#received++;
    });
  }

  static async open(): Promise<LogSink> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new LogSink(socket);
  }

  /** Lines sent to it so far, with those that the kernel dropped because it did not read fast enough. */
  async lines(): Promise<number> {
    let before: number;
    do {
      before = this.#received;
      await nextTurn();
      await nextTurn();
    } while (this.#received !== before);
    return this.#received + droppedBy(this.port);
  }

  close(): void {
    this.#socket.close();
  }
}

/** The last column of the socket's row in /proc/net/udp. */
function droppedBy(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const row of readFileSync('/proc/net/udp', 'latin1').split('\n')) {
    const columns = row.trim().split(/\s+/);
    if (columns[1]?.endsWith(local)) return Number(columns.at(-1));
  }
  return 0;
}
