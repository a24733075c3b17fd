/** Models for tests of the worker process's main thread: proxies and servers in a few words, and the process around them. */
import type { Model, ProxyModel, ServerModel, ServerSettings } from '../../../config/model/model.ts';
import type { Farm } from '../../../src/health/farm.ts';
import type { Address } from '../../../src/net/address.ts';
import { HealthService } from '../../../workers/health/health-service.ts';
import type { LineTarget } from '../../../workers/log/sink.ts';
import { openLogSink } from '../../../workers/log/sink.ts';
import type { StartOptions } from '../../../workers/messages.ts';
import { frontendControl, serverControl } from '../../../workers/process/controls.ts';
import { RuntimeApi } from '../../../workers/runtime-api/runtime-api.ts';
import { Statistics } from '../../../workers/runtime-api/statistics.ts';
import { createShared } from '../../../workers/shared/create-shared.ts';
import { openShared, type SharedMemory } from '../../../workers/shared/shared-memory.ts';
import { MAIN_THREAD } from '../../../workers/shared/shared-state.ts';

const at = { file: 'test.cfg', line: 1, column: 1 };

export interface ServerSketch extends ServerSettings {
  readonly name: string;
  readonly port: number;
}

export interface ProxySketch {
  readonly id: number;
  readonly name: string;
  readonly kind: ProxyModel['kind'];
  readonly mode?: 'tcp' | 'http';
  readonly settings?: ProxyModel['settings'];
  readonly servers?: readonly ServerSketch[];
}

export function processModel(proxies: readonly ProxySketch[], global: Model['global'] = {}): Model {
  return { files: [at.file], global, proxies: proxies.map(proxyOf) };
}

function proxyOf({ id, name, kind, mode = 'http', settings = {}, servers = [] }: ProxySketch): ProxyModel {
  return {
    id,
    name,
    kind,
    mode,
    at,
    settings,
    logs: [],
    errorPages: [],
    acls: {},
    binds: [],
    servers: servers.map(serverOf),
  };
}

function serverOf({ name, port, ...options }: ServerSketch, index: number): ServerModel {
  return { id: index + 1, name, address: loopback(port), resolvedHost: '127.0.0.1', options, at };
}

function loopback(port: number): Address {
  return {
    family: 'ipv4',
    host: '127.0.0.1',
    portLow: port,
    portHigh: port,
    portOffset: null,
    fd: -1,
    socket: 'stream',
    protocol: null,
    text: `127.0.0.1:${port}`,
  };
}

export const START_OPTIONS: StartOptions = {
  threads: 2,
  programName: 'haproxy',
  version: '2.6.12-test',
  masterPid: 1,
  generation: 1,
  isQuiet: true,
  nodeName: 'vm',
  startedAtMs: 0,
};

/** A main thread without threads: health checks, statistics and commands over real shared memory. */
export interface MainThread {
  readonly shared: SharedMemory;
  readonly health: HealthService;
  readonly api: RuntimeApi;
  readonly statistics: Statistics;
  /** What was logged, `<level> text`, and what stood on the console. */
  readonly logged: string[];
  readonly console: string[];
  farm(proxyId: number): Farm;
}

export function openMainThread(model: Model, options: Partial<StartOptions> = {}): MainThread {
  const allOptions = { ...START_OPTIONS, ...options };
  const shared = openShared(createShared(model, allOptions.threads), model, MAIN_THREAD);
  const logged: string[] = [];
  const console: string[] = [];
  const paused = new Set<number>();
  const health = new HealthService({
    model,
    control: shared,
    console: { write: (severity, text) => console.push(`${severity} ${text}`) },
    sinkOf: () => ({ send: (level, text) => logged.push(`<${level}> ${text}`) }),
  });
  const statistics = new Statistics({
    model,
    options: allOptions,
    shared,
    statsListeners: 0,
    farm: (id) => health.farm(id),
    isStopping: () => false,
    isPaused: (proxyId) => paused.has(proxyId),
    droppedLogs: () => 0,
  });
  const frontends = frontendControl({
    control: shared,
    maxconn: () => model.global.maxconn ?? 0,
    pause: (proxyId) => paused.add(proxyId),
    resume: (proxyId) => paused.delete(proxyId),
  });
  const servers = serverControl({ health, statistics, control: shared });
  const api = new RuntimeApi({ model, options: allOptions, listeners: [], statistics, servers, frontends });
  return { shared, health, api, statistics, logged, console, farm: (id) => health.farm(id)! };
}

/** A log target that keeps the lines. */
export function keepLines(lines: string[]): LineTarget {
  return { send: (buffer, start, end) => lines.push(buffer.toString('latin1', start, end)) };
}

export { openLogSink };
