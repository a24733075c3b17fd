/** What a plan says of the way to servers: pools, retries, and where connections come from. */
import type { HttpHead } from '../../src/http/head.ts';
import type { SessionView } from '../../src/sample/stream-view.ts';
import type { DialOptions, DialTarget } from '../connection/transport.ts';

/** Idle connections of one server. */
export interface PoolPlan {
  /** The most that all threads together keep for any client; Infinity without limit. */
  readonly maxIdle: number;
  /** 0 keeps none. */
  readonly purgeDelayMs: number;
  /** Requests behind the first one; Infinity without limit. */
  readonly maxReuse: number;
  /** `strict-maxconn`: connections, idle ones included, are never more than this. Infinity: any. */
  readonly maxConnections: number;
}

/** Whose connection it is to be. */
export interface DialingStream {
  readonly session: SessionView;
  readonly request: HttpHead | null;
}

/** Where and how to connect. */
export interface Way {
  readonly target: DialTarget;
  readonly options: DialOptions | undefined;
  /** What connections must have in common to be used for one another. */
  readonly key: string;
}

/** How a server is reached. */
export interface DialPlan {
  /** The way that is the same for all clients; null when it depends on the client's. */
  readonly fixed: Way | null;
  wayOf(stream: DialingStream): Way;
}

/** Reasons to send a request again, bits of a mask. */
export const RetryReason = {
  CONNECTION: 1,
  EMPTY: 2,
  JUNK: 4,
  TIMEOUT: 8,
} as const;

export interface RetryPlan {
  /** Of RetryReason. */
  readonly reasons: number;
  /** By status; null when none is a reason. */
  readonly statuses: Uint8Array | null;
  /** Something else than a failed connection is a reason: the request must be kept. */
  readonly keepsRequest: boolean;
  /** Whatever can go wrong on a reused connection is a reason: first requests go on such as well, as in HAProxy. */
  readonly coversReuse: boolean;
}

/** Whether a response's status is a reason to send the request again. */
export function isRetried({ statuses }: RetryPlan, { status }: HttpHead): boolean {
  return statuses !== null && status < statuses.length && statuses[status] === 1;
}
