/** Servers that do not do what they should: one that never answers, one that breaks off, one that never accepts. */
import { once } from 'node:events';
import net from 'node:net';
import { checkResult, lazyFunction } from '../../../src/system/libc.ts';

const listenCall = lazyFunction('int listen(int fd, int backlog)');

export interface BadOrigins {
  /** Accepts, reads, and says nothing. */
  readonly silentPort: number;
  /** Sends the beginning of an answer and resets the connection. */
  readonly breakingPort: number;
  /** Its queue is full: a connection to it is never made, and never refused. */
  readonly deafPort: number;
  close(): void;
}

const HALF_AN_ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(300)}`;
/** With a backlog of 0 the kernel takes one; the rest make sure. */
const FILLERS = 3;

export async function startBadOrigins(): Promise<BadOrigins> {
  const silent = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.resume();
  });
  const breaking = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(HALF_AN_ANSWER, () => socket.resetAndDestroy()));
  });
  for (const server of [silent, breaking]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const deaf = new net.BoundSocket({ host: '127.0.0.1', port: 0 });
  checkResult('listen', listenCall(deaf.fd(), 0));
  const deafPort = portOf(deaf.address());
  const fillers = Array.from({ length: FILLERS }, () =>
    net.connect(deafPort, '127.0.0.1').on('error', () => {}),
  );
  await once(fillers[0]!, 'connect');
  return {
    silentPort: portOf(silent.address()),
    breakingPort: portOf(breaking.address()),
    deafPort,
    close() {
      for (const filler of fillers) filler.destroy();
      deaf.close();
      silent.close();
      breaking.close();
    },
  };
}

function portOf(address: string | net.AddressInfo | object | null): number {
  return (address as net.AddressInfo).port;
}
