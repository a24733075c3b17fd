/** The two names of a socket: address and port of one end. */
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

export function socketName(address: string | undefined, port: number | undefined): SocketName {
  return address === undefined ? NO_NAME : { address, port: port ?? 0 };
}
