/** How one proxy logs: when, and by what the line is built and sent. */
import type { StreamView } from '../../src/sample/stream-view.ts';

/** When a stream's line is written: as it begins, as soon as the response's head is known (`option logasap`), or when it has ended. */
export const LogMoment = { BEGIN: 0, RESPONSE: 1, END: 2 } as const;
export type LogMoment = (typeof LogMoment)[keyof typeof LogMoment];

export interface LogPlan {
  readonly moment: LogMoment;
  /** Lines tell the addresses of the server connection: ask for them while it is open. */
  readonly needsServerEnds: boolean;
  /** `option dontlog-normal`: only lines of what went wrong are written. */
  readonly dropsNormal: boolean;
  /** `option log-separate-errors`: lines of what went wrong have the level `err`. */
  readonly separatesErrors: boolean;
  /** Lines of connections that never became a request have a format of their own, and are written in any case. */
  readonly hasErrorFormat: boolean;
  /** How many lines this proxy has written before the next one, in all threads; counts that one. */
  takeLineNumber(): number;
  /** Builds the line once and sends it to every target whose level lets it pass. */
  write(stream: StreamView, level: number): void;
  /** As `write`, for a connection that never became a request: in the format of `error-log-format`, if there is one. */
  writeError(stream: StreamView, level: number): void;
}

/** Syslog severities (RFC 5424 §6.2.1). */
export const LogLevel = {
  EMERG: 0,
  ALERT: 1,
  CRIT: 2,
  ERR: 3,
  WARNING: 4,
  NOTICE: 5,
  INFO: 6,
  DEBUG: 7,
} as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];
