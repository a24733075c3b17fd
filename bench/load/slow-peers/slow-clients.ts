/**
 * A process of slow clients: half of them never finish their head, half never finish their body, and each sends a
 * byte a second. Started by `slow-peers.ts` with the port and how many; tells its parent how each ended.
 */
import net from 'node:net';

/** How one connection ended: the status it was answered with, or what happened to it instead. */
export interface SlowEnds {
  readonly [end: string]: number;
}

const BYTE_EACH_MS = 1000;
/** All arrive within this time. */
const ARRIVAL_MS = 1000;

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const ends: Record<string, number> = {};
let open = 0;

const HEADS = [
  'GET /slow HTTP/1.1\r\nHost: slow\r\nX-Slow: ',
  'POST /slow HTTP/1.1\r\nHost: slow\r\nContent-Length: 100000\r\n\r\n',
];

function arrive(place: number): void {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let received = '';
  let dripping: NodeJS.Timeout | undefined;
  open++;
  socket.on('connect', () => {
    socket.write(HEADS[place % 2]!);
    dripping = setInterval(() => socket.write('x'), BYTE_EACH_MS);
  });
  socket.on('data', (piece: Buffer) => {
    received += piece.latin1Slice();
  });
  socket.on('end', () => socket.end());
  socket.on('error', () => {});
  socket.on('close', () => {
    clearInterval(dripping);
    const end = /^HTTP\/1\.1 (\d{3}) /.exec(received)?.[1] ?? 'no answer';
    ends[end] = (ends[end] ?? 0) + 1;
    open--;
    if (open === 0) process.send?.(ends, () => process.exit(0));
  });
}

for (let i = 0; i < count; i++) setTimeout(arrive, (i * ARRIVAL_MS) / count, i);
process.once('disconnect', () => process.exit(1));
