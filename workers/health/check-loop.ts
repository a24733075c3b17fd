/**
 * One check of one server, over and over: by the server's state with `inter`, `fastinter` or `downinter` between the
 * end of a check and the next (manual section 5.2).
 *
 * ```
 *   stopped ──start──▶ waiting ──time──▶ running ──verdict──▶ waiting ──▶ …
 *      ▲                  └────────────────┴── stop
 * ```
 */
import type { FarmServer } from '../../src/health/farm-server.ts';
import { Operational } from '../../src/health/server-states.ts';
import { CheckState } from '../../src/health/status.ts';
import type { CheckPlan } from './check-plan.ts';
import { type RunningCheck, runCheck, type TimedVerdict } from './check-run.ts';

/** Whose check it is; a reload may move it. */
export interface CheckSubject {
  readonly server: FarmServer;
  begins(): void;
  ends(verdict: TimedVerdict): void;
}

/** How checks are kept apart (manual section 3.1, spread-checks), and what of an answer is looked at. */
export interface CheckTuning {
  /** How far the time between two checks may be from what is configured, in percent. */
  readonly spreadPct: number;
  /** 0 to 1. */
  random(): number;
  readonly bufferBytes: number;
}

export class CheckLoop {
  plan: CheckPlan;
  readonly subject: CheckSubject;
  readonly #tuning: CheckTuning;
  readonly #firstDelayMs: number;
  #timer: NodeJS.Timeout | null = null;
  #dueAtMs = 0;
  #running: RunningCheck | null = null;
  #isStopped = true;

  constructor(plan: CheckPlan, subject: CheckSubject, tuning: CheckTuning, firstDelayMs: number) {
    this.plan = plan;
    this.subject = subject;
    this.#tuning = tuning;
    this.#firstDelayMs = firstDelayMs;
  }

  start(): void {
    this.#isStopped = false;
    this.#later(this.#firstDelayMs);
  }

  /** A check that runs ends without a verdict. */
  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#running === null) return;
    this.#running.abort();
    this.#running = null;
    const { server } = this.subject;
    const checked = this.plan.kind === 'agent' ? server.agent : server;
    checked.checkState &= ~CheckState.IN_PROGRESS;
  }

  /** Other settings: a check that runs ends by the ones it began with, the next comes when these want it. */
  change(plan: CheckPlan): void {
    this.plan = plan;
    this.hasten(delayOf(this.subject.server, plan));
  }

  /** The next check is due in `delayMs` at the latest. */
  hasten(delayMs: number): void {
    if (this.#timer === null || this.#dueAtMs - performance.now() <= delayMs) return;
    clearTimeout(this.#timer);
    this.#later(delayMs);
  }

  #later(delayMs: number): void {
    this.#dueAtMs = performance.now() + delayMs;
    this.#timer = setTimeout(() => this.#begin(), delayMs);
  }

  #begin(): void {
    this.#timer = null;
    const { plan, subject } = this;
    const { server } = subject;
    if (!isDue(plan.kind, server)) {
      this.#later(plan.interMs);
      return;
    }
    subject.begins();
    const dialogue = plan.dialogue({ isRunning: server.operational !== Operational.STOPPED });
    const { target, interMs, connectTimeoutMs, answerTimeoutMs } = plan;
    const limits = {
      target,
      interMs,
      connectTimeoutMs,
      answerTimeoutMs,
      bufferBytes: this.#tuning.bufferBytes,
    };
    this.#running = runCheck(dialogue, limits, (verdict) => {
      this.#running = null;
      subject.ends(verdict);
      if (!this.#isStopped) this.#later(variedBy(this.#tuning, delayOf(server, plan)));
    });
  }
}

/** Agents are asked in maintenance too: they may end it. */
function isDue(kind: CheckPlan['kind'], { checkState, agent }: FarmServer): boolean {
  if (kind === 'agent') return agent.isEnabled;
  return (checkState & (CheckState.ENABLED | CheckState.PAUSED)) === CheckState.ENABLED;
}

/** Up to `spreadPct` percent more or less, by chance. */
export function variedBy(
  { spreadPct, random }: Pick<CheckTuning, 'spreadPct' | 'random'>,
  delayMs: number,
): number {
  if (spreadPct === 0) return delayMs;
  const mostMs = (delayMs * spreadPct) / 100;
  return Math.round(delayMs + mostMs * (2 * random() - 1));
}

/** `downinter` while it is surely down, `fastinter` while it is changing, else `inter`; agents know only one. */
export function delayOf(
  server: Pick<FarmServer, 'health' | 'healthMax'>,
  plan: Pick<CheckPlan, 'interMs' | 'fastInterMs' | 'downInterMs'>,
): number {
  if (server.health === 0) return plan.downInterMs;
  return server.health < server.healthMax ? plan.fastInterMs : plan.interMs;
}

/** When the first check of a server begins: spread evenly over the shortest `inter`, or over less. */
export function startDelayOf(place: number, places: number, shortestMs: number, maxSpreadMs: number): number {
  const overMs = maxSpreadMs > 0 ? Math.min(shortestMs, maxSpreadMs) : shortestMs;
  return Math.floor((overMs * place) / places);
}
