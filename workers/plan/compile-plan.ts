/**
 * Compiles the model into this thread's plan: conditions and rules to closures, names to references, settings to
 * numbers. All that a request needs is decided here, once.
 */
import type { BindModel, Model, ProxyModel, ServerModel } from '../../config/model/model.ts';
import { findAlgorithm, samples } from '../../src/catalog.ts';
import { headerIdOf } from '../../src/http/header-id.ts';
import { DEFAULT_LIMITS } from '../../src/http1/limits.ts';
import type { Balancer } from '../../src/lb/declare.ts';
import type { Address } from '../../src/net/address.ts';
import { containsIp } from '../../src/net/network.ts';
import type { Compiler } from '../../src/rules/declare.ts';
import { abstractSocketPath } from '../../src/system/socket-address.ts';
import type { ConnectionTuning, ListenerTuning } from '../connection/socket-tuning.ts';
import { SharedServerTable } from '../shared/server-table.ts';
import type { SharedMemory } from '../shared/shared-memory.ts';
import type { SlotMap } from '../shared/slots.ts';
import { compileErrorReplies } from './compile-errors.ts';
import { compileProxyLog, type LogFactory } from './compile-log.ts';
import { compileCondition, compileRules, createCompiler } from './compile-rules.ts';
import {
  CloseMode,
  type ForwardForPlan,
  type ListenerPlan,
  type Plan,
  type PoolTarget,
  type ProxyPlan,
  type ServerPlan,
  type Timeouts,
  type UniqueIdPlan,
} from './plan.ts';

/** HAProxy's defaults (manual section 4.2, retries; section 3.2, tune.bufsize, tune.maxrewrite, tune.http.maxhdr). */
const DEFAULT_RETRIES = 3;
const DEFAULT_BUFFER_BYTES = 16384;
const DEFAULT_REWRITE_BYTES = 1024;
const DEFAULT_MAX_HEADERS = 101;

/** Throws an Error when the model does not compile in this thread: the thread then reports that it failed. */
export function compilePlan(model: Model, shared: SharedMemory, logs: LogFactory): Plan {
  const compiler = createCompiler(samples, logs.site);
  const compile = (proxy: ProxyModel): ProxyPlan => compileProxy(proxy, { model, shared, logs, compiler });
  const proxies = model.proxies.map(compile);
  linkBackends(model, proxies);
  return { proxies, listeners: compileListeners(model, proxies, shared.slots), global: globalLimits(model) };
}

/** The limits that buffers are made by; needed before the plan, by the thread's free lists. */
export function globalLimits(model: Model): Plan['global'] {
  const {
    bufferBytes = DEFAULT_BUFFER_BYTES,
    maxRewriteBytes = DEFAULT_REWRITE_BYTES,
    maxHeaders = DEFAULT_MAX_HEADERS,
    maxconn = 0,
  } = model.global;
  const headLimits = { ...DEFAULT_LIMITS, maxBytes: bufferBytes - maxRewriteBytes, maxHeaders };
  return { bufferBytes, headLimits, maxconn };
}

interface ProxyScope {
  readonly model: Model;
  readonly shared: SharedMemory;
  readonly logs: LogFactory;
  readonly compiler: Compiler;
}

function compileProxy(proxy: ProxyModel, scope: ProxyScope): ProxyPlan {
  const { settings } = proxy;
  const { slots } = scope.shared;
  const backendSlot = slots.backend(proxy.id);
  const serverTuning = tuningOf(settings.serverTcpKeepAlive ?? settings.tcpKeepAlive, settings.noLinger);
  const servers = proxy.servers.map((server, index) =>
    compileServer(server, { index, slot: slots.server(proxy.id, index), tuning: serverTuning }),
  );
  return {
    id: proxy.id,
    name: proxy.name,
    isHttp: proxy.mode === 'http',
    frontendSlot: slots.frontend(proxy.id),
    backendSlot,
    timeouts: timeoutsOf(proxy),
    maxconn: settings.maxconn ?? 0,
    requestRules: compileRules(settings.httpRequestRules ?? [], 'http-request', scope.compiler),
    redirectRules: compileRules(settings.redirectRules ?? [], 'http-request', scope.compiler),
    responseRules: compileRules(settings.httpResponseRules ?? [], 'http-response', scope.compiler),
    afterResponseRules: compileRules(
      settings.httpAfterResponseRules ?? [],
      'http-after-response',
      scope.compiler,
    ),
    switches: [],
    defaultBackend: null,
    closeMode: closeModeOf(proxy),
    reuse: settings.httpReuse ?? 'safe',
    forwardFor: forwardForOf(proxy),
    uniqueId: uniqueIdOf(proxy, scope.compiler),
    clientTuning: tuningOf(settings.clientTcpKeepAlive ?? settings.tcpKeepAlive, settings.noLinger),
    serverTuning,
    log: compileProxyLog(proxy, scope.logs),
    dontLogNull: settings.dontLogNull ?? false,
    logAsap: settings.logAsap ?? false,
    abortOnClose: settings.abortOnClose ?? false,
    servers,
    serverTable: servers.length === 0 ? null : new SharedServerTable(scope.shared, backendSlot),
    balancer: servers.length === 0 ? null : compileBalancer(proxy),
    retries: settings.retries ?? DEFAULT_RETRIES,
    redispatches: (settings.redispatch ?? 0) !== 0,
    errorReply: compileErrorReplies(proxy),
  };
}

function tuningOf(keepAlive = false, noLinger = false): ConnectionTuning | null {
  return keepAlive || noLinger ? { keepAlive, noLinger } : null;
}

function uniqueIdOf({ settings }: ProxyModel, compiler: Compiler): UniqueIdPlan | null {
  const { uniqueIdFormat, uniqueIdHeader = '' } = settings;
  return uniqueIdFormat === undefined
    ? null
    : { text: compiler.logFormat(uniqueIdFormat), headerName: uniqueIdHeader };
}

function timeoutsOf({ settings }: ProxyModel): Timeouts {
  return {
    clientMs: settings.timeoutClientMs ?? 0,
    httpRequestMs: settings.timeoutHttpRequestMs ?? 0,
    httpKeepAliveMs: settings.timeoutHttpKeepAliveMs ?? 0,
    clientFinMs: settings.timeoutClientFinMs ?? 0,
    connectMs: settings.timeoutConnectMs ?? 0,
    queueMs: settings.timeoutQueueMs ?? 0,
    serverMs: settings.timeoutServerMs ?? 0,
    serverFinMs: settings.timeoutServerFinMs ?? 0,
    tunnelMs: settings.timeoutTunnelMs ?? 0,
    tarpitMs: settings.timeoutTarpitMs ?? 0,
  };
}

function closeModeOf({ settings }: ProxyModel): CloseMode {
  switch (settings.connectionMode) {
    case 'close':
      return CloseMode.CLOSE;
    case 'server-close':
      return CloseMode.SERVER_CLOSE;
    default:
      return CloseMode.KEEP_ALIVE;
  }
}

function forwardForOf({ settings }: ProxyModel): ForwardForPlan | null {
  const forwardFor = settings.forwardFor;
  if (forwardFor === undefined || typeof forwardFor === 'boolean') return null;
  const { except, header, ifNone } = forwardFor;
  return {
    headerName: header,
    headerId: headerIdOf(header),
    isOnlyIfMissing: ifNone,
    except:
      except === null
        ? null
        : (stream) => {
            const { ip } = stream.session.source;
            return ip !== null && containsIp(except, ip);
          },
  };
}

function compileServer(
  server: ServerModel,
  place: Pick<ServerPlan, 'index' | 'slot' | 'tuning'>,
): ServerPlan {
  const { address } = server;
  const isPath = address.family === 'unix' || address.family === 'abns' || address.family === 'abnsz';
  const target: PoolTarget = {
    host: isPath ? '' : (server.resolvedHost ?? address.host),
    port: address.portLow,
    portOffset: address.portOffset,
    path: pathOf(address),
  };
  return { ...place, name: server.name, target };
}

/** The path of a unix socket, a NUL before an abstract name; '' for an address. */
function pathOf({ family, host }: Address): string {
  if (family === 'unix') return host;
  return family === 'abns' || family === 'abnsz' ? abstractSocketPath(family, host) : '';
}

function compileBalancer(proxy: ProxyModel): Balancer {
  const { name, args } = proxy.settings.balance ?? { name: 'roundrobin', args: {} };
  const algorithm = findAlgorithm(name);
  if (algorithm === undefined) throw new Error(`balance algorithm '${name}' is not in the catalogue`);
  return algorithm.compile(args, { hashType: proxy.settings.hashType })();
}

function linkBackends(model: Model, proxies: readonly ProxyPlan[]): void {
  const byName = new Map(
    proxies.filter((proxy) => proxy.backendSlot >= 0).map((proxy) => [proxy.name, proxy]),
  );
  for (const [i, proxy] of proxies.entries()) {
    const { defaultBackend, backendChoices = [] } = model.proxies[i]!.settings;
    if (defaultBackend !== undefined) proxy.defaultBackend = byName.get(defaultBackend) ?? null;
    for (const choice of backendChoices) {
      const backend = byName.get(choice.backend);
      if (backend !== undefined)
        proxy.switches.push({ condition: compileCondition(choice.condition), backend });
    }
  }
}

function compileListeners(
  model: Model,
  proxies: readonly ProxyPlan[],
  slots: SlotMap,
): Map<string, ListenerPlan> {
  const listeners = new Map<string, ListenerPlan>();
  for (const [i, proxy] of proxies.entries()) {
    const { binds, settings } = model.proxies[i]!;
    for (const bind of binds) {
      const backlog = bind.options.backlog ?? settings.backlog ?? 0;
      listeners.set(`${proxy.id}/${bind.id}`, {
        proxy,
        bindId: bind.id,
        slot: slots.bind(proxy.id, bind.id),
        name: bind.name,
        backlog,
        tuning: listenerTuning(bind),
      });
    }
  }
  return listeners;
}

function listenerTuning({ options }: BindModel): ListenerTuning {
  return {
    deferAccept: options.deferAccept ?? false,
    fastOpen: options.tcpFastOpen ?? false,
    maxSegmentBytes: options.mss ?? 0,
    userTimeoutMs: options.tcpUserTimeoutMs ?? 0,
  };
}
