/** The transport on Node's public `net`: dials and listens as the raw one does, at a higher price. */
import { Socket } from 'node:net';
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
    const { prepare } = options;
    const isTcp = 'port' in target;
    const fd =
      prepare !== undefined && isTcp ? openStreamSocket(target.host.includes(':') ? 'ipv6' : 'ipv4') : -1;
    let socket: Socket | undefined;
    const connection = new PlainConnection(owner, { readBuffer: this.readBuffer, isTcp }, (needed) => {
      socket = new Socket(fd < 0 ? needed : { ...needed, fd });
      return socket;
    });
    if (fd >= 0) prepare?.(fd);
    try {
      if (isTcp) socket!.connect({ ...target, ...sourceOf(options) });
      else socket!.connect({ path: target.path });
    } catch (error) {
      connection.fail((error as NodeJS.ErrnoException).code ?? 'EINVAL');
    }
    return connection;
  }
}

function sourceOf(options: DialOptions): { localAddress?: string; localPort?: number } {
  const { sourceHost, sourcePort } = options;
  if (sourceHost === undefined) return {};
  return sourcePort === undefined
    ? { localAddress: sourceHost }
    : { localAddress: sourceHost, localPort: sourcePort };
}
