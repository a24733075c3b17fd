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

/** How checks are kept apart (manual section 3.1, spread-checks and max-spread-checks). */
export interface CheckSpread {
  /** How far the time between two checks may be from what is configured, in percent. */
  readonly spreadPct: number;
  /** The longest time between the first checks of the first and of the last server; 0 for no bound. */
  readonly maxSpreadMs: number;
  /** 0 to 1. */
  random(): number;
}

export class CheckSchedule {
  readonly #servers: readonly CheckedServer[];
  readonly #spread: CheckSpread;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<RunningCheck>();

  constructor(servers: readonly CheckedServer[], spread: CheckSpread) {
    this.#servers = servers;
    this.#spread = spread;
  }

  start(): void {
    const places = this.#servers.length;
    const shortestMs = Math.min(...this.#servers.map(({ plan }) => plan.interMs));
    for (const [place, server] of this.#servers.entries())
      this.#later(server, startDelayOf(place, places, shortestMs, this.#spread));
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
      const delayMs = variedBy(this.#spread, delayOf(server, plan));
      this.#later(checked, Math.max(0, delayMs - (performance.now() - beganAtMs)));
    });
    this.#running.add(check);
  }
}

/** When the first check of a server begins: spread evenly over the shortest `inter`, or over less. */
export function startDelayOf(
  place: number,
  places: number,
  shortestMs: number,
  { maxSpreadMs }: Pick<CheckSpread, 'maxSpreadMs'>,
): number {
  const overMs = maxSpreadMs > 0 ? Math.min(shortestMs, maxSpreadMs) : shortestMs;
  return Math.floor((overMs * place) / places);
}

/** Up to `spreadPct` percent more or less, by chance. */
export function variedBy(
  { spreadPct, random }: Pick<CheckSpread, 'spreadPct' | 'random'>,
  delayMs: number,
): number {
  if (spreadPct === 0) return delayMs;
  const mostMs = (delayMs * spreadPct) / 100;
  return Math.round(delayMs + mostMs * (2 * random() - 1));
}

function isDue({ checkState }: FarmServer): boolean {
  return (checkState & (CheckState.ENABLED | CheckState.PAUSED)) === CheckState.ENABLED;
}

/** `downinter` while it is surely down, `fastinter` while it is changing, else `inter`. */
export function delayOf(server: Pick<FarmServer, 'health' | 'healthMax'>, plan: CheckPlan): number {
  if (server.health === 0) return plan.downInterMs;
  return server.health < server.healthMax ? plan.fastInterMs : plan.interMs;
}
