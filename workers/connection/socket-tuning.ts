/** Socket options that the configuration asks for on connections and listeners. */
import { SystemCallError } from '../../src/system/libc.ts';
import {
  type SocketOption,
  setCongestionControl,
  setLinger,
  setSocketOption,
} from '../../src/system/socket-options.ts';

/** Of every connection of one side of a proxy; null where nothing was asked for. 0 leaves what the system has. */
export interface ConnectionTuning {
  /** `option tcpka`, `clitcpka`, `srvtcpka`. */
  readonly keepAlive: boolean;
  /** `clitcpka-cnt`, `-idle`, `-intvl`, and the same of `srvtcpka`. */
  readonly keepAliveCount: number;
  readonly keepAliveIdleSeconds: number;
  readonly keepAliveIntervalSeconds: number;
  /** `option nolinger`: closing resets. */
  readonly noLinger: boolean;
  /** `tune.rcvbuf.client` and so on. */
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
  readonly notSentLowatBytes: number;
}

export const NO_TUNING: ConnectionTuning = {
  keepAlive: false,
  keepAliveCount: 0,
  keepAliveIdleSeconds: 0,
  keepAliveIntervalSeconds: 0,
  noLinger: false,
  receiveBufferBytes: 0,
  sendBufferBytes: 0,
  notSentLowatBytes: 0,
};

/** A socket that is gone by now keeps its options: it has no use for them. */
export function tuneConnection(fd: number, tuning: ConnectionTuning): void {
  try {
    if (tuning.keepAlive) tuneKeepAlive(fd, tuning);
    if (tuning.noLinger) setLinger(fd, 0);
    if (tuning.receiveBufferBytes > 0) setSocketOption(fd, 'SO_RCVBUF', tuning.receiveBufferBytes);
    if (tuning.sendBufferBytes > 0) setSocketOption(fd, 'SO_SNDBUF', tuning.sendBufferBytes);
    if (tuning.notSentLowatBytes > 0) setSocketOption(fd, 'TCP_NOTSENT_LOWAT', tuning.notSentLowatBytes);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
  }
}

function tuneKeepAlive(fd: number, tuning: ConnectionTuning): void {
  setSocketOption(fd, 'SO_KEEPALIVE', 1);
  if (tuning.keepAliveCount > 0) setSocketOption(fd, 'TCP_KEEPCNT', tuning.keepAliveCount);
  if (tuning.keepAliveIdleSeconds > 0) setSocketOption(fd, 'TCP_KEEPIDLE', tuning.keepAliveIdleSeconds);
  if (tuning.keepAliveIntervalSeconds > 0)
    setSocketOption(fd, 'TCP_KEEPINTVL', tuning.keepAliveIntervalSeconds);
}

/** Of a listening socket (manual section 5.1: defer-accept, tfo, mss, tcp-ut, cc, tcp-ss). */
export interface ListenerTuning {
  readonly deferAccept: boolean;
  readonly fastOpen: boolean;
  /** Bytes; negative: the announced size is that much below the path's; 0 leaves it. */
  readonly maxSegmentBytes: number;
  /** 0 leaves the system's. */
  readonly userTimeoutMs: number;
  /** '' leaves the system's. */
  readonly congestionControl: string;
  /** 0 none, 1 with IP and TCP headers, 2 with the Ethernet header too. */
  readonly savedSyn: number;
}

export const NO_LISTENER_TUNING: ListenerTuning = {
  deferAccept: false,
  fastOpen: false,
  maxSegmentBytes: 0,
  userTimeoutMs: 0,
  congestionControl: '',
  savedSyn: 0,
};

/** Seconds that the kernel keeps a silent connection before it is accepted all the same, as HAProxy asks. */
const DEFER_ACCEPT_SECONDS = 60;
/** Connections whose first data may come with the SYN before they are complete. */
const FAST_OPEN_QUEUE = 256;

/**
 * Sets what differs from `before`, which the socket has. Connections inherit all of it. A congestion control that
 * the system does not have, or does not let us use, leaves the default. Throws SystemCallError with the option's name
 * where the system refuses another one.
 */
export function tuneListener(
  fd: number,
  tuning: ListenerTuning,
  before: ListenerTuning = NO_LISTENER_TUNING,
): void {
  const set = (name: SocketOption, value: number, old: number): void => {
    if (value !== old) setSocketOption(fd, name, value);
  };
  set('TCP_DEFER_ACCEPT', deferSeconds(tuning), deferSeconds(before));
  set('TCP_FASTOPEN', fastOpenQueue(tuning), fastOpenQueue(before));
  set('TCP_MAXSEG', Math.abs(tuning.maxSegmentBytes), Math.abs(before.maxSegmentBytes));
  set('TCP_USER_TIMEOUT', tuning.userTimeoutMs, before.userTimeoutMs);
  set('TCP_SAVE_SYN', tuning.savedSyn, before.savedSyn);
  if (tuning.congestionControl !== '' && tuning.congestionControl !== before.congestionControl)
    tryCongestionControl(fd, tuning.congestionControl);
}

function deferSeconds({ deferAccept }: ListenerTuning): number {
  return deferAccept ? DEFER_ACCEPT_SECONDS : 0;
}

function fastOpenQueue({ fastOpen }: ListenerTuning): number {
  return fastOpen ? FAST_OPEN_QUEUE : 0;
}

function tryCongestionControl(fd: number, algorithm: string): void {
  try {
    setCongestionControl(fd, algorithm);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
  }
}
