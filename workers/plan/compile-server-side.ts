/** Compiles what a backend says about its servers: the servers themselves, which one a stream gets, and retries. */
import type { ProxyModel, ServerModel } from '../../config/model/model.ts';
import type { Compiler } from '../../src/rules/declare.ts';
import type { ConnectionTuning } from '../connection/socket-tuning.ts';
import type { SharedState } from '../shared/shared-state.ts';
import type { SlotMap } from '../shared/slots.ts';
import { compileCondition } from './compile-rules.ts';
import {
  CLIENTS_TARGET,
  compileDial,
  compilePool,
  compileRetries,
  DIRECT_POOL,
  type DialSettings,
  targetOf,
} from './compile-servers.ts';
import type { ProxyPlan, ServerPlan, ServerSwitch } from './plan.ts';
import { compileObserver } from './server-observer.ts';

/** HAProxy's defaults (manual section 4.2, retries, max-session-srv-conns). */
const DEFAULT_RETRIES = 3;
const OWN_CONNECTIONS_MAX = 5;

type ServerSide = Pick<
  ProxyPlan,
  | 'servers'
  | 'direct'
  | 'serverSwitches'
  | 'forcedPersistence'
  | 'persistsOnDownServers'
  | 'prefersLastServer'
  | 'maxKeepAliveQueue'
  | 'maxOwnConnections'
  | 'retries'
  | 'retryPlan'
  | 'redispatchInterval'
>;

export interface ServerScope {
  readonly slots: SlotMap;
  readonly shared: SharedState;
  readonly compiler: Compiler;
  readonly tuning: ConnectionTuning | null;
}

export function compileServerSide(proxy: ProxyModel, scope: ServerScope): ServerSide {
  const { settings } = proxy;
  const servers = proxy.servers.map((server, index) =>
    compileServer(server, { ...scope, proxy, index, slot: scope.slots.server(proxy.id, index) }),
  );
  return {
    servers,
    direct: servers.length === 0 ? compileDirect(proxy, scope) : null,
    serverSwitches: compileServerSwitches(proxy, servers, scope.compiler),
    forcedPersistence: (settings.forcedPersistence ?? []).map((condition) => compileCondition(condition)!),
    persistsOnDownServers: settings.persistsOnDownServers ?? false,
    prefersLastServer: settings.prefersLastServer ?? false,
    maxKeepAliveQueue: settings.maxKeepAliveQueue ?? -1,
    maxOwnConnections: settings.maxOwnConnections ?? OWN_CONNECTIONS_MAX,
    retries: settings.retries ?? DEFAULT_RETRIES,
    retryPlan: compileRetries(proxy),
    redispatchInterval: settings.redispatch ?? 0,
  };
}

interface ServerPlace extends ServerScope {
  readonly proxy: ProxyModel;
  readonly index: number;
  readonly slot: number;
}

function compileServer(server: ServerModel, { proxy, index, slot, tuning, shared }: ServerPlace): ServerPlan {
  const { address, resolvedHost, options } = server;
  const dial: DialSettings = {
    target: targetOf(address, resolvedHost),
    source: options.source ?? proxy.settings.source ?? null,
    tuning,
    socket: { userTimeoutMs: options.tcpUserTimeoutMs ?? 0, fastOpen: options.tcpFastOpen ?? false },
  };
  return {
    index,
    slot,
    name: server.name,
    target: dial.target,
    dial: compileDial(dial),
    pool: compilePool(server),
    maxQueue: options.maxqueue ?? 0,
    observer: compileObserver(server, slot, shared),
    reach: JSON.stringify(dial),
  };
}

/** Counts for the backend alone: it has the backend's slot. */
function compileDirect(proxy: ProxyModel, { slots, tuning }: ServerScope): ServerPlan | null {
  const { dispatch, isTransparent = false, source } = proxy.settings;
  if (dispatch === undefined && !isTransparent) return null;
  const dial: DialSettings = {
    target: dispatch === undefined ? CLIENTS_TARGET : targetOf(dispatch, null),
    source: source ?? null,
    tuning,
    socket: { userTimeoutMs: 0, fastOpen: false },
  };
  return {
    index: -1,
    slot: slots.backend(proxy.id),
    name: '',
    target: dial.target,
    dial: compileDial(dial),
    pool: DIRECT_POOL,
    maxQueue: 0,
    observer: null,
    reach: JSON.stringify(dial),
  };
}

function compileServerSwitches(
  { settings: { serverChoices = [] } }: ProxyModel,
  servers: readonly ServerPlan[],
  compiler: Compiler,
): ServerSwitch[] {
  return serverChoices.map(({ server, condition }) => ({
    condition: compileCondition(condition),
    server: server.kind === 'name' ? servers.find(({ name }) => name === server.name)! : null,
    name: server.kind === 'format' ? compiler.logFormat(server.format) : null,
  }));
}
