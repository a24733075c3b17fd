/**
 * Descriptors handed from one process to another that already runs: SCM_RIGHTS of unix(7), over a pair of connected
 * sockets. Linux only; for cold paths, errors are thrown.
 */
import { addressOf, checkResult, lazyFunction, SystemCallError } from './libc.ts';

const AF_UNIX = 1;
/** SOCK_SEQPACKET | SOCK_CLOEXEC: one message, one call. */
const SOCK_SEQPACKET_CLOEXEC = 0o2000005;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x40000000;
const MSG_DONTWAIT = 0x40;
const MSG_CTRUNC = 8;
/** SCM_MAX_FD of the kernel is 253. */
const MOST_AT_ONCE = 250;

/** Sizes on 64-bit Linux: struct msghdr, struct iovec, struct cmsghdr. */
const MSGHDR_BYTES = 56;
const IOVEC_BYTES = 16;
const CMSGHDR_BYTES = 16;

const socketpair = lazyFunction('int socketpair(int domain, int type, int protocol, void *fds)');
const sendmsg = lazyFunction('int64 sendmsg(int fd, void *message, int flags)');
const recvmsg = lazyFunction('int64 recvmsg(int fd, void *message, int flags)');

/** Whether this platform can pass descriptors to a running process. */
export function canPassDescriptors(): boolean {
  return process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');
}

/** Two connected ends, neither inherited by programs that are started unless asked. Throws SystemCallError. */
export function descriptorChannel(): readonly [number, number] {
  const fds = Buffer.alloc(8);
  checkResult('socketpair', socketpair(AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0, fds));
  return [fds.readInt32LE(0), fds.readInt32LE(4)];
}

/** Sends descriptors; they stay open here. Throws SystemCallError (EPIPE when the other side is gone). */
export function sendDescriptors(channel: number, fds: readonly number[]): void {
  for (let from = 0; from < fds.length; from += MOST_AT_ONCE)
    sendBatch(channel, fds.slice(from, from + MOST_AT_ONCE));
}

function sendBatch(channel: number, fds: readonly number[]): void {
  const message = new Message(fds.length);
  message.control.writeBigUInt64LE(BigInt(CMSGHDR_BYTES + 4 * fds.length), 0);
  message.control.writeInt32LE(SOL_SOCKET, 8);
  message.control.writeInt32LE(SCM_RIGHTS, 12);
  for (const [i, fd] of fds.entries()) message.control.writeInt32LE(fd, CMSGHDR_BYTES + 4 * i);
  checkResult('sendmsg', sendmsg(channel, message.header, MSG_NOSIGNAL), `${message.count} descriptors`);
}

/**
 * Takes as many descriptors as were sent, in their order; they are the caller's and are closed on exec. The sender
 * must have sent them before. Throws SystemCallError (EAGAIN when they are not there).
 */
export function receiveDescriptors(channel: number, count: number): number[] {
  const fds: number[] = [];
  while (fds.length < count) fds.push(...receiveBatch(channel, Math.min(MOST_AT_ONCE, count - fds.length)));
  return fds;
}

function receiveBatch(channel: number, count: number): number[] {
  const message = new Message(count);
  const taken = recvmsg(channel, message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  checkResult('recvmsg', taken, `${count} descriptors`);
  const bytes = Number(message.control.readBigUInt64LE(0));
  const got = taken === 0 ? 0 : Math.floor((bytes - CMSGHDR_BYTES) / 4);
  const isCut = (message.header.readInt32LE(48) & MSG_CTRUNC) !== 0;
  const fds = Array.from({ length: got }, (_, i) => message.control.readInt32LE(CMSGHDR_BYTES + 4 * i));
  if (got === count && !isCut) return fds;
  throw new SystemCallError('recvmsg', 0, `${got} descriptors came instead of ${count}`);
}

/** A message of one byte with room for descriptors beside it. */
class Message {
  readonly header: Buffer = Buffer.alloc(MSGHDR_BYTES);
  readonly control: Buffer;
  readonly count: number;
  /** The header points at these: they must live as long. */
  readonly #vector: Buffer = Buffer.alloc(IOVEC_BYTES);
  readonly #payload: Buffer = Buffer.alloc(8, 1);

  constructor(descriptors: number) {
    const controlBytes = CMSGHDR_BYTES + Math.ceil((4 * descriptors) / 8) * 8;
    this.count = descriptors;
    this.control = Buffer.alloc(controlBytes);
    this.#vector.writeBigUInt64LE(BigInt(addressOf(this.#payload)), 0);
    this.#vector.writeBigUInt64LE(1n, 8);
    this.header.writeBigUInt64LE(BigInt(addressOf(this.#vector)), 16);
    this.header.writeBigUInt64LE(1n, 24);
    this.header.writeBigUInt64LE(BigInt(addressOf(this.control)), 32);
    this.header.writeBigUInt64LE(BigInt(controlBytes), 40);
  }
}
