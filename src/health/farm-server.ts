/**
 * One server's states and the counter that its health checks move (manual section 5.2, `rise` and `fall`).
 *
 * ```
 *      0 ──pass──▶ 1 ── … ──▶ rise-1 ══pass══▶ rise+fall-1        health
 *      ▲                                           │ fail
 *      ╚═════════fail═════════ rise ◀── … ◀────────┘
 *   └──────── DOWN ─────────┘ └────────── UP ───────────┘
 *
 *   operational:  STOPPED ══▶ RUNNING ◀──conditional pass / pass──▶ STOPPING ══▶ STOPPED
 *   maintenance stops it whatever its health; leaving that starts it again at `rise`, one failure from DOWN.
 * ```
 */
import { Admin, isDraining, isInMaintenance, isUsable, Operational } from './server-states.ts';
import { CheckResult, CheckState, CheckStatus, STATUS_TEXTS } from './status.ts';

export interface FarmServerSettings {
  readonly name: string;
  readonly isBackup: boolean;
  readonly isChecked: boolean;
  readonly isDisabled: boolean;
  readonly rise: number;
  readonly fall: number;
  readonly weight: number;
}

/** What a check found. `code` is -1 where there is none, `info` '' where there is nothing to add. */
export interface CheckOutcome {
  readonly status: CheckStatus;
  readonly code: number;
  readonly info: string;
  readonly durationMs: number;
}

/** What became of a server by an outcome. */
export type HealthChange = 'none' | 'up' | 'down' | 'stopping';

export class FarmServer {
  readonly settings: FarmServerSettings;
  operational: Operational;
  admin: number;
  weight: number;
  health: number;
  checkState: number;
  result: CheckResult = CheckResult.UNKNOWN;
  /** The last outcome; its status is INITIALIZING before the first. */
  last: CheckOutcome = { status: CheckStatus.INITIALIZING, code: 0, info: '', durationMs: 0 };
  /** Checks failed while up, and times gone down. */
  fails = 0;
  downs = 0;
  lastChangeMs: number;
  #downMs = 0;

  constructor(settings: FarmServerSettings, nowMs: number) {
    this.settings = settings;
    this.weight = settings.weight;
    this.admin = settings.isDisabled ? Admin.FORCED_MAINT | Admin.CONFIG_MAINT : 0;
    this.operational = settings.isDisabled ? Operational.STOPPED : Operational.RUNNING;
    this.health = settings.isDisabled ? 0 : settings.rise;
    const configured = settings.isChecked ? CheckState.CONFIGURED | CheckState.ENABLED : 0;
    this.checkState = configured | (settings.isDisabled ? CheckState.PAUSED : 0);
    this.lastChangeMs = nowMs;
  }

  get healthMax(): number {
    return this.settings.rise + this.settings.fall - 1;
  }

  get isUsable(): boolean {
    return isUsable(this.operational, this.admin, this.weight);
  }

  get isInMaintenance(): boolean {
    return isInMaintenance(this.admin);
  }

  get isDraining(): boolean {
    return isDraining(this.admin);
  }

  /** Milliseconds spent down, the present time included. */
  downMs(nowMs: number): number {
    return this.#downMs + (this.operational === Operational.STOPPED ? nowMs - this.lastChangeMs : 0);
  }

  clearCounters(): void {
    this.fails = 0;
    this.downs = 0;
  }

  /** Moves the counter by what a check found. A server in maintenance learns nothing. */
  learn(outcome: CheckOutcome, nowMs: number): HealthChange {
    this.checkState &= ~CheckState.IN_PROGRESS;
    if (this.isInMaintenance) return 'none';
    this.last = outcome;
    this.result = STATUS_TEXTS[outcome.status].result;
    return this.result === CheckResult.FAILED ? this.#fail(nowMs) : this.#pass(nowMs);
  }

  /** Puts health and operational state where `set server … health` wants them. */
  force(to: 'up' | 'stopping' | 'down', nowMs: number): HealthChange {
    this.health = to === 'down' ? 0 : this.healthMax;
    return this.#become(to, nowMs);
  }

  enterMaintenance(nowMs: number): void {
    this.admin = (this.admin | Admin.FORCED_MAINT) & ~Admin.FORCED_DRAIN;
    if (this.settings.isChecked) this.checkState |= CheckState.PAUSED;
    this.health = 0;
    if (this.operational === Operational.STOPPED) return;
    this.#operate(Operational.STOPPED, nowMs);
    this.downs++;
  }

  leaveMaintenance(nowMs: number): void {
    this.admin &= ~Admin.FORCED_MAINT;
    if (this.settings.isChecked) {
      this.checkState &= ~CheckState.PAUSED;
      this.health = this.settings.rise;
    }
    this.#operate(Operational.RUNNING, nowMs);
  }

  setDrain(isDrained: boolean, nowMs: number): void {
    this.admin = isDrained ? this.admin | Admin.FORCED_DRAIN : this.admin & ~Admin.FORCED_DRAIN;
    this.#operate(this.operational, nowMs);
  }

  /** `1/2 DOWN` or `3/3 UP`, as `option log-health-checks` prints it. */
  get progress(): string {
    const { rise, fall } = this.settings;
    return this.health >= rise ? `${this.health - rise + 1}/${fall} UP` : `${this.health}/${rise} DOWN`;
  }

  #pass(nowMs: number): HealthChange {
    if (this.health < this.healthMax) {
      this.health++;
      if (this.health >= this.settings.rise) this.health = this.healthMax;
    }
    if (this.health < this.settings.rise) return 'none';
    return this.#become(this.result === CheckResult.CONDITIONAL ? 'stopping' : 'up', nowMs);
  }

  #fail(nowMs: number): HealthChange {
    if (this.health >= this.settings.rise) this.fails++;
    this.health = this.health > this.settings.rise ? this.health - 1 : 0;
    return this.health === 0 ? this.#become('down', nowMs) : 'none';
  }

  #become(to: 'up' | 'stopping' | 'down', nowMs: number): HealthChange {
    const next =
      to === 'up' ? Operational.RUNNING : to === 'down' ? Operational.STOPPED : Operational.STOPPING;
    if (next === this.operational || this.isInMaintenance) return 'none';
    if (to === 'down') this.downs++;
    this.#operate(next, nowMs);
    return to;
  }

  #operate(next: Operational, nowMs: number): void {
    this.#downMs = this.downMs(nowMs);
    this.operational = next;
    this.lastChangeMs = nowMs;
  }
}
