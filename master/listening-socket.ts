/**
 * Binds one listening socket of a bind line and holds it. The worker processes get duplicates; the kernel's queue of
 * waiting connections lives as long as the master holds its own.
 */

import { lookup } from 'node:dns/promises';
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  lstatSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { BoundSocket } from 'node:net';
import type { BindSettings } from '../config/model/model.ts';
import type { Address } from '../src/net/address.ts';
import { bindToDevice, setSocketOption, setTcpMd5Key, setTransparent } from '../src/system/socket-options.ts';
import { bindTcpSocket } from '../src/system/stream-socket.ts';
import { groupId, userId } from './accounts.ts';

/** Owner and permissions of a unix socket's file; undefined leaves the system's default. */
export interface SocketFile {
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** A socket that the master holds. */
export interface ListeningSocket {
  readonly fd: number;
  readonly isUnix: boolean;
  /** What a `net.Server` of this process can adopt; null for an inherited descriptor. */
  readonly bound: BoundSocket | null;
  close(): void;
}

export interface BindRequest {
  /** IP addresses are resolved: no names here. */
  readonly address: Address;
  readonly isIpv6Only: boolean;
  readonly file: SocketFile;
  /** What must be set before the address is bound, and needs privileges; null for nothing. */
  readonly early: EarlyOptions | null;
}

/** Bind options `interface`, `transparent`, `tcp-md5sig`: '' and false where they do not stand. */
export interface EarlyOptions {
  readonly interface: string;
  readonly isTransparent: boolean;
  readonly md5Key: string;
}

/** Null where the line has none of them. */
export function earlyOptionsOf(options: BindSettings): EarlyOptions | null {
  const { interface: name = '', isTransparent = false, tcpMd5Key: md5Key = '' } = options;
  return name === '' && !isTransparent && md5Key === '' ? null : { interface: name, isTransparent, md5Key };
}

/** What a bind line says about the file of its unix socket. Throws an Error that names an unknown user or group. */
export function fileOf(options: BindSettings): SocketFile {
  return {
    mode: options.mode,
    uid: options.uid ?? (options.user === undefined ? undefined : userId(options.user)),
    gid: options.gid ?? (options.group === undefined ? undefined : groupId(options.group)),
  };
}

/** The address with its name, if it has one, looked up. Throws as node:dns does. */
export async function resolveAddress(address: Address): Promise<Address> {
  if (address.family !== 'name') return address;
  const found = await lookup(address.host, {
    family: { ipv4: 4, ipv6: 6, any: 0 }[address.resolveTo ?? 'any'],
  });
  return { ...address, family: found.family === 6 ? 'ipv6' : 'ipv4', host: found.address };
}

/** `path` exists in Node 26 and is not in its types yet. */
interface UnixBoundSocketOptions {
  readonly path: string;
}

/** sun_path of unix(7): HAProxy pads names of `abns@` to the whole of it. */
const ABSTRACT_NAME_BYTES = 108;

/** Binds, or adopts an inherited descriptor. Throws an Error (system errors with `code`) that says why it cannot. */
export function openListeningSocket(request: BindRequest): ListeningSocket {
  const { address } = request;
  switch (address.family) {
    case 'unix':
      return bindPath(address.host, request.file);
    case 'abns':
    case 'abnsz':
      return bindAbstract(address);
    case 'fd':
      return adopt(address.fd);
    case 'ipv4':
    case 'ipv6':
    case 'any':
      return request.early === null
        ? bindIp(address, request.isIpv6Only)
        : bindPrepared(request, request.early);
    default:
      throw new Error(`a listener cannot have an address of family ${address.family}`);
  }
}

function bindIp(address: Address, isIpv6Only: boolean): ListeningSocket {
  const host = address.family === 'any' ? '0.0.0.0' : address.host;
  const ipv6Only = address.family === 'ipv6' && isIpv6Only;
  const bound = new BoundSocket({
    host,
    port: address.portLow,
    reusePort: true,
    ...(ipv6Only && { ipv6Only }),
  });
  return { fd: bound.fd(), isUnix: false, bound, close: () => bound.close() };
}

/** As `bindIp`, by system calls: Node has none to set options of a socket before it is bound. */
function bindPrepared({ address, isIpv6Only }: BindRequest, early: EarlyOptions): ListeningSocket {
  const isIpv6 = address.family === 'ipv6';
  const fd = bindTcpSocket(address.family === 'any' ? '0.0.0.0' : address.host, address.portLow, (socket) => {
    if (isIpv6) setSocketOption(socket, 'IPV6_V6ONLY', isIpv6Only ? 1 : 0);
    if (early.interface !== '') bindToDevice(socket, early.interface);
    if (early.isTransparent) setTransparent(socket, isIpv6 ? 'ipv6' : 'ipv4');
    if (early.md5Key !== '') setTcpMd5Key(socket, isIpv6 ? '::' : '0.0.0.0', early.md5Key);
  });
  return { fd, isUnix: false, bound: null, close: () => closeSync(fd) };
}

/**
 * Binds beside the path and renames over it, so that a client finds either the older socket or this one, never none,
 * and always with its final owner and permissions. Only a socket is replaced.
 */
function bindPath(path: string, file: SocketFile): ListeningSocket {
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing !== undefined && !existing.isSocket() && !existing.isSymbolicLink())
    throw new Error('a file that is not a socket stands there');
  const temporary = `${path}.${process.pid}.tmp`;
  removeIfThere(temporary);
  const options: UnixBoundSocketOptions = { path: temporary };
  const bound = new BoundSocket(options as object);
  try {
    applyFile(temporary, file);
    renameSync(temporary, path);
  } catch (error) {
    bound.close();
    removeIfThere(temporary);
    throw error;
  }
  return { fd: bound.fd(), isUnix: true, bound, close: () => bound.close() };
}

/** Sets owner and permissions of a unix socket's file. */
export function applyFile(path: string, file: SocketFile): void {
  if (file.uid !== undefined || file.gid !== undefined) chownSync(path, file.uid ?? -1, file.gid ?? -1);
  if (file.mode !== undefined) chmodSync(path, file.mode);
}

function bindAbstract(address: Address): ListeningSocket {
  const size = address.family === 'abns' ? ABSTRACT_NAME_BYTES : 0;
  const options: UnixBoundSocketOptions = { path: `\0${address.host}`.padEnd(size, '\0') };
  const bound = new BoundSocket(options as object);
  return { fd: bound.fd(), isUnix: true, bound, close: () => bound.close() };
}

/** An inherited descriptor belongs to whoever started the master, and stays open. */
function adopt(fd: number): ListeningSocket {
  if (!isSocket(fd)) throw new Error(`descriptor ${fd} is not an open socket`);
  return { fd, isUnix: isUnixSocket(fd), bound: null, close() {} };
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

/** Linux lists its unix sockets by inode; elsewhere an inherited socket is taken for a TCP one. */
function isUnixSocket(fd: number): boolean {
  try {
    const inode = ` ${fstatSync(fd).ino}`;
    return readFileSync('/proc/net/unix', 'latin1')
      .split('\n')
      .some((line) => line.endsWith(inode) || line.includes(`${inode} `));
  } catch {
    return false;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Nothing was there; anything else shows when the socket is bound.
  }
}
