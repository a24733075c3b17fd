/** Places to listen at and dial to in tests: an ephemeral TCP port of loopback, or a unix socket in a new folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { BoundSocket, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplicate } from '../../../src/system/descriptors.ts';
import { bindUnixSocket } from '../../../src/system/stream-socket.ts';
import type { DialTarget } from '../../../workers/connection/transport.ts';

export type Network = 'tcp' | 'unix';

export interface Place {
  readonly target: DialTarget;
  readonly isUnix: boolean;
  /** A bound socket, not listening; who listens owns it. */
  bind(): number;
  remove(): void;
}

export function newPlace(network: Network, host = '127.0.0.1'): Place {
  return network === 'tcp' ? tcpPlace(host) : unixPlace();
}

function tcpPlace(host: string): Place {
  const bound = new BoundSocket({ host, port: 0 });
  const { port } = bound.address();
  return {
    target: { host, port },
    isUnix: false,
    bind: () => {
      const fd = duplicate(bound.fd());
      bound.close();
      return fd;
    },
    remove: () => {},
  };
}

function unixPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'));
  const path = join(folder, 's');
  return {
    target: { path },
    isUnix: true,
    bind: () => bindUnixSocket(path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A `net.Server` there, as the peer of what is tested. */
export function serveAt(place: Place, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  return new Promise((resolve) => {
    server.listen({ fd: place.bind() }, () => resolve(server));
  });
}

/** A `net.Socket` to there, connected. */
export function connectTo(place: Place): Promise<Socket> {
  const socket = connect({ ...place.target, allowHalfOpen: true, noDelay: true } as Parameters<
    typeof connect
  >[0] &
    object);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
