/**
 * Socket options that Node has no call for, by name. Values are integers; `setLinger` and `bindToDevice` have other
 * shapes. All throw SystemCallError: with the system's errno, or ENOSYS for an option that this platform lacks.
 */
import { checkResult, lazyFunction, SystemCallError } from './libc.ts';

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
