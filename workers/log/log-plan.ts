/** How one proxy logs: the line's builder and the targets it goes to. */
import type { StreamView } from '../../src/sample/stream-view.ts';

export interface LogPlan {
  /** Builds the line once and sends it to every target whose level lets it pass. */
  write(stream: StreamView, level: LogLevel): void;
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
