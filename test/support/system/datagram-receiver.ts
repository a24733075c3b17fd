/** A unix datagram socket to receive on, which Node does not have. */
import { closeSync } from 'node:fs';
import { checkResult, lazyFunction } from '../../../src/system/libc.ts';
import { unixSocketAddress } from '../../../src/system/socket-address.ts';

const socketCall = lazyFunction('int socket(int family, int type, int protocol)');
const bindCall = lazyFunction('int bind(int fd, void *address, uint length)');
const recvCall = lazyFunction('int64 recv(int fd, void *bytes, size_t length, int flags)');

const SOCK_DGRAM_NONBLOCK = 2 | 0o2004000;

export interface DatagramReceiver {
  /** The next datagram as text; null when none has come. */
  receive(): string | null;
  close(): void;
}

export function datagramReceiver(path: string): DatagramReceiver {
  const address = unixSocketAddress(path);
  const fd = checkResult('socket', socketCall(address.family, SOCK_DGRAM_NONBLOCK, 0));
  checkResult('bind', bindCall(fd, address.bytes, address.bytes.length), path);
  const bytes = Buffer.alloc(65536);
  return {
    receive: () => {
      const length = recvCall(fd, bytes, bytes.length, 0);
      return length < 0 ? null : bytes.latin1Slice(0, length);
    },
    close: () => closeSync(fd),
  };
}
