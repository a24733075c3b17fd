/** File descriptors and sockets as descriptors: duplicate, accept, shut down. For cold paths; errors are thrown. */
import { constants } from 'node:fs';
import { constants as systemConstants } from 'node:os';
import { bindFunction, checkResult, type ForeignFunction, lastErrno, lazyFunction } from './libc.ts';

const isLinux = process.platform === 'linux';

const F_GETFD = 1;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const F_DUPFD_CLOEXEC = isLinux ? 1030 : 67;
const SHUT_WR = 1;
/** Never a standard stream's number, even where one of those is closed. */
const FIRST_FREE = 3;
/** SOCK_NONBLOCK | SOCK_CLOEXEC of Linux. */
const SOCK_NONBLOCK_CLOEXEC = 0o2004000;
const O_CLOEXEC = 0o2000000;

const fcntl = lazyFunction('int fcntl(int fd, int command, ...)');
const dup3Call = lazyFunction('int dup3(int from, int to, int flags)');
const accept4Call = lazyFunction('int accept4(int fd, void *address, void *length, int flags)');

let shutdown: ForeignFunction | null = null;

/** A duplicate that programs started by this one do not inherit. Throws SystemCallError. */
export function duplicate(fd: number): number {
  return checkResult('fcntl', fcntl(fd, F_DUPFD_CLOEXEC, 'int', FIRST_FREE), `fd ${fd}`);
}

/** Makes `to` a duplicate of `from`, closing what `to` was; inherited only when asked. Throws SystemCallError. */
export function duplicateTo(from: number, to: number, options: { readonly isInherited: boolean }): void {
  checkResult('dup3', dup3Call(from, to, options.isInherited ? 0 : O_CLOEXEC), `fd ${from} to ${to}`);
}

/** Whether programs that this one starts, or becomes by execve, keep the descriptor. Throws SystemCallError. */
export function setInherited(fd: number, isInherited: boolean): void {
  const flags = checkResult('fcntl', fcntl(fd, F_GETFD, 'int', 0), `fd ${fd}`);
  const wanted = isInherited ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
  if (wanted !== flags) checkResult('fcntl', fcntl(fd, F_SETFD, 'int', wanted), `fd ${fd}`);
}

/** Calls on it return at once from now on, for all who share the open file. Throws SystemCallError. */
export function setNonBlocking(fd: number): void {
  const flags = checkResult('fcntl', fcntl(fd, F_GETFL, 'int', 0), `fd ${fd}`);
  checkResult('fcntl', fcntl(fd, F_SETFL, 'int', flags | constants.O_NONBLOCK), `fd ${fd}`);
}

/** Takes one connection from a listening socket's queue, non-blocking; -1 when none waits. Throws SystemCallError. */
export function acceptNow(fd: number): number {
  for (;;) {
    const accepted = accept4Call(fd, null, null, SOCK_NONBLOCK_CLOEXEC);
    if (accepted >= 0) return accepted;
    const errno = lastErrno();
    if (errno === systemConstants.errno.EAGAIN) return -1;
    if (errno !== systemConstants.errno.ECONNABORTED && errno !== systemConstants.errno.EINTR)
      checkResult('accept4', -1, `fd ${fd}`);
  }
}

/** Sends FIN: shutdown(2) of the writing side. Returns 0 or minus errno. */
export function shutdownWriting(fd: number): number {
  shutdown ??= bindFunction('int shutdown(int fd, int how)');
  return shutdown(fd, SHUT_WR) < 0 ? -lastErrno() : 0;
}
