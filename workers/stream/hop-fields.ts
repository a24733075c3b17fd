/** The fields that the proxy adds to a request of its own: the unique id, who the client is, whom it asked. */
import type { Endpoint, StreamView } from '../../src/sample/stream-view.ts';
import type { AddressFieldPlan } from '../plan/http-plan.ts';
import type { ProxyPlan } from '../plan/plan.ts';
import type { StreamAccounts } from './stream-accounts.ts';

/** `unique-id-header`, `option forwardfor`, `originalto` and `forwarded`, as HAProxy orders them (manual section 4.2). */
export function addHopFields(stream: StreamView, { frontend, backend }: StreamAccounts): void {
  const uniqueIdField = frontend.uniqueId?.headerName ?? '';
  if (uniqueIdField !== '') stream.request!.add(uniqueIdField, stream.facts.uniqueId);
  const { http } = backend!;
  if (http.forwardFor !== null || frontend.http.forwardFor !== null)
    addForwardedFor(stream, frontend, backend!);
  if (http.originalTo !== null || frontend.http.originalTo !== null)
    addOriginalTo(stream, frontend, backend!);
  if (http.forwarded !== null) {
    const value = http.forwarded(stream);
    if (value !== '') stream.request!.add('forwarded', value);
  }
}

/** The backend's field counts before the frontend's. It is added only if missing when every side says so. */
function addForwardedFor(stream: StreamView, frontend: ProxyPlan, backend: ProxyPlan): void {
  const ours = frontend.http.forwardFor;
  const theirs = backend.http.forwardFor;
  const field = theirs ?? ours!;
  const isOnlyIfMissing = field.isOnlyIfMissing && (ours ?? field).isOnlyIfMissing;
  if (isOnlyIfMissing && stream.request!.values(field.headerId, field.headerName).length > 0) return;
  addAddress(stream, ours, theirs, stream.session.source);
}

function addOriginalTo(stream: StreamView, frontend: ProxyPlan, backend: ProxyPlan): void {
  addAddress(stream, frontend.http.originalTo, backend.http.originalTo, stream.session.destination);
}

/** The exception of either side holds for both. Unix sockets have no address to tell. */
function addAddress(
  stream: StreamView,
  ours: AddressFieldPlan | null,
  theirs: AddressFieldPlan | null,
  end: Endpoint,
): void {
  if (theirs?.except?.(stream) || ours?.except?.(stream)) return;
  if (end.ip === null) return;
  stream.request!.add((theirs ?? ours)!.headerName, end.text);
}
