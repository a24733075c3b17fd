/** Socket options that the configuration asks for on connections and listeners. */
import { SystemCallError } from '../../src/system/libc.ts';
import { type SocketOption, setLinger, setSocketOption } from '../../src/system/socket-options.ts';

/** Of every connection of one side of a proxy; null where nothing was asked for. */
export interface ConnectionTuning {
  /** `option tcpka`, `clitcpka`, `srvtcpka`. */
  readonly keepAlive: boolean;
  /** `option nolinger`: closing resets. */
  readonly noLinger: boolean;
}

/** A socket that is gone by now keeps its options: it has no use for them. */
export function tuneConnection(fd: number, tuning: ConnectionTuning): void {
  try {
    if (tuning.keepAlive) setSocketOption(fd, 'SO_KEEPALIVE', 1);
    if (tuning.noLinger) setLinger(fd, 0);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
  }
}

/** Of a listening socket (manual section 5.1: defer-accept, tfo, mss, tcp-ut). */
export interface ListenerTuning {
  readonly deferAccept: boolean;
  readonly fastOpen: boolean;
  /** Bytes; negative: the announced size is that much below the path's; 0 leaves it. */
  readonly maxSegmentBytes: number;
  /** 0 leaves the system's. */
  readonly userTimeoutMs: number;
}

/** Seconds that the kernel keeps a silent connection before it is accepted all the same, as HAProxy asks. */
const DEFER_ACCEPT_SECONDS = 60;
/** Connections whose first data may come with the SYN before they are complete. */
const FAST_OPEN_QUEUE = 256;

/** Throws SystemCallError with the option's name where the system refuses one. */
export function tuneListener(fd: number, tuning: ListenerTuning): void {
  const set = (name: SocketOption, value: number): void => setSocketOption(fd, name, value);
  if (tuning.deferAccept) set('TCP_DEFER_ACCEPT', DEFER_ACCEPT_SECONDS);
  if (tuning.fastOpen) set('TCP_FASTOPEN', FAST_OPEN_QUEUE);
  if (tuning.maxSegmentBytes !== 0) set('TCP_MAXSEG', Math.abs(tuning.maxSegmentBytes));
  if (tuning.userTimeoutMs > 0) set('TCP_USER_TIMEOUT', tuning.userTimeoutMs);
}
