/** Socket addresses as the kernel wants them: sockaddr_in, sockaddr_in6, sockaddr_un. */
import { isIPv4, isIPv6 } from 'node:net';

const isLinux = process.platform === 'linux';
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = isLinux ? 10 : 30;

/** sizeof(sun_path) of Linux; macOS has 104. */
const UNIX_PATH_MAX = isLinux ? 108 : 104;

export interface SocketAddress {
  readonly family: number;
  readonly bytes: Buffer;
}

/** A numeric IPv4 or IPv6 address. Throws RangeError for anything else. */
export function ipSocketAddress(host: string, port: number): SocketAddress {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new RangeError(`${port} is not a port`);
  if (isIPv4(host)) {
    const bytes = Buffer.alloc(16);
    writeFamily(bytes, AF_INET);
    bytes.writeUInt16BE(port, 2);
    for (const [i, part] of host.split('.').entries()) bytes[4 + i] = Number(part);
    return { family: AF_INET, bytes };
  }
  if (!isIPv6(host) || host.includes('%')) throw new RangeError(`'${host}' is not a numeric address`);
  const bytes = Buffer.alloc(28);
  writeFamily(bytes, AF_INET6);
  bytes.writeUInt16BE(port, 2);
  ipv6Groups(host).forEach((group, i) => {
    bytes.writeUInt16BE(group, 8 + 2 * i);
  });
  return { family: AF_INET6, bytes };
}

/**
 * The path by which an abstract name goes here and in Node: NUL, then the name. `abns@` names are padded with NULs
 * to the whole of sun_path, as HAProxy does; `abnsz@` names are not.
 */
export function abstractSocketPath(family: 'abns' | 'abnsz', name: string): string {
  const path = `\0${name}`;
  return family === 'abns' ? path.padEnd(UNIX_PATH_MAX, '\0') : path;
}

/** A unix socket: a path, or an abstract name when it begins with NUL. Throws RangeError when it is too long. */
export function unixSocketAddress(path: string): SocketAddress {
  const name = Buffer.from(path, 'utf8');
  const isAbstract = name[0] === 0;
  const room = isAbstract ? UNIX_PATH_MAX : UNIX_PATH_MAX - 1;
  if (name.length === 0 || name.length > room) {
    throw new RangeError(`a unix socket's path must have 1 to ${room} bytes: '${path}' has ${name.length}`);
  }
  if (!isAbstract && name.includes(0))
    throw new RangeError(`a unix socket's path must not contain NUL: '${path}'`);
  const bytes = Buffer.alloc(2 + name.length + (isAbstract ? 0 : 1));
  writeFamily(bytes, AF_UNIX);
  name.copy(bytes, 2);
  return { family: AF_UNIX, bytes };
}

/** Linux has a 16-bit family; BSD systems a length byte and an 8-bit family. */
function writeFamily(bytes: Buffer, family: number): void {
  if (isLinux) bytes.writeUInt16LE(family, 0);
  else bytes.set([bytes.length, family], 0);
}

/** The eight groups of a text that `isIPv6` accepts. */
function ipv6Groups(host: string): number[] {
  const dotted = host.lastIndexOf(':') + 1;
  const parts = host.slice(dotted).split('.').map(Number);
  const text =
    parts.length === 4
      ? `${host.slice(0, dotted)}${(parts[0]! * 256 + parts[1]!).toString(16)}:${(parts[2]! * 256 + parts[3]!).toString(16)}`
      : host;
  const [head = '', tail] = text.split('::');
  const groupsOf = (half: string) =>
    half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16));
  const first = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}
