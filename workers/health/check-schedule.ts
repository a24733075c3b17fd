/** When each server is checked: starts spread over the shortest `inter`, then by the server's state (manual section 5.2). */

import type { Farm } from '../../src/health/farm.ts';
import type { FarmServer } from '../../src/health/farm-server.ts';
import { Operational } from '../../src/health/server-states.ts';
import { CheckState } from '../../src/health/status.ts';
import type { CheckPlan } from './check-plan.ts';
import { type RunningCheck, runCheck } from './check-run.ts';

export interface CheckedServer {
  readonly farm: Farm;
  readonly index: number;
  readonly plan: CheckPlan;
}

export class CheckSchedule {
  readonly #servers: readonly CheckedServer[];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<RunningCheck>();

  constructor(servers: readonly CheckedServer[]) {
    this.#servers = servers;
  }

  start(): void {
    const shortestMs = Math.min(...this.#servers.map(({ plan }) => plan.interMs));
    for (const [place, server] of this.#servers.entries()) {
      this.#later(server, Math.floor((shortestMs * place) / this.#servers.length));
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const check of this.#running) check.abort();
    this.#timers.clear();
    this.#running.clear();
  }

  #later(checked: CheckedServer, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#begin(checked);
    }, delayMs);
    this.#timers.add(timer);
  }

  /** The time between two checks counts from start to start; one that took longer is followed at once. */
  #begin(checked: CheckedServer): void {
    const { farm, index, plan } = checked;
    const server = farm.servers[index]!;
    if (!isDue(server)) {
      this.#later(checked, plan.interMs);
      return;
    }
    const beganAtMs = performance.now();
    farm.checkBegins(index);
    const check = runCheck(plan, server.operational !== Operational.STOPPED, (outcome) => {
      this.#running.delete(check);
      farm.checkEnds(index, outcome, Date.now());
      this.#later(checked, Math.max(0, delayOf(server, plan) - (performance.now() - beganAtMs)));
    });
    this.#running.add(check);
  }
}

function isDue({ checkState }: FarmServer): boolean {
  return (checkState & (CheckState.ENABLED | CheckState.PAUSED)) === CheckState.ENABLED;
}

/** `downinter` while it is surely down, `fastinter` while it is changing, else `inter`. */
export function delayOf(server: Pick<FarmServer, 'health' | 'healthMax'>, plan: CheckPlan): number {
  if (server.health === 0) return plan.downInterMs;
  return server.health < server.healthMax ? plan.fastInterMs : plan.interMs;
}
