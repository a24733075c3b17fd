/**
 * The servers of one backend and what is said when their states change.
 *
 * A farm changes only by its methods, each of which tells the owner about the server that changed and about every
 * line to be logged, the backend's own last. Servers that track one of its servers, here or in other farms, follow
 * every change behind it, in the order in which the owner names them.
 */
import { type AgentReply, agentWeight } from './agent-reply.ts';
import type { CheckOutcome } from './check-outcome.ts';
import { checkText, type FarmCounts, leftText, onlineText, reasonOf } from './farm-lines.ts';
import { FarmServer, type FarmServerSettings, type ForcedHealth, type HealthChange } from './farm-server.ts';
import { Admin } from './server-states.ts';
import { CheckResult, CheckState, CheckStatus } from './status.ts';

/** Syslog severities that changes are logged with (RFC 5424 §6.2.1). */
export const ChangeLevel = { EMERG: 0, ALERT: 1, NOTICE: 5 } as const;
export type ChangeLevel = (typeof ChangeLevel)[keyof typeof ChangeLevel];

/** A server by its farm and place. */
export interface ServerPlace {
  readonly farm: Farm;
  readonly index: number;
}

export interface FarmOwner {
  /** A state, weight or check of this server has changed. */
  changed(server: number): void;
  /** A line for the backend's log. On the console names of backends stand in quotes. */
  announce(level: ChangeLevel, text: string, consoleText: string): void;
  /** Sessions of a server, and requests waiting in the backend: for the lines. */
  sessions(server: number): number;
  queued(): number;
  /** Who tracks this server, in the order in which they are told. */
  followers(server: number): readonly ServerPlace[];
  /** Whom this server tracks; null for none. */
  tracked(server: number): ServerPlace | null;
  /** It has gone down, by whatever cause, or has come up or back into use. */
  wentDown(server: number): void;
  wentUp(server: number): void;
  /** An agent says how many sessions the server takes. */
  setMaxconn(server: number, maxconn: number): void;
}

export interface FarmSettings {
  readonly name: string;
  /** `listen` sections are called proxies. */
  readonly kind: 'backend' | 'proxy';
  readonly logsChecks: boolean;
  readonly servers: readonly FarmServerSettings[];
}

export type AdminState = 'ready' | 'drain' | 'maint';

export class Farm implements FarmCounts {
  servers: readonly FarmServer[];
  downs = 0;
  lastChangeMs: number;
  #settings: FarmSettings;
  #owner: FarmOwner;
  #isUp: boolean;
  #downMs = 0;

  constructor(settings: FarmSettings, owner: FarmOwner, nowMs: number) {
    this.#settings = settings;
    this.#owner = owner;
    this.servers = settings.servers.map((server) => new FarmServer(server, nowMs));
    this.lastChangeMs = nowMs;
    this.#isUp = this.#hasUsable();
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Milliseconds without a usable server. */
  downMs(nowMs: number): number {
    return this.#downMs + (this.#isUp ? 0 : nowMs - this.lastChangeMs);
  }

  sessions(index: number): number {
    return this.#owner.sessions(index);
  }

  queued(): number {
    return this.#owner.queued();
  }

  /** Whom a server tracks; null for none. */
  trackedBy(index: number): ServerPlace | null {
    return this.#owner.tracked(index);
  }

  /** A reload: other settings, and the servers in their new order, some of them kept. Nothing is said. */
  adopt(settings: FarmSettings, owner: FarmOwner, servers: readonly FarmServer[], nowMs: number): void {
    this.#settings = settings;
    this.#owner = owner;
    this.servers = servers;
    const isUp = this.#hasUsable();
    if (isUp === this.#isUp) return;
    this.#downMs = this.downMs(nowMs);
    this.#isUp = isUp;
    this.lastChangeMs = nowMs;
  }

  // Checks.

  checkBegins(index: number): void {
    const server = this.servers[index]!;
    server.checkState |= CheckState.IN_PROGRESS;
    server.result = CheckResult.UNKNOWN;
    this.#owner.changed(index);
  }

  checkEnds(index: number, outcome: CheckOutcome, nowMs: number): void {
    this.#learn(index, outcome, nowMs, (server) => server.learn(outcome, nowMs));
  }

  /** A check ends without counting. */
  checkDropped(index: number): void {
    this.servers[index]!.checkState &= ~CheckState.IN_PROGRESS;
    this.#owner.changed(index);
  }

  agentBegins(index: number): void {
    const { agent } = this.servers[index]!;
    agent.checkState |= CheckState.IN_PROGRESS;
    agent.result = CheckResult.UNKNOWN;
    this.#owner.changed(index);
  }

  /** `reply` is null where the agent did not answer. While it is disabled, an agent changes no weights and states. */
  agentEnds(index: number, outcome: CheckOutcome, reply: AgentReply | null, nowMs: number): void {
    const server = this.servers[index]!;
    const { agent } = server;
    const before = { health: agent.health, status: agent.last.status };
    if (reply !== null && agent.isEnabled) this.#obey(index, reply, nowMs);
    const wasLeaving = server.isLeaving;
    const change = server.learnFromAgent(outcome, nowMs);
    const isNews = agent.health !== before.health || agent.last.status !== before.status;
    const isLogged = this.#settings.logsChecks && isNews && agent.result !== CheckResult.NEUTRAL;
    if (isLogged) this.#say(ChangeLevel.NOTICE, checkText('Agent', server, this.#pathOf(server), outcome));
    this.#tell(index, change, this.#reason(outcome), wasLeaving, nowMs);
  }

  /** Traffic has met `error-limit` errors in a row, the last of which is named. False: nothing is made of it. */
  errorsObserved(index: number, lastError: string, nowMs: number): boolean {
    const server = this.servers[index]!;
    const { errorLimit } = server.settings;
    if (server.isDown || server.isInMaintenance || (server.checkState & CheckState.ENABLED) === 0)
      return false;
    const info = `Detected ${errorLimit} consecutive errors, last one was: ${lastError}`;
    const outcome = { status: CheckStatus.OBSERVED, code: 0, info, durationMs: -1 };
    this.#learn(index, outcome, nowMs, () => server.learnFromTraffic(outcome, nowMs));
    return true;
  }

  #learn(
    index: number,
    outcome: CheckOutcome,
    nowMs: number,
    learn: (server: FarmServer) => HealthChange,
  ): void {
    const server = this.servers[index]!;
    const before = { health: server.health, status: server.last.status };
    const wasLeaving = server.isLeaving;
    const change = learn(server);
    const isNews = server.health !== before.health || server.last.status !== before.status;
    if (this.#settings.logsChecks && isNews && !server.isInMaintenance)
      this.#say(ChangeLevel.NOTICE, checkText('Health', server, this.#pathOf(server), outcome));
    this.#tell(index, change, this.#reason(outcome), wasLeaving, nowMs);
  }

  /** With `option log-health-checks` the check has just been told by a line of its own. */
  #reason(outcome: CheckOutcome): string {
    return this.#settings.logsChecks ? '' : `, ${reasonOf(outcome)}`;
  }

  #obey(index: number, { state, weight, maxconn }: AgentReply, nowMs: number): void {
    const server = this.servers[index]!;
    if (state !== null) this.setState(index, state, nowMs);
    if (weight !== null) this.setWeight(index, agentWeight(weight, server.settings.weight), nowMs);
    if (maxconn !== null) this.#owner.setMaxconn(index, maxconn);
  }

  // What operators set.

  setHealth(index: number, health: ForcedHealth, nowMs: number): void {
    const server = this.servers[index]!;
    const wasLeaving = server.isLeaving;
    this.#tell(index, server.force(health, nowMs), ', changed from CLI', wasLeaving, nowMs);
  }

  setAgentHealth(index: number, health: 'up' | 'down', nowMs: number): void {
    const server = this.servers[index]!;
    const wasLeaving = server.isLeaving;
    this.#tell(index, server.forceAgent(health, nowMs), ', changed from CLI', wasLeaving, nowMs);
  }

  setState(index: number, state: AdminState, nowMs: number): void {
    if (state === 'maint') this.#forceMaintenance(index, nowMs);
    else {
      const isForced = (this.servers[index]!.admin & Admin.FORCED_MAINT) !== 0;
      if (isForced) this.#endForcedMaintenance(index, state, nowMs);
      else if (state === 'drain') this.#forceDrain(index, nowMs);
      else this.#endForcedDrain(index, nowMs);
    }
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

  setAgentChecking(index: number, checking: 'on' | 'off'): void {
    const { agent } = this.servers[index]!;
    if (checking === 'on') agent.checkState |= CheckState.ENABLED;
    else agent.checkState &= ~CheckState.ENABLED;
    this.#owner.changed(index);
  }

  // Maintenance.

  #forceMaintenance(index: number, nowMs: number): void {
    const server = this.servers[index]!;
    if ((server.admin & Admin.FORCED_MAINT) !== 0) return;
    const before = { isLeaving: server.isLeaving, isThere: server.isInMaintenance };
    server.admin &= ~Admin.FORCED_DRAIN;
    if (before.isThere) server.admin |= Admin.FORCED_MAINT;
    else
      this.#enterMaintenance(
        index,
        { mark: Admin.FORCED_MAINT, via: '', wasLeaving: before.isLeaving },
        nowMs,
      );
  }

  #enterMaintenance(
    index: number,
    { mark, via, wasLeaving }: { mark: number; via: string; wasLeaving: boolean },
    nowMs: number,
  ): void {
    const server = this.servers[index]!;
    const wasDown = server.isDown;
    server.enterMaintenance(mark, nowMs);
    if (wasDown)
      this.#say(ChangeLevel.NOTICE, `${this.#nameOf(server)} was DOWN and now enters maintenance${via}.`);
    else {
      this.#say(
        lostLevel(wasLeaving),
        `${this.#nameOf(server)} is going DOWN for maintenance${via}. ${leftText(this, index)}`,
      );
      this.#owner.wentDown(index);
    }
    this.#settle(index, nowMs);
    for (const { farm, index: follower } of this.#owner.followers(index))
      farm.#followMaintenance(follower, this.#via(index), nowMs);
  }

  #followMaintenance(index: number, via: string, nowMs: number): void {
    const server = this.servers[index]!;
    const mark = Admin.INHERITED_MAINT;
    if (server.isInMaintenance) server.admin |= mark;
    else this.#enterMaintenance(index, { mark, via, wasLeaving: server.isLeaving }, nowMs);
    this.#settle(index, nowMs);
  }

  #endForcedMaintenance(index: number, state: 'ready' | 'drain', nowMs: number): void {
    const server = this.servers[index]!;
    server.admin &= ~(Admin.FORCED_MAINT | Admin.FORCED_DRAIN);
    if (state === 'drain') server.admin |= Admin.FORCED_DRAIN;
    if (!server.isInMaintenance) this.#leaveMaintenance(index, 'leaving forced maintenance', nowMs);
    else
      this.#say(
        ChangeLevel.NOTICE,
        `${this.#nameOf(server)} is leaving forced maintenance but remains in maintenance${this.#sourceOf(index)}.`,
      );
  }

  #leaveMaintenance(index: number, how: string, nowMs: number): void {
    const server = this.servers[index]!;
    const source = this.#owner.tracked(index);
    server.leaveMaintenance(source === null ? null : source.farm.servers[source.index]!, nowMs);
    const word = server.isDown ? 'DOWN' : 'UP';
    const drain = server.isDraining ? 'DRAIN' : 'READY';
    this.#say(ChangeLevel.NOTICE, `${this.#nameOf(server)} is ${word}/${drain} (${how}).`);
    if (server.isDraining) this.#sayDrained(index);
    if (!server.isDown) this.#owner.wentUp(index);
    this.#settle(index, nowMs);
    for (const { farm, index: follower } of this.#owner.followers(index))
      farm.#followReturn(follower, server.isDraining, nowMs);
  }

  #followReturn(index: number, isDrained: boolean, nowMs: number): void {
    const server = this.servers[index]!;
    server.admin &= ~(Admin.INHERITED_MAINT | Admin.INHERITED_DRAIN);
    if (isDrained) server.admin |= Admin.INHERITED_DRAIN;
    if (server.isInMaintenance)
      this.#say(ChangeLevel.NOTICE, `${this.#nameOf(server)} remains in forced maintenance.`);
    else this.#leaveMaintenance(index, 'leaving maintenance', nowMs);
    this.#settle(index, nowMs);
  }

  // Drain.

  #forceDrain(index: number, nowMs: number): void {
    const server = this.servers[index]!;
    if ((server.admin & Admin.FORCED_DRAIN) !== 0) return;
    const wasDraining = server.isDraining;
    server.admin |= Admin.FORCED_DRAIN;
    if (server.isInMaintenance) return;
    if (wasDraining) this.#sayDrained(index);
    else this.#enterDrain(index, '', nowMs);
  }

  #enterDrain(index: number, via: string, nowMs: number): void {
    const server = this.servers[index]!;
    server.touch(nowMs);
    const tail = server.isDown ? leftText(this, index) : onlineText(this);
    this.#say(ChangeLevel.NOTICE, `${this.#nameOf(server)} enters drain state${via}. ${tail}`);
    this.#settle(index, nowMs);
    for (const { farm, index: follower } of this.#owner.followers(index))
      farm.#followDrain(follower, this.#via(index), nowMs);
  }

  #followDrain(index: number, via: string, nowMs: number): void {
    const server = this.servers[index]!;
    const isQuiet = server.isDraining || server.isInMaintenance;
    server.admin |= Admin.INHERITED_DRAIN;
    if (!isQuiet) this.#enterDrain(index, via, nowMs);
    this.#settle(index, nowMs);
  }

  #endForcedDrain(index: number, nowMs: number): void {
    const server = this.servers[index]!;
    if ((server.admin & Admin.FORCED_DRAIN) === 0) return;
    server.admin &= ~Admin.FORCED_DRAIN;
    if (server.isInMaintenance) return;
    if (server.isDraining) this.#sayDrained(index);
    else this.#leaveDrain(index, nowMs);
  }

  #leaveDrain(index: number, nowMs: number): void {
    const server = this.servers[index]!;
    server.touch(nowMs);
    const word = server.isDown ? 'DOWN' : 'UP';
    this.#say(ChangeLevel.NOTICE, `${this.#nameOf(server)} is ${word} (leaving forced drain).`);
    this.#settle(index, nowMs);
    for (const { farm, index: follower } of this.#owner.followers(index))
      farm.#followUndrain(follower, nowMs);
  }

  #followUndrain(index: number, nowMs: number): void {
    const server = this.servers[index]!;
    server.admin &= ~Admin.INHERITED_DRAIN;
    if (!server.isInMaintenance) {
      if (server.isDraining) this.#sayDrained(index);
      else this.#leaveDrain(index, nowMs);
    }
    this.#settle(index, nowMs);
  }

  // Lines.

  /** Tells a change of health, and makes it that of all who track this server. */
  #tell(index: number, change: HealthChange, cause: string, wasLeaving: boolean, nowMs: number): void {
    const server = this.servers[index]!;
    if (change !== 'none') {
      const name = this.#nameOf(server);
      if (change === 'down')
        this.#say(lostLevel(wasLeaving), `${name} is DOWN${cause}. ${leftText(this, index)}`);
      else
        this.#say(
          ChangeLevel.NOTICE,
          `${name} is ${change === 'up' ? 'UP' : 'stopping'}${cause}. ${onlineText(this)}`,
        );
      if ((server.admin & Admin.FORCED_DRAIN) !== 0) this.#sayDrained(index);
      if (change === 'down') this.#owner.wentDown(index);
      if (change === 'up') this.#owner.wentUp(index);
    }
    this.#settle(index, nowMs);
    if (change === 'none') return;
    for (const { farm, index: follower } of this.#owner.followers(index))
      farm.#followHealth(follower, change, this.#via(index), nowMs);
  }

  #followHealth(index: number, change: ForcedHealth, via: string, nowMs: number): void {
    const server = this.servers[index]!;
    const wasLeaving = server.isLeaving;
    this.#tell(index, server.become(change, nowMs), via, wasLeaving, nowMs);
  }

  /** Why it drains: forced itself, or because of the one that it tracks. */
  #sayDrained(index: number): void {
    const server = this.servers[index]!;
    const isForced = (server.admin & Admin.FORCED_DRAIN) !== 0;
    const why = isForced
      ? 'remains in forced drain mode'
      : `is leaving forced drain but remains in drain mode${this.#sourceOf(index)}`;
    this.#say(ChangeLevel.NOTICE, `${this.#nameOf(server)} ${why}.`);
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

  #pathOf({ settings }: FarmServer): string {
    return `${this.#settings.name}/${settings.name}`;
  }

  #nameOf(server: FarmServer): string {
    return `${server.settings.isBackup ? 'Backup ' : ''}Server ${this.#pathOf(server)}`;
  }

  /** As those who follow this server name it. */
  #via(index: number): string {
    return ` via ${this.#pathOf(this.servers[index]!)}`;
  }

  /** As this server names the one that it follows. */
  #sourceOf(index: number): string {
    const source = this.#owner.tracked(index);
    return source === null ? '' : source.farm.#via(source.index);
  }
}

/** Losing a server is an alert; one that took no traffic any more is not. */
function lostLevel(wasLeaving: boolean): ChangeLevel {
  return wasLeaving ? ChangeLevel.NOTICE : ChangeLevel.ALERT;
}
