/** A server that is chosen for a stream before any balancing: by `use-server`, or as the client's last one. */
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import { AdminState, OperationalState, type SharedState } from '../shared/shared-state.ts';

/** What `use-server` rules say, and whether the stream goes there though the server is down. */
export class Designation {
  server: ServerPlan | null = null;
  isForced = false;

  /** Finds the first rule that holds and whose server may be used (manual section 4.2, use-server). */
  decide(backend: ProxyPlan, stream: StreamView, shared: SharedState): void {
    this.server = null;
    this.isForced = false;
    const { serverSwitches, forcedPersistence } = backend;
    if (serverSwitches.length === 0) return;
    for (let i = 0; i < forcedPersistence.length && !this.isForced; i++)
      this.isForced = forcedPersistence[i]!(stream);
    const takesDown = this.isForced || backend.persistsOnDownServers;
    for (let i = 0; i < serverSwitches.length; i++) {
      const { condition, server, name } = serverSwitches[i]!;
      if (condition !== null && !condition(stream)) continue;
      const named = server ?? serverNamed(backend, name!(stream));
      if (named === null || !(takesDown || isUsable(named, shared))) continue;
      this.server = named;
      return;
    }
  }
}

function serverNamed({ servers }: ProxyPlan, name: string): ServerPlan | null {
  for (let i = 0; i < servers.length; i++) if (servers[i]!.name === name) return servers[i]!;
  return null;
}

/** Takes traffic that is meant for it: its weight and a drain do not matter. */
function isUsable({ slot }: ServerPlan, shared: SharedState): boolean {
  return (
    shared.operationalState(slot) !== OperationalState.STOPPED &&
    (shared.adminState(slot) & AdminState.ANY_MAINT) === 0
  );
}

/** Whether a client that wants to may stay with the server of its last request (manual section 4.2, max-keep-alive-queue). */
export function keepsServer(backend: ProxyPlan, server: ServerPlan, shared: SharedState): boolean {
  if (backend.balancer!.isBound || !shared.isInRotation(server.slot)) return false;
  const { maxKeepAliveQueue } = backend;
  if (maxKeepAliveQueue < 0 || shared.hasRoom(backend.backendSlot, server.slot)) return true;
  return shared.queueLength(server.slot) < maxKeepAliveQueue;
}
