/** Listens on an inherited descriptor, on this thread's transport. */
import { type AcceptConnection, type Listener, threadTransport } from '../connection/transport.ts';

export interface AcceptOptions {
  /** Length of the kernel's queue; the kernel caps it by net.core.somaxconn. */
  readonly backlog?: number;
  readonly onError?: (code: string) => void;
}

/** HAProxy's default: the proxy's maxconn decides; without one, what the kernel allows by default. */
const DEFAULT_BACKLOG = 4096;

/**
 * Accepts connections on `fd`, a bound or listening socket that the listener owns from now on: `close` closes it.
 * `onAccept` sets the connection's owner before it returns, or destroys the connection.
 * Throws SystemCallError when the descriptor cannot be listened on.
 */
export function listenOn(
  fd: number,
  isUnix: boolean,
  onAccept: AcceptConnection,
  options: AcceptOptions = {},
): Listener {
  return threadTransport().listen({
    fd,
    isUnix,
    backlog: options.backlog ?? DEFAULT_BACKLOG,
    onAccept,
    onError: options.onError ?? ignore,
  });
}

function ignore(): void {}
