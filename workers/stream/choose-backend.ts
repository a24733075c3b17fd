/** The backend of a stream: the first `use_backend` rule that holds, else the default, else the proxy's own servers. */
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { Plan, ProxyPlan } from '../plan/plan.ts';

/** Null when there is none. */
export function chooseBackend(frontend: ProxyPlan, stream: StreamView): ProxyPlan | null {
  const { switches } = frontend;
  for (let i = 0; i < switches.length; i++) {
    const rule = switches[i]!;
    if (rule.condition !== null && !rule.condition(stream)) continue;
    if (rule.backend !== null) return rule.backend;
    const named = frontend.backendsByName!.get(rule.name!(stream));
    // A computed name that no backend has ends the rules (manual section 4.2, use_backend).
    if (named === undefined || named.isHttp !== frontend.isHttp) break;
    return named;
  }
  return frontend.defaultBackend ?? (frontend.backendSlot >= 0 ? frontend : null);
}

/**
 * A stream that waited for its request's body may choose by a plan that a reload has replaced meanwhile: it goes to
 * the backend that has the name now, or to none.
 */
export function backendInForce(backend: ProxyPlan | null, plan: Plan): ProxyPlan | null {
  if (backend === null || !backend.isRetired) return backend;
  const { name } = backend;
  return plan.proxies.find((proxy) => proxy.name === name && proxy.backendSlot >= 0) ?? null;
}
