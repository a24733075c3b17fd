/** `http-after-response` rules on responses made here: error pages, `return`, `redirect` (manual section 4.2). */
import { HttpHead } from '../../src/http/head.ts';
import { saysClose, withoutHopTokens } from '../../src/http1/connection-field.ts';
import { parseResponseHead } from '../../src/http1/parse-head.ts';
import { type Reply, Verdict } from '../../src/rules/declare.ts';
import type { CompiledRule } from '../plan/plan.ts';
import type { StreamAccounts } from './stream-accounts.ts';

export interface EditedStream {
  response: HttpHead | null;
}

/** The reply after the rules of backend and frontend; the same object when there are none. */
export function replyAfterRules(
  reply: Reply,
  stream: EditedStream & Parameters<CompiledRule['run']>[0],
  accounts: StreamAccounts,
): Reply {
  const { backend, frontend } = accounts;
  const ofBackend = backend === null || backend === frontend ? [] : backend.afterResponseRules;
  if (ofBackend.length === 0 && frontend.afterResponseRules.length === 0) return reply;
  const head = headOf(reply);
  stream.response = head;
  for (const rules of [ofBackend, frontend.afterResponseRules]) {
    for (const rule of rules) {
      if (rule.condition !== null && !rule.condition(stream)) continue;
      if (rule.run(stream) !== Verdict.CONTINUE) break;
    }
  }
  stream.response = null;
  const isChanged = head.status !== reply.status || head.replacedReason !== null;
  if (!isChanged) return { ...reply, headers: fieldsOf(head) };
  const reason = head.replacedReason ?? '';
  return { ...reply, status: head.status, loggedStatus: head.status, reason, headers: fieldsOf(head) };
}

/** A Connection field that the configuration wrote into the reply: `close` closes, as in HAProxy. */
export function settleReply(reply: Reply): Reply {
  const { headers } = reply;
  if (reply.version === 10) return settled(reply);
  for (let i = 0; i < headers.length; i++) if (headers[i]!.name === 'connection') return settled(reply);
  return reply;
}

function settled(reply: Reply): Reply {
  const headers: { name: string; value: string }[] = [];
  let closes = reply.closes || !isDelimited(reply);
  for (const { name, value } of reply.headers) {
    const kept = name === 'connection' ? withoutHopTokens(value) : value;
    if (name === 'connection' && saysClose(value)) closes = true;
    if (name !== 'connection' || kept !== '') headers.push({ name, value: kept });
  }
  return { ...reply, headers, closes };
}

/** A page in HTTP/1.0 is sent as it is: without a length, only the end of the connection ends it. */
function isDelimited({ version, headers }: Reply): boolean {
  return version !== 10 || headers.some(({ name }) => name === 'content-length');
}

function headOf(reply: Reply): HttpHead {
  const lines = reply.headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  const bytes = Buffer.from(`HTTP/1.1 ${reply.status} \r\n${lines}\r\n`, 'latin1');
  const head = new HttpHead();
  if (parseResponseHead(head, bytes, 0, bytes.length) <= 0)
    throw new Error(`a reply of this proxy does not parse: ${lines}`);
  return head;
}

function fieldsOf(head: HttpHead): { name: string; value: string }[] {
  const fields: { name: string; value: string }[] = [];
  head.forEachField((name, value) => fields.push({ name, value }));
  return fields;
}
