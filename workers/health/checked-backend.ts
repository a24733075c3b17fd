/** One backend's part in health checking: its farm, and what a reload carries from one model to the next. */
import type { ProxyModel, ServerModel } from '../../config/model/model.ts';
import { Farm, type FarmOwner, type FarmSettings, type ServerPlace } from '../../src/health/farm.ts';
import { FarmServer, type FarmServerSettings } from '../../src/health/farm-server.ts';
import { type AgentChanges, FALL_DEFAULT, RISE_DEFAULT } from './check-plan.ts';

/** HAProxy's default of `error-limit` (manual section 5.2). */
const ERROR_LIMIT_DEFAULT = 10;

/** What operators have changed of where a server is checked. */
export interface CheckChanges {
  host?: string;
  port?: number;
}

export class CheckedBackend {
  proxy: ProxyModel;
  readonly farm: Farm;
  /** By the server's name. */
  readonly checkChanges = new Map<string, CheckChanges>();
  readonly agentChanges = new Map<string, AgentChanges>();
  /** By place: who tracks the server, and whom it tracks. */
  followers: ServerPlace[][] = [];
  tracked: (ServerPlace | null)[] = [];

  constructor(proxy: ProxyModel, owner: (backend: CheckedBackend) => FarmOwner, nowMs: number) {
    this.proxy = proxy;
    this.#forgetTracking();
    this.farm = new Farm(settingsOf(proxy), owner(this), nowMs);
  }

  /** A reload: servers whose names are still there go on as they are; configured values that changed count. */
  adopt(proxy: ProxyModel, owner: FarmOwner, nowMs: number): void {
    const known = new Map(this.farm.servers.map((server) => [server.settings.name, server]));
    this.#dropChanges(this.proxy, proxy);
    const tracking = new Set(
      this.proxy.servers.filter(({ options }) => options.track !== undefined).map(({ name }) => name),
    );
    this.proxy = proxy;
    this.#forgetTracking();
    const settings = settingsOf(proxy);
    const servers = settings.servers.map((server) => {
      const kept = known.get(server.name);
      kept?.reconfigure(server, nowMs);
      return kept ?? new FarmServer(server, nowMs);
    });
    for (const [index, { name, options }] of proxy.servers.entries())
      if (options.track === undefined && tracking.has(name)) servers[index]!.endTracking(nowMs);
    this.farm.adopt(settings, owner, servers, nowMs);
  }

  /** Where a check's address has another value in the configuration, or its server is gone, that counts again. */
  #dropChanges(before: ProxyModel, after: ProxyModel): void {
    const kept = new Map(after.servers.map((server) => [server.name, server.options]));
    for (const { name, options } of before.servers) {
      const now = kept.get(name);
      if (now?.checkAddress !== options.checkAddress || now?.checkPort !== options.checkPort)
        this.checkChanges.delete(name);
      if (
        now?.agentAddress !== options.agentAddress ||
        now?.agentPort !== options.agentPort ||
        now?.agentSend !== options.agentSend
      )
        this.agentChanges.delete(name);
    }
  }

  #forgetTracking(): void {
    this.followers = this.proxy.servers.map(() => []);
    this.tracked = this.proxy.servers.map(() => null);
  }

  /** The server as it is checked: with what operators have changed. */
  checkedServer(server: ServerModel): ServerModel {
    const changes = this.checkChanges.get(server.name);
    if (changes === undefined) return server;
    const { host = server.options.checkAddress, port = server.options.checkPort } = changes;
    return {
      ...server,
      options: {
        ...server.options,
        ...(host !== undefined && { checkAddress: host }),
        ...(port !== undefined && { checkPort: port }),
      },
    };
  }
}

function settingsOf({ name, kind, settings, servers }: ProxyModel): FarmSettings {
  return {
    name,
    kind: kind === 'listen' ? 'proxy' : 'backend',
    logsChecks: settings.logHealthChecks ?? false,
    servers: servers.map(serverSettings),
  };
}

function serverSettings({ name, options }: ServerModel): FarmServerSettings {
  return {
    name,
    isBackup: options.isBackup ?? false,
    isChecked: options.isChecked ?? false,
    isDisabled: options.isDisabled ?? false,
    rise: options.rise ?? RISE_DEFAULT,
    fall: options.fall ?? FALL_DEFAULT,
    weight: options.weight ?? 1,
    initialState: options.initState ?? 'none',
    hasAgent: options.hasAgent ?? false,
    errorLimit: options.errorLimit ?? ERROR_LIMIT_DEFAULT,
    onError: options.onError ?? 'fail-check',
  };
}

/**
 * Links the servers that track others, in all backends: followers are told in the opposite order of the
 * configuration, as HAProxy tells them. Then makes them as those are whom they track, from the checked ones on.
 */
export function linkTracking(backends: ReadonlyMap<string, CheckedBackend>, nowMs: number): void {
  for (const backend of backends.values())
    for (const [index, { options }] of backend.proxy.servers.entries()) {
      if (options.track === undefined) continue;
      const source = backends.get(options.track.backend || backend.proxy.name);
      const place = source?.proxy.servers.findIndex(({ name }) => name === options.track!.server) ?? -1;
      if (source === undefined || place < 0) continue;
      backend.tracked[index] = { farm: source.farm, index: place };
      source.followers[place]!.unshift({ farm: backend.farm, index });
    }
  for (const backend of backends.values())
    for (const [index, source] of backend.tracked.entries())
      if (source === null) alignFollowers(backends, backend.farm, index, nowMs);
}

function alignFollowers(
  backends: ReadonlyMap<string, CheckedBackend>,
  farm: Farm,
  index: number,
  nowMs: number,
): void {
  for (const follower of backends.get(farm.name)!.followers[index]!) {
    follower.farm.servers[follower.index]!.align(farm.servers[index]!, nowMs);
    alignFollowers(backends, follower.farm, follower.index, nowMs);
  }
}
