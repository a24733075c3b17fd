/**
 * What a check says to a server and what it makes of the answers, without sockets and clocks: the owner carries out
 * what a dialogue asks for and tells it what came.
 *
 * ```
 *   begin ─▶ connect ─connected─▶ send ─(at once)─▶ … ─▶ wait ─received, ended─▶ … ─▶ done
 *              │ failed, timedOut   │ failed                │ failed, timedOut        ▲
 *              └────────────────────┴───────────────────────┴─────────────────────────┘
 * ```
 */
import type { AgentReply } from './agent-reply.ts';
import type { CheckStatus } from './status.ts';

export type Command =
  /** Closes the connection there is, if any, and opens one; '' and 0 mean the address and port of the check. */
  | { readonly do: 'connect'; readonly host: string; readonly port: number; readonly lingers: boolean }
  /** Sends a byte string; `sent` of the dialogue follows at once. */
  | { readonly do: 'send'; readonly text: string }
  /** Waits for bytes, the end, an error or the timeout. */
  | { readonly do: 'wait' }
  | { readonly do: 'done'; readonly verdict: Verdict };

/** What came of it; without the duration, which only the owner knows. */
export interface Verdict {
  readonly status: CheckStatus;
  readonly code: number;
  readonly info: string;
  /** Of agent checks that were answered. */
  readonly agent?: AgentReply;
}

export const WAIT: Command = Object.freeze({ do: 'wait' });

export interface CheckDialogue {
  begin(): Command;
  connected(): Command;
  sent(): Command;
  /** A byte string; the owner has bounded the sum of them to `tune.bufsize` and calls `ended` where it is full. */
  received(text: string): Command;
  /** The server has closed its side. */
  ended(): Command;
  /** `problem` is the system's text. */
  failed(problem: string): Command;
  timedOut(): Command;
}

export function done(status: CheckStatus, code = -1, info = ''): Command {
  return { do: 'done', verdict: { status, code, info } };
}
