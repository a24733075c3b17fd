/** Monitor requests: clients that ask for the state of the proxy itself (manual section 4.2, monitor-uri). */
import type { Reply, RuleStream } from '../../src/rules/declare.ts';
import type { MonitorPlan } from '../plan/http-plan.ts';

/** The answer to a monitor request: 200, or 503 when one of the conditions to fail holds. Null for other requests. */
export function monitorReply(stream: RuleStream, monitor: MonitorPlan): Reply | null {
  const target = stream.request!.requestTarget();
  if ((monitor.isPath ? pathOf(target) : target) !== monitor.uri) return null;
  return stream.errorReply(monitor.fails(stream) ? 503 : 200, 'LR');
}

/** A target without scheme and authority. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  const authority = target.indexOf('://');
  const path = authority < 0 ? -1 : target.indexOf('/', authority + 3);
  return path < 0 ? target : target.slice(path);
}
