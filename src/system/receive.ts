/**
 * recv(2) without waiting: what a connection has brought along by the time that it is accepted is read without an
 * event loop in between.
 */
import { constants } from 'node:os';
import { addressOf, bindFunction, type ForeignFunction, lastErrno, promiseBinding } from './libc.ts';

const MSG_DONTWAIT = process.platform === 'linux' ? 0x40 : 0x80;

/** What `receiveNow` returns when nothing is there yet. */
export const RECEIVE_WOULD_BLOCK = -constants.errno.EAGAIN;

let recv: ForeignFunction | null = null;
promiseBinding(bindRecv);

function bindRecv(): ForeignFunction {
  recv ??= bindFunction('int64 recv(int, uintptr_t, size_t, int)');
  return recv;
}

/** The buffer read into last, which a thread has one of, and its address. */
let knownBuffer: Buffer = Buffer.alloc(0);
let knownAddress = 0;

/** Reads into the buffer from its begin. Returns the number of bytes, 0 at the end, or minus errno. */
export function receiveNow(fd: number, buffer: Buffer): number {
  if (buffer !== knownBuffer) {
    knownBuffer = buffer;
    knownAddress = addressOf(buffer);
  }
  const count = (recv ?? bindRecv())(fd, knownAddress, buffer.length, MSG_DONTWAIT);
  return count >= 0 ? count : -lastErrno();
}
