/** All checks that run: which servers have one, and what a reload keeps of them. */
import { CheckLoop, type CheckSubject, type CheckTuning, startDelayOf } from './check-loop.ts';
import type { CheckPlan } from './check-plan.ts';

/** A check that is to run. */
export interface WantedCheck {
  /** The same over reloads for the same check of the same server. */
  readonly key: string;
  /** What the plan was made of: plain data. Where it is equal over a reload, the check goes on as it is. */
  readonly origin: unknown;
  readonly plan: CheckPlan;
  readonly subject: CheckSubject;
}

export interface ScheduleTuning extends CheckTuning {
  /** The longest time between the first checks of the first and of the last server; 0 for no bound. */
  readonly maxSpreadMs: number;
}

interface Running {
  readonly loop: CheckLoop;
  readonly origin: unknown;
}

export class CheckSchedule {
  readonly #isSame: (a: unknown, b: unknown) => boolean;
  readonly #running = new Map<string, Running>();
  #isStarted = false;

  /** `isSame` compares origins. */
  constructor(isSame: (a: unknown, b: unknown) => boolean) {
    this.#isSame = isSame;
  }

  /** These checks and no others run from now on, or from `start` on. */
  replace(wanted: readonly WantedCheck[], tuning: ScheduleTuning): void {
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, { loop }] of this.#running) {
      if (keys.has(key)) continue;
      loop.stop();
      this.#running.delete(key);
    }
    const fresh = wanted.filter((check) => !this.#carryOn(check));
    const shortestMs = Math.min(...fresh.map(({ plan }) => plan.interMs));
    for (const [place, { key, origin, plan, subject }] of fresh.entries()) {
      const delayMs = startDelayOf(place, fresh.length, shortestMs, tuning.maxSpreadMs);
      const loop = new CheckLoop(plan, subject, tuning, delayMs);
      this.#running.set(key, { loop, origin });
      if (this.#isStarted) loop.start();
    }
  }

  /** False for a check that is not there yet. */
  #carryOn({ key, origin, plan }: WantedCheck): boolean {
    const running = this.#running.get(key);
    if (running === undefined) return false;
    if (!this.#isSame(running.origin, origin)) {
      running.loop.change(plan);
      this.#running.set(key, { loop: running.loop, origin });
    }
    return true;
  }

  start(): void {
    this.#isStarted = true;
    for (const { loop } of this.#running.values()) loop.start();
  }

  stop(): void {
    this.#isStarted = false;
    for (const { loop } of this.#running.values()) loop.stop();
  }

  /** The next check comes as soon as `fastinter` says. */
  hasten(key: string): void {
    const loop = this.#running.get(key)?.loop;
    loop?.hasten(loop.plan.fastInterMs);
  }
}
