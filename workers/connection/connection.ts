/**
 * One TCP or unix connection of the data plane, client or server side: reads into shared memory, writes at once.
 *
 * The owner is one object with methods, not closures, so that a new owner (the next stream of a pooled server
 * connection) is one assignment.
 *
 * ```
 *   connecting ──onConnect──▶ open ──peer's FIN: onEnd──▶ half-closed ──▶ closed
 *        └───────────────────── error or destroy: onClose(error) ─────────▶ closed
 * ```
 */

/** Whoever uses a connection. No method is called after onClose, which comes exactly once. */
export interface ConnectionOwner {
  onConnect(connection: Connection): void;
  /**
   * Bytes came. They are `buffer[0, length)` and valid until this call returns, unless the connection is in bulk
   * mode: then the buffer is this connection's own, and stays untouched until everything written from it is sent.
   */
  onBytes(connection: Connection, buffer: Buffer, length: number): void;
  /** The peer sent FIN. The connection stays writable. */
  onEnd(connection: Connection): void;
  /** Everything written has been handed to the kernel, after `write` had returned false. */
  onDrain(connection: Connection): void;
  /** Closed, by the peer's reset, an error, or our own `destroy`. `code` is '' or the system's code such as ECONNRESET. */
  onClose(connection: Connection, code: string): void;
}

export interface Connection {
  owner: ConnectionOwner;
  /** -1 while connecting and once closed. */
  readonly fd: number;
  readonly isOpen: boolean;
  readonly isConnecting: boolean;
  /** Bytes that write kept because the kernel did not take them. */
  readonly pendingBytes: number;
  /** Grows with what waits to be sent and falls with every byte that the kernel takes of it: a slow peer is no dead one. */
  readonly unsentBytes: number;
  /** Bytes of its own bulk buffer are still to be sent: it does not read until they are, paused or not. */
  readonly isHeld: boolean;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /**
   * Sends `buffer[start, end)`, at once as far as the kernel takes it. What does not fit is copied and kept, and
   * the call returns false: stop reading from the other side until onDrain. The caller keeps the buffer.
   */
  write(buffer: Buffer, start: number, end: number): boolean;
  writeText(latin1: string): boolean;
  /**
   * Sends bytes of a bulk-mode buffer without copying; the source connection reads on only when it is free again.
   */
  writeFrom(source: Connection, buffer: Buffer, start: number, end: number): boolean;
  /** Sends FIN behind what is pending. */
  end(): void;
  pause(): void;
  resume(): void;
  /**
   * No bytes are expected until `resume`: what was to be watched from now on is watched only if it still exists some
   * moments later. To be called from `onBytes`; without effect where the connection is watched already.
   */
  deferReading(): void;
  /** Closes at once; pending bytes are lost. */
  destroy(): void;
  /** Closes with RST. */
  reset(): void;
  /**
   * Lets the connection have a read buffer of its own, 256 KiB, while full reads come and the receiver keeps up; idle
   * and slow ones go on in the thread's buffer of 64 KiB. Or the thread's buffer only again.
   */
  setBulk(isBulk: boolean): void;
}
