/** The two names of a socket: address and port of one end. */
import { formatIpv4, formatIpv6 } from '../../src/net/ip.ts';
import { socketNameBytes } from '../../src/system/fast-sockets.ts';
import { AF_INET, AF_INET6 } from '../../src/system/socket-address.ts';
import type { AddressOut, TcpHandle } from './node-handles.ts';

export interface SocketName {
  readonly address: string;
  readonly port: number;
}

/** A unix socket's name, and that of a socket already closed. */
export const NO_NAME: SocketName = { address: '', port: 0 };

export function localNameOf(handle: TcpHandle): SocketName {
  const out: AddressOut = {};
  return handle.getsockname(out) === 0 ? socketName(out.address, out.port) : NO_NAME;
}

export function remoteNameOf(handle: TcpHandle): SocketName {
  const out: AddressOut = {};
  return handle.getpeername(out) === 0 ? socketName(out.address, out.port) : NO_NAME;
}

/** By the descriptor; NO_NAME for a socket that has none. */
export function socketNameOf(fd: number, end: 'local' | 'remote'): SocketName {
  const bytes = socketNameBytes(fd, end);
  if (bytes === null) return NO_NAME;
  const family = bytes.readUInt16LE(0);
  const port = bytes.readUInt16BE(2);
  if (family === AF_INET) return { address: formatIpv4(bytes.readUInt32BE(4)), port };
  return family === AF_INET6 ? { address: formatIpv6(bytes.latin1Slice(8, 24)), port } : NO_NAME;
}

export function socketName(address: string | undefined, port: number | undefined): SocketName {
  return address === undefined ? NO_NAME : { address, port: port ?? 0 };
}
