/** A server to be health-checked: answers, refuses, closes or stays silent, as the test says. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export type Behaviour = { readonly status: number } | 'close' | 'reset' | 'silent' | 'garbage';

export interface CheckTarget {
  readonly port: number;
  behaviour: Behaviour;
  /** What the last check sent. */
  request: string;
  /** Refuses connections from now on. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  listen(): Promise<void>;
}

export async function openCheckTarget(behaviour: Behaviour = { status: 200 }): Promise<CheckTarget> {
  const sockets = new Set<Socket>();
  let server: Server;
  const target = { port: 0, behaviour, request: '', stop, listen };

  function accept(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      target.request = String(bytes);
      answer(socket, target.behaviour);
    });
  }

  async function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  }

  async function listen(): Promise<void> {
    server = createServer(accept).listen(target.port, '127.0.0.1');
    await once(server, 'listening');
    target.port = (server.address() as AddressInfo).port;
  }

  await listen();
  return target;
}

function answer(socket: Socket, behaviour: Behaviour): void {
  if (behaviour === 'silent') return;
  if (behaviour === 'close') socket.end();
  else if (behaviour === 'reset') socket.resetAndDestroy();
  else if (behaviour === 'garbage') socket.end('SSH-2.0\r\n');
  else socket.end(`HTTP/1.1 ${behaviour.status} Reason Here\r\nContent-Length: 11\r\n\r\nhello world`);
}
