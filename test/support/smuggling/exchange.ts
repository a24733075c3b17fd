/** A client that sends exact bytes, ends its side, and keeps what came back until the program closed. */
import net from 'node:net';

/** All that came back, latin1. Never rejects: a reset ends it too. */
export function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (piece: Buffer) => {
      received += piece.latin1Slice();
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(received));
    socket.end(Buffer.from(bytes, 'latin1'));
  });
}

/** The numbers of the requests that the recording origin answered, in the order in which the client got the answers. */
export function seenNumbers(received: string): number[] {
  return [...received.matchAll(/\r\nx-seen: (\d+)\r\n/gi)].map((match) => Number(match[1]));
}

/** The status of each answer whose head came. */
export function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map((match) => Number(match[1]));
}

/** Runs `work` on all items, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function run(): Promise<void> {
    for (let at = next++; at < items.length; at = next++) await work(items[at]!, at);
  }
  await Promise.all(Array.from({ length: width }, run));
}
