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
import type { CheckOutcome } from './check-outcome.ts';
import { ServerAgent } from './server-agent.ts';
import { Admin, isDraining, isInMaintenance, isUsable, Operational } from './server-states.ts';
import { CheckResult, CheckState, CheckStatus, STATUS_TEXTS } from './status.ts';

/** `init-state`: how a server begins and how it comes out of maintenance. */
export type InitialState = 'fully-up' | 'up' | 'down' | 'fully-down' | 'none';
/** `on-error`: what observed errors do. */
export type OnError = 'fastinter' | 'fail-check' | 'sudden-death' | 'mark-down';

export interface FarmServerSettings {
  readonly name: string;
  readonly isBackup: boolean;
  readonly isChecked: boolean;
  readonly isDisabled: boolean;
  readonly rise: number;
  readonly fall: number;
  readonly weight: number;
  readonly initialState: InitialState;
  readonly hasAgent: boolean;
  /** Observed errors in a row that do what `onError` says. */
  readonly errorLimit: number;
  readonly onError: OnError;
}

/** Where its checks and its agent are, as `show servers state` tells it: '' and 0 for the server's own. */
export interface CheckTargets {
  readonly checkAddress: string;
  readonly checkPort: number;
  readonly agentAddress: string;
  readonly agentPort: number;
}

const OWN_TARGETS: CheckTargets = { checkAddress: '', checkPort: 0, agentAddress: '', agentPort: 0 };

/** What became of a server by an outcome. */
export type HealthChange = 'none' | 'up' | 'down' | 'stopping';
export type ForcedHealth = Exclude<HealthChange, 'none'>;

const STATES: { readonly [health in ForcedHealth]: Operational } = {
  up: Operational.RUNNING,
  down: Operational.STOPPED,
  stopping: Operational.STOPPING,
};

export class FarmServer {
  settings: FarmServerSettings;
  operational: Operational;
  admin: number;
  weight: number;
  health = 0;
  checkState: number;
  agent: ServerAgent;
  targets: CheckTargets = OWN_TARGETS;
  result: CheckResult = CheckResult.UNKNOWN;
  /** The last outcome; its status is INITIALIZING before the first. */
  last: CheckOutcome = { status: CheckStatus.INITIALIZING, code: 0, info: '', durationMs: 0 };
  /** Checks failed while up, times gone down, and times that observed errors reached their limit. */
  fails = 0;
  downs = 0;
  observedFails = 0;
  /** Times that maintenance has begun: a check that was under way then tells nothing any more. */
  pauses = 0;
  lastChangeMs: number;
  #downMs = 0;

  constructor(settings: FarmServerSettings, nowMs: number) {
    this.settings = settings;
    this.weight = settings.weight;
    this.admin = settings.isDisabled ? Admin.FORCED_MAINT | Admin.CONFIG_MAINT : 0;
    this.operational = Operational.STOPPED;
    const configured = settings.isChecked ? CheckState.CONFIGURED | CheckState.ENABLED : 0;
    this.checkState = configured | (settings.isDisabled ? CheckState.PAUSED : 0);
    this.agent = new ServerAgent(settings.hasAgent);
    this.lastChangeMs = nowMs;
    if (!settings.isDisabled) this.operational = this.#begin();
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

  get isDown(): boolean {
    return this.operational === Operational.STOPPED;
  }

  /** Takes no traffic although it is up: losing it is no alert. */
  get isLeaving(): boolean {
    return this.operational === Operational.STOPPING || this.isDraining;
  }

  /** Milliseconds spent down, the present time included. */
  downMs(nowMs: number): number {
    return this.#downMs + (this.isDown ? nowMs - this.lastChangeMs : 0);
  }

  clearCounters(): void {
    this.fails = 0;
    this.downs = 0;
    this.observedFails = 0;
  }

  /** Moves the counter by what a check found. A server in maintenance learns nothing. */
  learn(outcome: CheckOutcome, nowMs: number): HealthChange {
    this.checkState &= ~CheckState.IN_PROGRESS;
    if (this.isInMaintenance) return 'none';
    this.last = outcome;
    this.result = STATUS_TEXTS[outcome.status].result;
    return this.result === CheckResult.FAILED ? this.#fail(nowMs) : this.#pass(nowMs);
  }

  /** As `learn`, from an agent: what it says counts in maintenance too, when that is over. */
  learnFromAgent(outcome: CheckOutcome, nowMs: number): HealthChange {
    this.agent.learn(outcome);
    if (outcome.status === CheckStatus.L7_STATUS) return this.become('down', nowMs);
    if (outcome.status !== CheckStatus.L7_OK) return 'none';
    return this.isDown && this.#isHealthy ? this.become('up', nowMs) : 'none';
  }

  /** Observed errors have reached their limit: what `on-error` makes of it. */
  learnFromTraffic(outcome: CheckOutcome, nowMs: number): HealthChange {
    this.observedFails++;
    const { onError, rise } = this.settings;
    if (onError === 'fastinter' || this.isInMaintenance) return 'none';
    if (onError === 'sudden-death') this.health = Math.min(this.health, rise + 1);
    if (onError === 'mark-down') this.health = Math.min(this.health, rise);
    this.last = outcome;
    this.result = CheckResult.FAILED;
    return this.#fail(nowMs);
  }

  /** Puts health and operational state where `set server … health` wants them. */
  force(to: ForcedHealth, nowMs: number): HealthChange {
    this.health = to === 'down' ? 0 : this.healthMax;
    return this.become(to, nowMs);
  }

  /** As `set server … agent` wants it, whatever the checks say. */
  forceAgent(to: 'up' | 'down', nowMs: number): HealthChange {
    this.agent.health = to === 'up' ? 1 : 0;
    if (to === 'up' && !this.isDown) return 'none';
    return this.become(to, nowMs);
  }

  /** `marks` are bits of Admin that put it into maintenance. */
  enterMaintenance(marks: number, nowMs: number): void {
    this.admin |= marks;
    this.pauses++;
    if (this.settings.isChecked) this.checkState |= CheckState.PAUSED;
    if (this.settings.isChecked || !this.isDown) this.health = 0;
    if (this.isDown) return;
    this.#operate(Operational.STOPPED, nowMs);
    this.downs++;
  }

  /** To be called when no mark of maintenance is left. `source` is the server that it tracks. */
  leaveMaintenance(source: FarmServer | null, nowMs: number): void {
    if (this.settings.isChecked) this.checkState &= ~CheckState.PAUSED;
    const begun =
      this.settings.isChecked || this.settings.initialState !== 'none' ? this.#begin() : Operational.RUNNING;
    const own = this.agent.permitsUp ? begun : Operational.STOPPED;
    this.#operate(source?.operational ?? own, nowMs);
  }

  /** Takes over the state of the server that it tracks, or one by other means. In maintenance nothing changes. */
  become(to: ForcedHealth, nowMs: number): HealthChange {
    const next = STATES[to];
    if (next === this.operational || this.isInMaintenance) return 'none';
    if (to === 'down') this.downs++;
    this.#operate(next, nowMs);
    return to;
  }

  /** Something about it has changed, as far as its time of the last change goes. */
  touch(nowMs: number): void {
    this.#operate(this.operational, nowMs);
  }

  /** At the start, and where a reload lets it track another server: it is as that one, and nothing is said. */
  align(source: FarmServer, nowMs: number): void {
    this.admin &= ~(Admin.INHERITED_MAINT | Admin.INHERITED_DRAIN);
    if (source.isInMaintenance) this.admin |= Admin.INHERITED_MAINT;
    else if (source.isDraining) this.admin |= Admin.INHERITED_DRAIN;
    const next = this.isInMaintenance ? Operational.STOPPED : source.operational;
    if (next !== this.operational) this.#operate(next, nowMs);
  }

  /** A reload: it tracks no other server any more, and is up unless its own checks say otherwise. */
  endTracking(nowMs: number): void {
    this.admin &= ~(Admin.INHERITED_MAINT | Admin.INHERITED_DRAIN);
    if (this.isInMaintenance) return;
    this.#operate(this.#begin(), nowMs);
  }

  /** A reload: what the configuration has changed counts, what it has not stays as it was changed at run time. */
  reconfigure(settings: FarmServerSettings, nowMs: number): void {
    const before = this.settings;
    const wasFull = this.health >= this.healthMax;
    const wasUp = this.health >= before.rise;
    this.settings = settings;
    if (settings.weight !== before.weight) this.weight = settings.weight;
    if (settings.hasAgent !== before.hasAgent) this.agent = new ServerAgent(settings.hasAgent);
    if (settings.isChecked !== before.isChecked) this.#changeChecking(nowMs);
    else if (wasUp) this.health = wasFull ? this.healthMax : Math.min(this.healthMax, settings.rise);
    else this.health = Math.min(this.health, settings.rise - 1);
    if (settings.isDisabled === before.isDisabled) return;
    if (settings.isDisabled) this.enterMaintenance(Admin.FORCED_MAINT | Admin.CONFIG_MAINT, nowMs);
    else this.#endConfiguredMaintenance(nowMs);
  }

  #changeChecking(nowMs: number): void {
    const { isChecked, rise } = this.settings;
    const paused = this.isInMaintenance ? CheckState.PAUSED : 0;
    this.checkState = isChecked ? CheckState.CONFIGURED | CheckState.ENABLED | paused : 0;
    this.last = { status: CheckStatus.INITIALIZING, code: 0, info: '', durationMs: 0 };
    this.result = CheckResult.UNKNOWN;
    if (this.isInMaintenance) return;
    this.health = rise;
    if (this.agent.permitsUp && this.operational !== Operational.RUNNING)
      this.#operate(Operational.RUNNING, nowMs);
  }

  #endConfiguredMaintenance(nowMs: number): void {
    const wasThere = this.isInMaintenance;
    this.admin &= ~(Admin.FORCED_MAINT | Admin.CONFIG_MAINT);
    if (wasThere && !this.isInMaintenance) this.leaveMaintenance(null, nowMs);
  }

  /** `1/2 DOWN` or `3/3 UP`, as `option log-health-checks` prints it; `DRAIN` where its weight is 0. */
  get progress(): string {
    const { rise, fall } = this.settings;
    return this.health >= rise
      ? `${this.health - rise + 1}/${fall} ${this.#upWord}`
      : `${this.health}/${rise} DOWN`;
  }

  get agentProgress(): string {
    return this.agent.health > 0 ? `1/1 ${this.#upWord}` : '0/1 DOWN';
  }

  get #upWord(): string {
    return this.weight === 0 ? 'DRAIN' : 'UP';
  }

  get #isHealthy(): boolean {
    const isChecked = (this.checkState & (CheckState.ENABLED | CheckState.PAUSED)) === CheckState.ENABLED;
    return !isChecked || this.health >= this.settings.rise;
  }

  /** Sets health as `init-state` says. */
  #begin(): Operational {
    const { initialState, rise } = this.settings;
    if (initialState === 'fully-up') this.health = this.healthMax;
    else if (initialState === 'fully-down') this.health = 0;
    else this.health = initialState === 'down' ? rise - 1 : rise;
    return this.health >= rise ? Operational.RUNNING : Operational.STOPPED;
  }

  #pass(nowMs: number): HealthChange {
    if (this.health < this.healthMax) {
      this.health++;
      if (this.health >= this.settings.rise) this.health = this.healthMax;
    }
    if (this.health < this.settings.rise || !this.agent.permitsUp) return 'none';
    return this.become(this.result === CheckResult.CONDITIONAL ? 'stopping' : 'up', nowMs);
  }

  #fail(nowMs: number): HealthChange {
    if (this.health > 0) this.fails++;
    this.health = this.health > this.settings.rise ? this.health - 1 : 0;
    return this.health === 0 ? this.become('down', nowMs) : 'none';
  }

  #operate(next: Operational, nowMs: number): void {
    this.#downMs = this.downMs(nowMs);
    this.operational = next;
    this.lastChangeMs = nowMs;
  }
}
