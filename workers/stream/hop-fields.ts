/** The fields that the proxy adds to a request of its own: the unique id, and who the client is. */
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { ProxyPlan } from '../plan/plan.ts';
import type { StreamAccounts } from './stream-accounts.ts';

/** `unique-id-header` and then `option forwardfor`, as HAProxy orders them (manual section 4.2). */
export function addHopFields(stream: StreamView, { frontend, backend }: StreamAccounts): void {
  const head = stream.request!;
  const uniqueIdField = frontend.uniqueId?.headerName ?? '';
  if (uniqueIdField !== '') head.add(uniqueIdField, stream.facts.uniqueId);
  addForwardedFor(stream, frontend, backend!);
}

function addForwardedFor(stream: StreamView, frontend: ProxyPlan, backend: ProxyPlan): void {
  const plan = backend.forwardFor ?? frontend.forwardFor;
  // The exception of either side holds for both.
  if (plan === null || plan.except?.(stream) || frontend.forwardFor?.except?.(stream)) return;
  const head = stream.request!;
  if (plan.isOnlyIfMissing && head.values(plan.headerId, plan.headerName).length > 0) return;
  head.add(plan.headerName, stream.session.source.text);
}
