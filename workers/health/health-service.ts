/**
 * The states of all servers, decided in this one place: by health checks, agents, observed traffic and operators.
 * Publishes them in shared memory for every thread's next pick, and logs what changes.
 */
import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Model, ProxyModel, ServerModel } from '../../config/model/model.ts';
import type { ServerControl, ServerRef } from '../../src/command/process-context.ts';
import { ChangeLevel, type Farm, type FarmOwner } from '../../src/health/farm.ts';
import type { CheckTargets, FarmServer } from '../../src/health/farm-server.ts';
import { statusOf } from '../../src/health/server-states.ts';
import { stateHeader } from '../../src/health/state-header.ts';
import type { LogSink } from '../log/sink.ts';
import type { Console } from '../process/console.ts';
import type { SharedControl } from '../shared/shared-state.ts';
import type { CheckSubject } from './check-loop.ts';
import { type AgentChanges, agentPlanOf, checkPlanOf } from './check-plan.ts';
import { CheckSchedule, type ScheduleTuning, type WantedCheck } from './check-schedule.ts';
import { CheckedBackend, linkTracking } from './checked-backend.ts';
import { SlowStarts } from './slow-starts.ts';

export interface HealthParts {
  readonly model: Model;
  readonly control: SharedControl;
  readonly console: Console;
  /** Where the log lines of a proxy go. */
  sinkOf(proxy: ProxyModel): LogSink;
  /** Ends the sessions of a server in all threads, because it or another went down or up. */
  closeSessions?(serverSlot: number, cause: 'down' | 'up'): void;
}

/** HAProxy's default of tune.bufsize, in bytes. */
const BUFFER_BYTES_DEFAULT = 16_384;

export class HealthService implements Omit<ServerControl, 'clearCounters'> {
  readonly #parts: HealthParts;
  /** By name. */
  readonly #backends = new Map<string, CheckedBackend>();
  readonly #slowStarts: SlowStarts;
  readonly #schedule = new CheckSchedule(isDeepStrictEqual);
  #model: Model;
  #byId: ReadonlyMap<number, CheckedBackend> = new Map();

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#slowStarts = new SlowStarts(parts.control);
    this.#model = parts.model;
    this.adopt(parts.model);
  }

  start(): void {
    this.#schedule.start();
  }

  stop(): void {
    this.#schedule.stop();
    this.#slowStarts.stop();
  }

  /**
   * A model comes into force, whose slots `control` knows already. What keeps the names of its backend and itself goes
   * on as it is, with what the configuration has changed; checks of the others begin and end.
   */
  adopt(model: Model): void {
    const nowMs = Date.now();
    this.#model = model;
    const proxies = model.proxies.filter(({ kind }) => kind !== 'frontend');
    const names = new Set(proxies.map(({ name }) => name));
    for (const name of this.#backends.keys()) if (!names.has(name)) this.#backends.delete(name);
    for (const proxy of proxies) {
      const known = this.#backends.get(proxy.name);
      if (known === undefined)
        this.#backends.set(proxy.name, new CheckedBackend(proxy, (backend) => this.#ownerOf(backend), nowMs));
      else known.adopt(proxy, this.#ownerOf(known), nowMs);
    }
    this.#byId = new Map(proxies.map(({ id, name }) => [id, this.#backends.get(name)!]));
    linkTracking(this.#backends, nowMs);
    this.#reschedule();
    for (const backend of this.#backends.values())
      for (const index of backend.farm.servers.keys()) this.#publish(backend, index);
  }

  /** The servers of a backend; undefined for a frontend. */
  farm(proxyId: number): Farm | undefined {
    return this.#byId.get(proxyId)?.farm;
  }

  // What operators set.

  setState(server: ServerRef, state: 'ready' | 'drain' | 'maint'): void {
    this.#with(server, ({ farm }, index) => farm.setState(index, state, Date.now()));
  }

  setHealth(server: ServerRef, health: 'up' | 'stopping' | 'down'): void {
    this.#with(server, ({ farm }, index) => farm.setHealth(index, health, Date.now()));
  }

  setAgentHealth(server: ServerRef, health: 'up' | 'down'): void {
    this.#with(server, ({ farm }, index) => farm.setAgentHealth(index, health, Date.now()));
  }

  setWeight(server: ServerRef, weight: number): void {
    this.#with(server, ({ farm }, index) => farm.setWeight(index, weight, Date.now()));
  }

  setChecking(server: ServerRef, checking: 'on' | 'off'): void {
    this.#with(server, ({ farm }, index) => farm.setChecking(index, checking));
  }

  setAgentChecking(server: ServerRef, checking: 'on' | 'off'): void {
    this.#with(server, ({ farm }, index) => farm.setAgentChecking(index, checking));
  }

  setMaxconn(server: ServerRef, maxconn: number): void {
    this.#with(server, (backend, index) => this.#setMaxconn(backend, index, maxconn));
  }

  /** What is not given stays as it is. */
  setCheckTarget(server: ServerRef, target: { host?: string; port?: number }): void {
    this.#with(server, ({ checkChanges, proxy }, index) => {
      const { name } = proxy.servers[index]!;
      checkChanges.set(name, { ...checkChanges.get(name), ...target });
      this.#reschedule();
    });
  }

  setAgent(server: ServerRef, agent: { host?: string; port?: number; send?: string }): void {
    this.#with(server, ({ agentChanges, proxy }, index) => {
      const { name } = proxy.servers[index]!;
      agentChanges.set(name, { ...agentChanges.get(name), ...agent });
      this.#reschedule();
    });
  }

  /** The failed checks and downs of servers count from 0 again; those of backends go on, as HAProxy's do. */
  clearCounters(): void {
    for (const { farm } of this.#backends.values()) for (const server of farm.servers) server.clearCounters();
  }

  /** A thread has met the last of so many errors in a row of a server that they count; see `error-limit`. */
  errorsObserved(serverSlot: number, lastError: string): void {
    const entry = this.#parts.control.slots.at(serverSlot);
    if (entry?.kind !== 'server') return;
    const backend = this.#backends.get(this.#model.proxies[entry.proxy]!.name);
    if (backend === undefined || !backend.farm.errorsObserved(entry.server, lastError, Date.now())) return;
    this.#schedule.hasten(keyOf(backend, entry.server, 'health'));
  }

  #with({ proxyId, serverId }: ServerRef, act: (backend: CheckedBackend, index: number) => void): void {
    const backend = this.#byId.get(proxyId);
    const index = backend?.proxy.servers.findIndex(({ id }) => id === serverId) ?? -1;
    if (backend !== undefined && index >= 0) act(backend, index);
  }

  #setMaxconn({ proxy }: CheckedBackend, index: number, maxconn: number): void {
    const { control } = this.#parts;
    control.setMaxconn(control.slots.server(proxy.id, index), maxconn);
  }

  // Farms.

  #ownerOf(backend: CheckedBackend): FarmOwner {
    const { control, console, sinkOf } = this.#parts;
    const slotOf = (index: number): number => control.slots.server(backend.proxy.id, index);
    return {
      changed: (index) => this.#publish(backend, index),
      announce(level, text, consoleText) {
        console.write(level === ChangeLevel.EMERG ? 'ALERT' : 'WARNING', consoleText);
        sinkOf(backend.proxy).send(level, text);
      },
      sessions: (index) => control.current(slotOf(index)),
      queued: () => control.queueLength(control.slots.backend(backend.proxy.id)),
      followers: (index) => backend.followers[index] ?? [],
      tracked: (index) => backend.tracked[index] ?? null,
      wentDown: (index) => this.#wentDown(backend, index),
      wentUp: (index) => this.#wentUp(backend, index),
      setMaxconn: (index, maxconn) => this.#setMaxconn(backend, index, maxconn),
    };
  }

  #wentDown({ proxy }: CheckedBackend, index: number): void {
    if (proxy.servers[index]!.options.onMarkedDown === undefined) return;
    const { control, closeSessions } = this.#parts;
    closeSessions?.(control.slots.server(proxy.id, index), 'down');
  }

  /** Only a server that takes traffic again takes it from the backups. */
  #wentUp({ proxy, farm }: CheckedBackend, index: number): void {
    if (proxy.servers[index]!.options.onMarkedUp === undefined) return;
    const server = farm.servers[index]!;
    if (server.settings.isBackup || !server.isUsable) return;
    const { control, closeSessions } = this.#parts;
    for (const [place, { settings }] of farm.servers.entries())
      if (settings.isBackup) closeSessions?.(control.slots.server(proxy.id, place), 'up');
  }

  /** States first: a thread that sees the new version must not see an old state. */
  #publish({ proxy, farm }: CheckedBackend, index: number): void {
    const server = farm.servers[index];
    const { control } = this.#parts;
    const slot = control.slots.server(proxy.id, index);
    if (server === undefined || slot < 0) return;
    if (control.adminState(slot) !== server.admin) control.setAdminState(slot, server.admin);
    this.#slowStarts.publish(slot, server, proxy.servers[index]!.options.slowStartMs ?? 0);
    const { status, code, durationMs } = server.last;
    const { result, health, checkState: state } = server;
    control.setCheck(slot, { status, code, durationMs, result, health, state });
  }

  // Checks.

  #reschedule(): void {
    const {
      spreadChecksPct = 0,
      maxSpreadChecksMs = 0,
      bufferBytes = BUFFER_BYTES_DEFAULT,
    } = this.#model.global;
    const tuning: ScheduleTuning = {
      spreadPct: spreadChecksPct,
      maxSpreadMs: maxSpreadChecksMs,
      random: Math.random,
      bufferBytes,
    };
    const wanted = [...this.#backends.values()].flatMap((backend) => this.#checksOf(backend, tuning));
    this.#schedule.replace(wanted, tuning);
  }

  #checksOf(backend: CheckedBackend, { spreadPct, bufferBytes }: ScheduleTuning): WantedCheck[] {
    return backend.proxy.servers.flatMap((model, index) => {
      const { proxy, farm } = backend;
      const checked = backend.checkedServer(model);
      const agentChanges = backend.agentChanges.get(model.name);
      const server = farm.servers[index]!;
      server.targets = targetsOf(checked, model.options.checkPort, agentChanges);
      const place = (): number => farm.servers.indexOf(server);
      const health = checkPlanOf(proxy, checked, () => this.#stateText(backend, place()));
      const agent = agentPlanOf(proxy, model, agentChanges);
      const origin = [originOf(proxy, checked), agentChanges, spreadPct, bufferBytes];
      const checks: WantedCheck[] = [];
      if (health !== null)
        checks.push({
          key: keyOf(backend, index, 'health'),
          origin,
          plan: health,
          subject: healthSubject(farm, server, place),
        });
      if (agent !== null)
        checks.push({
          key: keyOf(backend, index, 'agent'),
          origin,
          plan: agent,
          subject: agentSubject(farm, server, place),
        });
      return checks;
    });
  }

  /** The value of X-Haproxy-Server-State. */
  #stateText({ proxy, farm }: CheckedBackend, index: number): string {
    const { control } = this.#parts;
    const server = farm.servers[index]!;
    const { address, resolvedHost } = proxy.servers[index]!;
    const slotOf = (place: number): number => control.slots.server(proxy.id, place);
    const weightOf = (place: number): number => Math.ceil(control.effectiveWeight(slotOf(place)) / 16);
    let totalWeight = 0;
    for (const [place, each] of farm.servers.entries()) if (each.isUsable) totalWeight += weightOf(place);
    return stateHeader({
      status: statusOf({
        operational: server.operational,
        admin: server.admin,
        isChecked: true,
        health: server.health,
        rise: server.settings.rise,
        fall: server.settings.fall,
        tracked: '',
        hasAgent: false,
        agentHealth: 1,
      }),
      name: `${proxy.name}/${server.settings.name}`,
      host: address.family === 'unix' ? '' : (resolvedHost ?? ''),
      port: address.portLow,
      node: this.#model.global.node ?? hostname(),
      weight: weightOf(index),
      totalWeight,
      sessions: control.current(slotOf(index)),
      totalSessions: control.current(control.slots.backend(proxy.id)),
      queued: control.queueLength(slotOf(index)),
    });
  }
}

function keyOf({ proxy }: CheckedBackend, index: number, kind: 'health' | 'agent'): string {
  return `${kind} ${proxy.name}/${proxy.servers[index]!.name}`;
}

/** `port` of a server line is the agent's too, unless that has its own. */
function targetsOf(
  { options }: ServerModel,
  configuredPort: number | undefined,
  agent: AgentChanges | undefined,
): CheckTargets {
  return {
    checkAddress: options.checkAddress ?? '',
    checkPort: options.checkPort ?? 0,
    agentAddress: agent?.host ?? options.agentAddress ?? '',
    agentPort: agent?.port ?? options.agentPort ?? configuredPort ?? 0,
  };
}

/** All that the plans of a server are made of. */
function originOf({ name, settings }: ProxyModel, server: ServerModel): unknown {
  const { checkMethod, httpCheckLines, tcpCheckLines, timeoutCheckMs, timeoutConnectMs } = settings;
  const { options } = server;
  return {
    name,
    checkMethod,
    httpCheckLines,
    tcpCheckLines,
    timeoutCheckMs,
    timeoutConnectMs,
    disablesOn404: settings.httpCheckDisablesOn404,
    sendsState: settings.httpCheckSendsState,
    host: server.resolvedHost,
    address: server.address,
    isChecked: options.isChecked,
    intervals: [options.interMs, options.fastInterMs, options.downInterMs, options.agentInterMs],
    target: [options.checkAddress, options.checkPort],
    agent: [options.hasAgent, options.agentAddress, options.agentPort, options.agentSend],
  };
}

function healthSubject(farm: Farm, server: FarmServer, place: () => number): CheckSubject {
  let pauses = 0;
  return {
    server,
    begins() {
      pauses = server.pauses;
      farm.checkBegins(place());
    },
    ends(verdict) {
      if (server.pauses === pauses) farm.checkEnds(place(), verdict, Date.now());
      else farm.checkDropped(place());
    },
  };
}

function agentSubject(farm: Farm, server: FarmServer, place: () => number): CheckSubject {
  return {
    server,
    begins: () => farm.agentBegins(place()),
    ends: (verdict) => farm.agentEnds(place(), verdict, verdict.agent ?? null, Date.now()),
  };
}
