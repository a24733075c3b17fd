/**
 * The servers of one backend and what is said when their states change: in HAProxy's words, as observed.
 *
 * A farm changes only by its methods, each of which tells the owner about the server that changed and about every
 * line to be logged, the backend's own last.
 */
import { type CheckOutcome, FarmServer, type FarmServerSettings, type HealthChange } from './farm-server.ts';
import { Operational } from './server-states.ts';
import { CheckResult, CheckState, hasCode, STATUS_TEXTS } from './status.ts';

/** Syslog severities that changes are logged with (RFC 5424 §6.2.1). */
export const ChangeLevel = { EMERG: 0, ALERT: 1, NOTICE: 5 } as const;
export type ChangeLevel = (typeof ChangeLevel)[keyof typeof ChangeLevel];

export interface FarmOwner {
  /** A state, weight or check of this server has changed. */
  changed(server: number): void;
  /** A line for the backend's log. On the console names of backends stand in quotes. */
  announce(level: ChangeLevel, text: string, consoleText: string): void;
  /** Sessions of a server, and requests waiting in the backend: for the lines. */
  sessions(server: number): number;
  queued(): number;
}

export interface FarmSettings {
  readonly name: string;
  /** `listen` sections are called proxies. */
  readonly kind: 'backend' | 'proxy';
  readonly logsChecks: boolean;
  readonly servers: readonly FarmServerSettings[];
}

export class Farm {
  readonly servers: readonly FarmServer[];
  downs = 0;
  lastChangeMs: number;
  readonly #settings: FarmSettings;
  readonly #owner: FarmOwner;
  #isUp: boolean;
  #downMs = 0;

  constructor(settings: FarmSettings, owner: FarmOwner, nowMs: number) {
    this.#settings = settings;
    this.#owner = owner;
    this.servers = settings.servers.map((server) => new FarmServer(server, nowMs));
    this.lastChangeMs = nowMs;
    this.#isUp = this.#hasUsable();
  }

  /** Milliseconds without a usable server. */
  downMs(nowMs: number): number {
    return this.#downMs + (this.#isUp ? 0 : nowMs - this.lastChangeMs);
  }

  checkBegins(index: number): void {
    const server = this.servers[index]!;
    server.checkState |= CheckState.IN_PROGRESS;
    server.result = CheckResult.UNKNOWN;
    this.#owner.changed(index);
  }

  checkEnds(index: number, outcome: CheckOutcome, nowMs: number): void {
    const server = this.servers[index]!;
    const before = { health: server.health, status: server.last.status };
    const wasUsable = server.isUsable;
    const change = server.learn(outcome, nowMs);
    const isNews = server.health !== before.health || server.last.status !== before.status;
    if (this.#settings.logsChecks && isNews && !server.isInMaintenance) this.#announceCheck(server, outcome);
    const reason = this.#settings.logsChecks ? '' : `, ${reasonOf(outcome)}`;
    if (change !== 'none') this.#announceHealth(index, change, reason, wasUsable);
    this.#settle(index, nowMs);
  }

  setHealth(index: number, health: 'up' | 'stopping' | 'down', nowMs: number): void {
    const server = this.servers[index]!;
    const wasUsable = server.isUsable;
    const change = server.force(health, nowMs);
    if (change !== 'none') this.#announceHealth(index, change, ', changed from CLI', wasUsable);
    this.#settle(index, nowMs);
  }

  setState(index: number, state: 'ready' | 'drain' | 'maint', nowMs: number): void {
    if (state === 'maint') this.#enterMaintenance(index, nowMs);
    else if (this.servers[index]!.isInMaintenance) this.#leaveMaintenance(index, state, nowMs);
    else this.#setDrain(index, state === 'drain', nowMs);
    this.#settle(index, nowMs);
  }

  setWeight(index: number, weight: number, nowMs: number): void {
    this.servers[index]!.weight = weight;
    this.#settle(index, nowMs);
  }

  setChecking(index: number, checking: 'on' | 'off'): void {
    const server = this.servers[index]!;
    if (checking === 'on') server.checkState |= CheckState.ENABLED;
    else server.checkState &= ~CheckState.ENABLED;
    this.#owner.changed(index);
  }

  #enterMaintenance(index: number, nowMs: number): void {
    const server = this.servers[index]!;
    if (server.isInMaintenance) return;
    const wasDown = server.operational === Operational.STOPPED;
    const wasUsable = server.isUsable;
    server.enterMaintenance(nowMs);
    if (wasDown)
      this.#say(ChangeLevel.NOTICE, `${this.#nameOf(server)} was DOWN and now enters maintenance.`);
    else
      this.#say(
        lostLevel(wasUsable),
        `${this.#nameOf(server)} is going DOWN for maintenance. ${this.#leftText(index)}`,
      );
  }

  #leaveMaintenance(index: number, state: 'ready' | 'drain', nowMs: number): void {
    const server = this.servers[index]!;
    server.leaveMaintenance(nowMs);
    if (state === 'drain') server.setDrain(true, nowMs);
    this.#say(
      ChangeLevel.NOTICE,
      `${this.#nameOf(server)} is UP/${state === 'drain' ? 'DRAIN' : 'READY'} (leaving forced maintenance).`,
    );
    if (state === 'drain') this.#sayDrained(server);
  }

  #setDrain(index: number, isDrained: boolean, nowMs: number): void {
    const server = this.servers[index]!;
    if (server.isDraining === isDrained) return;
    server.setDrain(isDrained, nowMs);
    const isDown = server.operational === Operational.STOPPED;
    if (!isDrained)
      this.#say(
        ChangeLevel.NOTICE,
        `${this.#nameOf(server)} is ${isDown ? 'DOWN' : 'UP'} (leaving forced drain).`,
      );
    else
      this.#say(
        ChangeLevel.NOTICE,
        `${this.#nameOf(server)} enters drain state. ${isDown ? this.#leftText(index) : this.#onlineText()}`,
      );
  }

  #announceHealth(index: number, change: HealthChange, reason: string, wasUsable: boolean): void {
    const server = this.servers[index]!;
    const name = this.#nameOf(server);
    if (change === 'down')
      this.#say(lostLevel(wasUsable), `${name} is DOWN${reason}. ${this.#leftText(index)}`);
    else
      this.#say(
        ChangeLevel.NOTICE,
        `${name} is ${change === 'up' ? 'UP' : 'stopping'}${reason}. ${this.#onlineText()}`,
      );
    if (server.isDraining) this.#sayDrained(server);
  }

  #announceCheck(server: FarmServer, outcome: CheckOutcome): void {
    const verb =
      server.result === CheckResult.FAILED
        ? 'failed'
        : server.result === CheckResult.CONDITIONAL
          ? 'conditionally succeeded'
          : 'succeeded';
    const name = `${server.settings.isBackup ? 'backup ' : ''}server ${this.#settings.name}/${server.settings.name}`;
    this.#say(
      ChangeLevel.NOTICE,
      `Health check for ${name} ${verb}, ${reasonOf(outcome)}, status: ${server.progress}.`,
    );
  }

  #sayDrained(server: FarmServer): void {
    this.#say(ChangeLevel.NOTICE, `${this.#nameOf(server)} remains in forced drain mode.`);
  }

  #say(level: ChangeLevel, text: string): void {
    this.#owner.announce(level, text, text);
  }

  /** Publishes the server, and says it when the backend has just lost its last one. */
  #settle(index: number, nowMs: number): void {
    this.#owner.changed(index);
    const isUp = this.#hasUsable();
    if (isUp === this.#isUp) return;
    this.#downMs = this.downMs(nowMs);
    this.#isUp = isUp;
    this.lastChangeMs = nowMs;
    if (isUp) return;
    this.downs++;
    const { kind, name } = this.#settings;
    this.#owner.announce(
      ChangeLevel.EMERG,
      `${kind} ${name} has no server available!`,
      `${kind} '${name}' has no server available!`,
    );
  }

  #hasUsable(): boolean {
    return this.servers.length === 0 || this.servers.some((server) => server.isUsable);
  }

  #nameOf({ settings }: FarmServer): string {
    return `${settings.isBackup ? 'Backup ' : ''}Server ${this.#settings.name}/${settings.name}`;
  }

  #leftText(index: number): string {
    return `${this.#counts()} left.${this.#onBackup()} ${this.#owner.sessions(index)} sessions active, 0 requeued, ${this.#owner.queued()} remaining in queue.`;
  }

  #onlineText(): string {
    return `${this.#counts()} online.${this.#onBackup()} 0 sessions requeued, ${this.#owner.queued()} total in queue.`;
  }

  #counts(): string {
    return `${this.#usableCount(false)} active and ${this.#usableCount(true)} backup servers`;
  }

  #onBackup(): string {
    return this.#usableCount(false) === 0 && this.#usableCount(true) > 0 ? ' Running on backup.' : '';
  }

  #usableCount(isBackup: boolean): number {
    return this.servers.filter((server) => server.isUsable && server.settings.isBackup === isBackup).length;
  }
}

/** Losing a server that was in use is an alert; one that took no traffic any more is not. */
function lostLevel(wasUsable: boolean): ChangeLevel {
  return wasUsable ? ChangeLevel.ALERT : ChangeLevel.NOTICE;
}

function reasonOf({ status, code, info, durationMs }: CheckOutcome): string {
  const codeText = hasCode(status) ? `, code: ${code}` : '';
  const infoText = info === '' ? '' : `, info: "${info}"`;
  return `reason: ${STATUS_TEXTS[status].description}${codeText}${infoText}, check duration: ${durationMs}ms`;
}
