/**
 * Servers that have come back and take their traffic step by step (manual section 5.2, slowstart): they are STARTING
 * in shared memory, with an effective weight that grows until they are RUNNING.
 *
 * ```
 *   STOPPED ──up, with slowstart──▶ STARTING ──period over──▶ RUNNING
 *      ▲                               │ down
 *      └───────────────────────────────┘
 * ```
 */
import { slowStartShare } from '../../src/lb/slow-start.ts';
import { OperationalState, type SharedControl, WEIGHT_SCALE } from '../shared/shared-state.ts';

/** HAProxy takes twenty steps in a period; a share has sixteen, so this is fine enough for periods above two seconds. */
const TICK_MS = 100;

interface SlowStart {
  readonly beganAtMs: number;
  readonly periodMs: number;
  /** Of the server, should a reload give the slot to another. */
  readonly identity: string | undefined;
}

export class SlowStarts {
  readonly #control: SharedControl;
  readonly #clock: () => number;
  /** By slot. */
  readonly #starting = new Map<number, SlowStart>();
  #timer: NodeJS.Timeout | null = null;

  /** `clock` counts milliseconds. */
  constructor(control: SharedControl, clock: () => number = Date.now) {
    this.#control = control;
    this.#clock = clock;
  }

  /** Publishes the state and weight that health has decided on; `periodMs` 0 is no slow start. */
  publish(
    slot: number,
    server: { readonly operational: OperationalState; readonly weight: number },
    periodMs: number,
  ): void {
    const control = this.#control;
    const before = control.operationalState(slot);
    const { operational, weight } = server;
    if (before === OperationalState.STARTING && operational === OperationalState.RUNNING) {
      control.setWeight(slot, weight);
      this.#settle(slot);
      return;
    }
    if (this.#starting.delete(slot)) control.setEffectiveWeight(slot, control.weight(slot) * WEIGHT_SCALE);
    if (control.weight(slot) !== weight) control.setWeight(slot, weight);
    if (before === operational) return;
    if (before !== OperationalState.STOPPED || operational !== OperationalState.RUNNING || periodMs === 0) {
      control.setOperationalState(slot, operational);
      return;
    }
    this.#begin(slot, periodMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Moves all servers that are starting on; the timer calls it. */
  tick(): void {
    for (const [slot, { identity }] of this.#starting) {
      if (this.#identityOf(slot) === identity) this.#settle(slot);
      else this.#starting.delete(slot);
    }
    if (this.#starting.size === 0) this.stop();
  }

  #begin(slot: number, periodMs: number): void {
    const control = this.#control;
    this.#starting.set(slot, { beganAtMs: this.#clock(), periodMs, identity: this.#identityOf(slot) });
    control.setEffectiveWeight(slot, control.weight(slot));
    control.setOperationalState(slot, OperationalState.STARTING);
    this.#timer ??= setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** Gives a server its share of this moment; the full one ends its start. */
  #settle(slot: number): void {
    const control = this.#control;
    const start = this.#starting.get(slot);
    const leftMs = start === undefined ? 0 : start.beganAtMs + start.periodMs - this.#clock();
    const share =
      start === undefined ? WEIGHT_SCALE : slowStartShare(start.periodMs - leftMs, start.periodMs);
    control.setEffectiveWeight(slot, control.weight(slot) * share);
    if (leftMs > 0) return;
    this.#starting.delete(slot);
    control.setOperationalState(slot, OperationalState.RUNNING);
  }

  #identityOf(slot: number): string | undefined {
    return this.#control.slots.at(slot)?.identity;
  }
}
