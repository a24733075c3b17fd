/** Socket options of connections to servers, set before they connect (manual section 5.2: source, tcp-ut, tfo). */
import { SystemCallError } from '../../src/system/libc.ts';
import {
  bindToDevice,
  getSocketOption,
  type SocketOption,
  setSocketOption,
} from '../../src/system/socket-options.ts';

export interface ServerSocketTuning {
  /** 0 leaves the system's. */
  readonly userTimeoutMs: number;
  readonly fastOpen: boolean;
  /** Network interface, or ''. */
  readonly interface: string;
  /** `usesrc`: the source address may be a foreign one. */
  readonly isTransparent: boolean;
  /** The source has an address and no port: the kernel may choose one for each destination. */
  readonly letsKernelChoosePort: boolean;
}

/** AF_INET6 of Linux, as SO_DOMAIN tells it. */
const DOMAIN_IPV6 = 10;

/** Throws SystemCallError where the system refuses what decides over the way: the interface, a foreign address. */
export function tuneServerSocket(fd: number, tuning: ServerSocketTuning): void {
  if (tuning.interface !== '') bindToDevice(fd, tuning.interface);
  if (tuning.isTransparent)
    setSocketOption(
      fd,
      getSocketOption(fd, 'SO_DOMAIN') === DOMAIN_IPV6 ? 'IPV6_TRANSPARENT' : 'IP_TRANSPARENT',
      1,
    );
  if (tuning.letsKernelChoosePort) wish(fd, 'IP_BIND_ADDRESS_NO_PORT', 1);
  if (tuning.userTimeoutMs > 0) wish(fd, 'TCP_USER_TIMEOUT', tuning.userTimeoutMs);
  if (tuning.fastOpen) wish(fd, 'TCP_FASTOPEN_CONNECT', 1);
}

/** A connection does without what only makes it better. */
function wish(fd: number, option: SocketOption, value: number): void {
  try {
    setSocketOption(fd, option, value);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
  }
}
