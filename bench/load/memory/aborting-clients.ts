/** Clients that break off, each at another point of a request's life. */
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The name goes into the results. Resolves when its connection is gone. */
export interface AbortingClient {
  readonly name: string;
  run(port: number): Promise<void>;
}

const HOST = 'Host: bench\r\n';
/** Long enough for the proxy to have read what was sent and to have gone on with it, in milliseconds. */
const A_MOMENT_MS = 4;
/** Far more than the body that follows. */
const ANNOUNCED_BYTES = 1_000_000;

export const ABORTING_CLIENTS: readonly AbortingClient[] = [
  { name: 'reset without a byte', run: (port) => breakOff(port, '', 'reset') },
  {
    name: 'reset amid the head',
    run: (port) => breakOff(port, `GET / HTTP/1.1\r\n${HOST}X-Part: `, 'reset'),
  },
  { name: 'end amid the head', run: (port) => breakOff(port, `GET / HTTP/1.1\r\n${HOST}X-Part: `, 'end') },
  { name: 'reset amid the body', run: (port) => breakOff(port, upload('/'), 'reset') },
  { name: 'end amid the body', run: (port) => breakOff(port, upload('/'), 'end') },
  {
    name: 'reset amid a body that the server does not take',
    run: (port) => breakOff(port, upload('/silent'), 'reset'),
  },
  { name: 'reset while the server is silent', run: (port) => breakOff(port, get('/silent'), 'reset') },
  { name: 'reset in the queue', run: (port) => breakOff(port, get('/queued'), 'reset') },
  { name: 'end in the queue', run: (port) => breakOff(port, get('/queued'), 'end') },
  { name: 'reset while connecting to the server', run: (port) => breakOff(port, get('/deaf'), 'reset') },
  { name: 'reset amid the response', run: (port) => breakOffAnswer(port, '/bulk', 'at once') },
  {
    name: 'reset amid a response that it does not read',
    run: (port) => breakOffAnswer(port, '/bulk', 'stalled'),
  },
  { name: 'reset behind a response', run: (port) => breakOffAnswer(port, '/', 'at once') },
  { name: 'the server breaks off', run: (port) => breakOffAnswer(port, '/breaking', 'at once') },
  { name: 'two requests at once, reset', run: (port) => breakOff(port, get('/bulk') + get('/'), 'reset') },
];

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\n${HOST}\r\n`;
}

function upload(path: string): string {
  return `POST ${path} HTTP/1.1\r\n${HOST}Content-Length: ${ANNOUNCED_BYTES}\r\n\r\n${'x'.repeat(5000)}`;
}

/** Sends, waits a moment, and leaves. */
async function breakOff(port: number, text: string, style: 'reset' | 'end'): Promise<void> {
  const { socket, closed } = connect(port);
  socket.on('connect', () => socket.write(text));
  socket.resume();
  await pause(A_MOMENT_MS);
  if (style === 'reset') socket.resetAndDestroy();
  else {
    socket.end();
    await pause(A_MOMENT_MS);
    socket.destroy();
  }
  await closed;
}

/** Sends, and leaves once the answer has begun. */
async function breakOffAnswer(port: number, path: string, style: 'at once' | 'stalled'): Promise<void> {
  const { socket, closed } = connect(port);
  socket.on('connect', () => socket.write(get(path)));
  await Promise.race([new Promise((resolve) => socket.once('data', resolve)), closed]);
  if (style === 'stalled') {
    socket.pause();
    await pause(A_MOMENT_MS);
  }
  socket.resetAndDestroy();
  await closed;
}

function connect(port: number): { readonly socket: net.Socket; readonly closed: Promise<void> } {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  return { socket, closed };
}
