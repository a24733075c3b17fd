/** What a check of a server has found, and the small texts around it. */
import type { CheckStatus } from './status.ts';

/**
 * `code` is -1 where there is none, `info` '' where there is nothing to add, `durationMs` -1 for what was not a check
 * but an observation of traffic.
 */
export interface CheckOutcome {
  readonly status: CheckStatus;
  readonly code: number;
  readonly info: string;
  readonly durationMs: number;
}

/** The most bytes of what a check says: HAProxy keeps no more. */
const INFO_MAX_BYTES = 127;

export function cutInfo(text: string): string {
  return text.length > INFO_MAX_BYTES ? text.slice(0, INFO_MAX_BYTES) : text;
}

/** As it stands in a log line: control characters, quotes and angle brackets by their codes, as HAProxy writes them. */
export function printableInfo(text: string): string {
  return text.replace(
    /[^ !#-;=?-~\x80-\xff]/g,
    (byte) => `<${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}>`,
  );
}
