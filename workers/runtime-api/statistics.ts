/** Reads the statistics of this moment out of shared memory and the model: what the runtime API's commands show. */
import { readFileSync } from 'node:fs';
import type { Model, ProxyModel, ServerModel } from '../../config/model/model.ts';
import type { Farm } from '../../src/health/farm.ts';
import type {
  BackendStats,
  FrontendStats,
  ProcessStats,
  ProxyStats,
  ServerStats,
  SideStats,
  StatsView,
  TrafficCounts,
} from '../../src/stats/view.ts';
import type { StartOptions } from '../messages.ts';
import { fullconnsOf } from '../shared/fullconn.ts';
import { COUNTER, COUNTERS, type CounterName, RateKind, type SharedState } from '../shared/shared-state.ts';
import { PROCESS_SLOT } from '../shared/slots.ts';
import { healthStats } from './check-stats.ts';

/** `Release_date` of show info: moves with the version in package.json. */
const RELEASE_DATE = '2026/11/23';

export interface StatisticsParts {
  readonly model: Model;
  readonly options: StartOptions;
  readonly shared: SharedState;
  /** Stats sockets: they count as listeners. */
  readonly statsListeners: number;
  farm(proxyId: number): Farm | undefined;
  isStopping(): boolean;
  /** True while a proxy's listeners do not accept. */
  isPaused(proxyId: number): boolean;
  droppedLogs(): number;
}

/** Sums at the time when an operator cleared them, and what they are of. */
interface ClearedCounts {
  readonly identity: string;
  readonly counts: TrafficCounts;
}

export class Statistics {
  readonly #parts: StatisticsParts;
  /** What `clear counters all` takes off: the sums as they were then, by slot. */
  #cleared = new Map<number, ClearedCounts>();
  #clearedAtMs = 0;
  #fullconns: ReadonlyMap<string, number>;
  #model: Model;
  #listeners: number;

  constructor(parts: StatisticsParts) {
    this.#parts = parts;
    this.#model = parts.model;
    this.#fullconns = fullconnsOf(parts.model);
    this.#listeners = listenersOf(parts.model) + parts.statsListeners;
  }

  /** A reload: what has kept its slot goes on counting. */
  adopt(model: Model, statsListeners: number): void {
    const identities = new Map(
      this.#parts.shared.slots.entries.map(({ slot, identity }) => [slot, identity]),
    );
    for (const [slot, { identity }] of this.#cleared)
      if (identities.get(slot) !== identity) this.#cleared.delete(slot);
    this.#model = model;
    this.#fullconns = fullconnsOf(model);
    this.#listeners = listenersOf(model) + statsListeners;
  }

  view(): StatsView {
    return {
      process: this.#process(),
      proxies: this.#model.proxies.map((proxy) => this.#proxy(proxy)),
    };
  }

  /** The process's totals count connections of operators too. */
  countOperator(): void {
    const { shared } = this.#parts;
    shared.count(PROCESS_SLOT, COUNTER.conn_tot, 1);
    shared.count(PROCESS_SLOT, COUNTER.req_tot, 1);
  }

  /** All counters begin at 0 again. The threads' own sums go on. */
  clearAll(): void {
    this.#cleared = new Map();
    const { shared } = this.#parts;
    this.#cleared = new Map(
      shared.slots.entries.map(({ slot, identity }) => [slot, { identity, counts: this.#counts(slot) }]),
    );
    this.#clearedAtMs = Date.now();
  }

  #process(): ProcessStats {
    const { options, shared } = this.#parts;
    const [model, listeners] = [this.#model, this.#listeners];
    const total = (kind: 'frontend' | 'backend', name: CounterName): number => {
      let sum = 0;
      for (const entry of shared.slots.entries)
        if (entry.kind === kind) sum += shared.sum(entry.slot, COUNTER[name]);
      return sum;
    };
    return {
      name: options.programName === 'haproxy' ? 'HAProxy' : 'Fairlead',
      version: options.version,
      releaseDate: RELEASE_DATE,
      threads: options.threads,
      pid: process.pid,
      startedAtMs: options.startedAtMs,
      nowMs: Date.now(),
      openFileLimit: openFileLimit(),
      maxconn: shared.maxconn(PROCESS_SLOT),
      maxconnInitial: model.global.maxconn ?? 0,
      connections: shared.current(PROCESS_SLOT),
      connectionsTotal: total('frontend', 'conn_tot') + shared.sum(PROCESS_SLOT, COUNTER.conn_tot),
      requestsTotal: shared.sum(PROCESS_SLOT, COUNTER.req_tot),
      connectionRate: shared.rate(PROCESS_SLOT, RateKind.CONNECTION),
      connectionRateMax: shared.maxRate(PROCESS_SLOT, RateKind.CONNECTION),
      sessionRate: shared.rate(PROCESS_SLOT, RateKind.SESSION),
      sessionRateMax: shared.maxRate(PROCESS_SLOT, RateKind.SESSION),
      memoryLimitMb: 0,
      idlePct: Math.round((1 - performance.eventLoopUtilization().utilization) * 100),
      node: model.global.node ?? options.nodeName,
      description: model.global.description ?? '',
      isStopping: this.#parts.isStopping(),
      jobs: shared.current(PROCESS_SLOT) + listeners,
      listeners,
      droppedLogs: this.#parts.droppedLogs(),
      bytesOutTotal: total('frontend', 'bout'),
      warnings: 0,
    };
  }

  #proxy(proxy: ProxyModel): ProxyStats {
    const { slots } = this.#parts.shared;
    const [frontend, backend] = [slots.frontend(proxy.id), slots.backend(proxy.id)];
    const farm = this.#parts.farm(proxy.id);
    return {
      id: proxy.id,
      name: proxy.name,
      mode: proxy.mode,
      isIdForced: proxy.isIdForced ?? false,
      frontend: frontend < 0 ? null : this.#frontend(proxy.id, frontend),
      backend: backend < 0 || farm === undefined ? null : this.#backend(proxy, backend, farm),
      servers:
        farm === undefined
          ? []
          : proxy.servers.map((server, index) =>
              this.#server(server, slots.server(proxy.id, index), farm, index),
            ),
    };
  }

  #frontend(proxyId: number, slot: number): FrontendStats {
    const { shared } = this.#parts;
    const model = this.#model;
    const side = this.#side(slot);
    const limit = side.limit > 0 ? side.limit : (model.global.maxconn ?? 0);
    return {
      ...side,
      limit,
      status: this.#frontendStatus(proxyId, limit > 0 && side.current >= limit),
      rateLimit: 0,
      requestRate: shared.rate(slot, RateKind.REQUEST),
      requestRateMax: shared.maxRate(slot, RateKind.REQUEST),
      connectionRate: shared.rate(slot, RateKind.CONNECTION),
      connectionRateMax: shared.maxRate(slot, RateKind.CONNECTION),
    };
  }

  #frontendStatus(proxyId: number, isFull: boolean): FrontendStats['status'] {
    if (this.#parts.isStopping()) return 'STOP';
    if (this.#parts.isPaused(proxyId)) return 'PAUSED';
    return isFull ? 'FULL' : 'OPEN';
  }

  #backend(proxy: ProxyModel, slot: number, farm: Farm): BackendStats {
    const { shared } = this.#parts;
    const nowMs = Date.now();
    return {
      ...this.#side(slot),
      limit: this.#fullconns.get(proxy.name) ?? 0,
      queued: shared.queueLength(slot),
      queuedMax: shared.queueMaximum(slot),
      lastChangeS: seconds(nowMs - farm.lastChangeMs),
      downtimeS: seconds(farm.downMs(nowMs)),
      downs: farm.downs,
      lastSessionS: this.#lastSessionS(slot, nowMs),
      cookie: '',
      algorithm: algorithmOf(proxy),
    };
  }

  #server(model: ServerModel, slot: number, farm: Farm, index: number): ServerStats {
    const { shared } = this.#parts;
    const server = farm.servers[index]!;
    const nowMs = Date.now();
    const { address, options } = model;
    const isUnix = address.family === 'unix' || address.family === 'abns' || address.family === 'abnsz';
    return {
      ...this.#side(slot),
      id: model.id,
      name: model.name,
      host: isUnix ? '' : (model.resolvedHost ?? ''),
      fqdn: address.family === 'name' ? address.host : '',
      port: isUnix || address.portOffset !== null ? 0 : address.portLow,
      isUnix,
      usesTls: false,
      isIdForced: options.id !== undefined,
      isBackup: server.settings.isBackup,
      operational: server.operational,
      admin: server.admin,
      weight: server.weight,
      initialWeight: server.settings.weight,
      effectiveWeight: shared.effectiveWeight(slot),
      queued: shared.queueLength(slot),
      queuedMax: shared.queueMaximum(slot),
      queueLimit: options.maxqueue ?? 0,
      lastChangeS: seconds(nowMs - server.lastChangeMs),
      downtimeS: seconds(server.downMs(nowMs)),
      lastSessionS: this.#lastSessionS(slot, nowMs),
      cookie: '',
      ...healthStats(model, farm, index),
    };
  }

  /** -1 where there was none since the counters were cleared. */
  #lastSessionS(slot: number, nowMs: number): number {
    const ms = this.#parts.shared.lastSessionMs(slot);
    return ms <= this.#clearedAtMs ? -1 : seconds(nowMs - ms);
  }

  #side(slot: number): SideStats {
    const { shared } = this.#parts;
    return {
      counts: this.#counts(slot),
      current: shared.current(slot),
      maximum: shared.maximum(slot),
      limit: shared.maxconn(slot),
      rate: shared.rate(slot, RateKind.SESSION),
      rateMax: shared.maxRate(slot, RateKind.SESSION),
    };
  }

  #counts(slot: number): TrafficCounts {
    const cleared = this.#cleared.get(slot)?.counts;
    const counts: { [name: string]: number } = {};
    for (const name of COUNTERS)
      counts[name] = this.#parts.shared.sum(slot, COUNTER[name]) - (cleared?.[name] ?? 0);
    return counts as unknown as TrafficCounts;
  }
}

function listenersOf({ proxies }: Model): number {
  return proxies.reduce((sum, { binds }) => sum + binds.length, 0);
}

/** The name of `balance`; HAProxy's default without one. */
function algorithmOf({ settings }: ProxyModel): string {
  return settings.balance?.name ?? 'roundrobin';
}

let knownFileLimit = -1;

/** RLIMIT_NOFILE, the soft limit in force; 0 where the system does not tell. */
function openFileLimit(): number {
  if (knownFileLimit < 0) knownFileLimit = readFileLimit();
  return knownFileLimit;
}

function readFileLimit(): number {
  try {
    return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}
