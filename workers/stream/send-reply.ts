/** Sends a response that was made here: an error page, `return`, `redirect`. Its stream ends behind it. */
import { madeResponseBytes } from '../../src/http/message-bytes.ts';
import type { Reply, RuleStream } from '../../src/rules/declare.ts';
import { COUNTER } from '../shared/shared-state.ts';
import type { ThreadState } from '../thread-state.ts';
import type { ClientSide } from './client-side.ts';
import { type EditedStream, replyAfterRules, settleReply } from './reply-rules.ts';
import type { StreamAccounts } from './stream-accounts.ts';

/** The stream that is answered. */
interface AnsweredStream extends RuleStream {
  response: EditedStream['response'];
  readonly thread: ThreadState;
  readonly session: ClientSide;
}

/**
 * Sends and counts it, and tells the log its status and termination state. `mayKeep`: as far as the request goes, the
 * connection may stay. Returns whether it does.
 */
export function sendReply(
  made: Reply,
  stream: AnsweredStream,
  accounts: StreamAccounts,
  mayKeep: boolean,
): boolean {
  const { session, thread } = stream;
  const { facts, frontend } = accounts;
  const request = stream.request!;
  if (made.termination[0] === 'L' && accounts.backend === null) accounts.countFrontend(COUNTER.intercepted);
  const edited = replyAfterRules(made, stream, accounts);
  const reply = settleReply(edited);
  const keepsAlive = mayKeep && !reply.closes && !session.isDraining;
  facts.status = reply.loggedStatus ?? reply.status;
  facts.terminationState = `${reply.termination}--`;
  session.sink.writeReply(reply, {
    isHeadRequest: request.method === 'HEAD',
    keepsAlive,
    version: request.version,
    nameCase: frontend.http.adjustsCaseForClients ? thread.plan.global.nameCase : null,
  });
  const unsent = request.method === 'HEAD' ? reply.body.length : 0;
  accounts.bytesOut(madeResponseBytes(edited, reply.version !== 10) - unsent);
  return keepsAlive;
}
