/**
 * Socket options that Node has no call for, by name. Values are integers; `setLinger` and `bindToDevice` have other
 * shapes. All throw SystemCallError: with the system's errno, or ENOSYS for an option that this platform lacks.
 */
import { checkResult, lazyFunction, SystemCallError } from './libc.ts';
import { AF_INET6, ipSocketAddress } from './socket-address.ts';

const isLinux = process.platform === 'linux';
const SOL_SOCKET = isLinux ? 1 : 0xffff;
const SO_LINGER = isLinux ? 13 : 0x1080;
const SO_BINDTODEVICE = 25;
const TCP_CONGESTION = 13;
const IPPROTO_TCP = 6;
/** ENOPROTOOPT is what the kernel says; without a number to ask it by, this is. */
const ENOSYS = isLinux ? 38 : 78;

/** Level and number of an option on Linux, and on macOS where it exists there. */
interface Numbers {
  readonly linux: readonly [level: number, option: number];
  readonly darwin?: readonly [level: number, option: number];
}

/** socket(7), ip(7), ipv6(7), tcp(7). Times are in seconds but for TCP_USER_TIMEOUT, in milliseconds. */
const OPTIONS = {
  SO_REUSEADDR: { linux: [1, 2], darwin: [0xffff, 0x0004] },
  SO_REUSEPORT: { linux: [1, 15], darwin: [0xffff, 0x0200] },
  SO_KEEPALIVE: { linux: [1, 9], darwin: [0xffff, 0x0008] },
  SO_RCVBUF: { linux: [1, 8], darwin: [0xffff, 0x1002] },
  SO_SNDBUF: { linux: [1, 7], darwin: [0xffff, 0x1001] },
  SO_TYPE: { linux: [1, 3], darwin: [0xffff, 0x1008] },
  SO_DOMAIN: { linux: [1, 39] },
  SO_ACCEPTCONN: { linux: [1, 30], darwin: [0xffff, 0x0002] },
  SO_MARK: { linux: [1, 36] },
  IP_TOS: { linux: [0, 1], darwin: [0, 3] },
  IP_FREEBIND: { linux: [0, 15] },
  IP_TRANSPARENT: { linux: [0, 19] },
  IP_BIND_ADDRESS_NO_PORT: { linux: [0, 24] },
  IPV6_V6ONLY: { linux: [41, 26], darwin: [41, 27] },
  IPV6_TCLASS: { linux: [41, 67], darwin: [41, 36] },
  IPV6_TRANSPARENT: { linux: [41, 75] },
  TCP_NODELAY: { linux: [6, 1], darwin: [6, 1] },
  TCP_MAXSEG: { linux: [6, 2], darwin: [6, 2] },
  TCP_KEEPIDLE: { linux: [6, 4], darwin: [6, 0x10] },
  TCP_KEEPINTVL: { linux: [6, 5], darwin: [6, 0x101] },
  TCP_NOTSENT_LOWAT: { linux: [6, 25], darwin: [6, 0x201] },
  TCP_SAVE_SYN: { linux: [6, 27] },
  TCP_KEEPCNT: { linux: [6, 6], darwin: [6, 0x102] },
  TCP_DEFER_ACCEPT: { linux: [6, 9] },
  TCP_QUICKACK: { linux: [6, 12] },
  TCP_USER_TIMEOUT: { linux: [6, 18] },
  TCP_FASTOPEN: { linux: [6, 23], darwin: [6, 0x105] },
  TCP_FASTOPEN_CONNECT: { linux: [6, 30] },
} as const satisfies Readonly<Record<string, Numbers>>;

export type SocketOption = keyof typeof OPTIONS;

const setsockopt = lazyFunction('int setsockopt(int fd, int level, int option, void *value, uint length)');
const getsockopt = lazyFunction('int getsockopt(int fd, int level, int option, void *value, void *length)');

export function setSocketOption(fd: number, name: SocketOption, value: number): void {
  const [level, option] = numbersOf(name);
  const bytes = Buffer.from(Int32Array.of(value).buffer);
  checkResult('setsockopt', setsockopt(fd, level, option, bytes, bytes.length), `${name} ${value}`);
}

export function getSocketOption(fd: number, name: SocketOption): number {
  const [level, option] = numbersOf(name);
  const value = new Int32Array(1);
  const length = Buffer.from(Int32Array.of(value.byteLength).buffer);
  checkResult('getsockopt', getsockopt(fd, level, option, Buffer.from(value.buffer), length), name);
  return value[0]!;
}

/** How long close(2) waits for unsent bytes: 0 closes with RST at once, null is the system's default. */
export function setLinger(fd: number, seconds: number | null): void {
  const bytes = Buffer.from(Int32Array.of(seconds === null ? 0 : 1, seconds ?? 0).buffer);
  checkResult('setsockopt', setsockopt(fd, SOL_SOCKET, SO_LINGER, bytes, bytes.length), 'SO_LINGER');
}

/** Sends and receives by one network interface only (`interface`). Needs CAP_NET_RAW before Linux 5.7. */
export function bindToDevice(fd: number, interfaceName: string): void {
  if (!isLinux) throw lacks('SO_BINDTODEVICE');
  setText(fd, [SOL_SOCKET, SO_BINDTODEVICE], interfaceName);
}

/** The congestion control algorithm, by its kernel name (`cc`). */
export function setCongestionControl(fd: number, algorithm: string): void {
  if (!isLinux) throw lacks('TCP_CONGESTION');
  setText(fd, [IPPROTO_TCP, TCP_CONGESTION], algorithm);
}

/** How a connection's packets are marked for the kernel's own routing and filters (`set-mark`). Needs CAP_NET_ADMIN. */
export function setPacketMark(fd: number, mark: number): void {
  setSocketOption(fd, 'SO_MARK', mark | 0);
}

/** The DS field of a connection's packets: IPv4's type of service, IPv6's traffic class (`set-tos`). 0 to 255. */
export function setTrafficClass(fd: number, trafficClass: number): void {
  const isIpv6 = getSocketOption(fd, 'SO_DOMAIN') === AF_INET6;
  if (isIpv6) setSocketOption(fd, 'IPV6_TCLASS', trafficClass);
  // An IPv6 socket may carry IPv4 in mapped addresses: those packets take the IPv4 field.
  setSocketOption(fd, 'IP_TOS', trafficClass);
}

/** Lets a socket bind to addresses that are not this machine's (`transparent`). Needs CAP_NET_ADMIN. */
export function setTransparent(fd: number, family: 'ipv4' | 'ipv6'): void {
  setSocketOption(fd, family === 'ipv6' ? 'IPV6_TRANSPARENT' : 'IP_TRANSPARENT', 1);
}

/** TCP_MD5SIG_EXT's limits, of Linux. */
const MD5_KEY_MAX = 80;
const TCP_MD5SIG_EXT = 38;
/** struct tcp_md5sig: sockaddr_storage, flags, prefix length, key length, interface, key. */
const MD5_ADDRESS_BYTES = 128;
const TCP_MD5SIG_FLAG_PREFIX = 1;

/**
 * Has all segments to and from `peer` signed (RFC 2385, `tcp-md5sig`); an all-zero address is any peer of its family.
 * On a listening socket the connections inherit it. Throws SystemCallError, or RangeError for a key of 0 or more than
 * 80 bytes.
 */
export function setTcpMd5Key(fd: number, peer: string, key: string): void {
  if (!isLinux) throw lacks('TCP_MD5SIG');
  const keyBytes = Buffer.from(key);
  if (keyBytes.length === 0 || keyBytes.length > MD5_KEY_MAX)
    throw new RangeError(`a TCP MD5 key has 1 to ${MD5_KEY_MAX} bytes`);
  const bytes = Buffer.alloc(MD5_ADDRESS_BYTES + 8 + MD5_KEY_MAX);
  ipSocketAddress(peer, 0).bytes.copy(bytes);
  const isAny = peer === '0.0.0.0' || peer === '::';
  bytes[MD5_ADDRESS_BYTES] = TCP_MD5SIG_FLAG_PREFIX;
  bytes[MD5_ADDRESS_BYTES + 1] = isAny ? 0 : peer.includes(':') ? 128 : 32;
  bytes.writeUInt16LE(keyBytes.length, MD5_ADDRESS_BYTES + 2);
  keyBytes.copy(bytes, MD5_ADDRESS_BYTES + 8);
  checkResult('setsockopt', setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG_EXT, bytes, bytes.length), 'TCP_MD5SIG');
}

function setText(fd: number, [level, option]: readonly [number, number], text: string): void {
  const bytes = Buffer.from(`${text}\0`);
  checkResult('setsockopt', setsockopt(fd, level, option, bytes, bytes.length), text);
}

function numbersOf(name: SocketOption): readonly [level: number, option: number] {
  const numbers: Numbers = OPTIONS[name];
  const found = isLinux ? numbers.linux : numbers.darwin;
  if (found === undefined || (!isLinux && process.platform !== 'darwin')) throw lacks(name);
  return found;
}

function lacks(name: string): SystemCallError {
  return new SystemCallError('setsockopt', ENOSYS, `${process.platform} lacks ${name}`);
}
