/** The transport on Node's public `net`: dials and listens as the raw one does, at a higher price. */
import { closeSync } from 'node:fs';
import { isIP, Socket } from 'node:net';
import { openStreamSocket } from '../../src/system/stream-socket.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { PlainConnection } from './plain-connection.ts';
import { PlainListener } from './plain-listener.ts';
import type { DialOptions, DialTarget, Listener, ListenOptions, Transport } from './transport.ts';

const READ_BYTES = 64 * 1024;

export function createPlainTransport(): Transport {
  return new PlainTransport();
}

export class PlainTransport implements Transport {
  readonly kind = 'plain';
  readonly readBuffer: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);

  listen(options: ListenOptions): Listener {
    return new PlainListener(this, options);
  }

  dial(target: DialTarget, owner: ConnectionOwner, options: DialOptions = {}): Connection {
    const parts = { readBuffer: this.readBuffer, isTcp: 'port' in target };
    let socket: Socket | undefined;
    let failure = '';
    const connection = new PlainConnection(owner, parts, (needed) => {
      try {
        socket = new Socket({ ...needed, ...preparedSocket(target, options) });
      } catch (error) {
        failure = codeOf(error);
        socket = new Socket(needed);
      }
      return socket;
    });
    if (failure === '') failure = connect(socket!, target, options);
    if (failure !== '') connection.fail(failure);
    return connection;
  }
}

/** Returns '' or the code of what went wrong at once. */
function connect(socket: Socket, target: DialTarget, options: DialOptions): string {
  // Names would be looked up; the raw transport refuses them with this code.
  if ('port' in target && isIP(target.host) === 0) return 'EINVAL';
  try {
    if ('port' in target) socket.connect({ host: target.host, port: target.port, ...sourceOf(options) });
    else socket.connect({ path: target.path });
    return '';
  } catch (error) {
    return codeOf(error);
  }
}

/** A descriptor that `prepare` has seen, where there is one. Throws SystemCallError. */
function preparedSocket(target: DialTarget, { prepare }: DialOptions): { fd?: number } {
  if (prepare === undefined || !('port' in target)) return {};
  const fd = openStreamSocket(target.host.includes(':') ? 'ipv6' : 'ipv4');
  try {
    prepare(fd);
    return { fd };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return code;
}

function sourceOf(options: DialOptions): { localAddress?: string; localPort?: number } {
  const { sourceHost, sourcePort } = options;
  if (sourceHost === undefined) return {};
  return sourcePort === undefined
    ? { localAddress: sourceHost }
    : { localAddress: sourceHost, localPort: sourcePort };
}
