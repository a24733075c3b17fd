/**
 * Compiles the model into this thread's plan: conditions and rules to closures, names to references, settings to
 * numbers. All that a request needs is decided here, once.
 */
import type { Model, ProxyModel } from '../../config/model/model.ts';
import { samples } from '../../src/catalog.ts';
import type { Compiler } from '../../src/rules/declare.ts';
import { compileCaptures } from '../log/captures.ts';
import { SharedServerTable } from '../shared/server-table.ts';
import type { SharedMemory } from '../shared/shared-memory.ts';
import type { SlotMap } from '../shared/slots.ts';
import { compileBackendSwitch } from './compile-backend-switch.ts';
import { compileBalancer } from './compile-balancer.ts';
import { compileErrorReplies } from './compile-errors.ts';
import { compileHeadLimits, compileHttp, compileNameCase } from './compile-http.ts';
import { compileProxyLog, type LogFactory } from './compile-log.ts';
import { compileRules, createCompiler } from './compile-rules.ts';
import { compileServerSide } from './compile-server-side.ts';
import { compileClientTuning, compileListenerTuning, compileServerTuning } from './compile-tuning.ts';
import {
  CloseMode,
  type ListenerPlan,
  type Plan,
  type ProxyPlan,
  type Timeouts,
  type UniqueIdPlan,
} from './plan.ts';
import { compileTcp, processRate } from './tcp-plan.ts';

/** HAProxy's defaults (manual section 4.2, retries; section 3.2, tune.bufsize, tune.maxrewrite, tune.http.maxhdr). */
const DEFAULT_BUFFER_BYTES = 16384;
const DEFAULT_REWRITE_BYTES = 1024;
const DEFAULT_MAX_HEADERS = 101;

/** What a plan is compiled from. */
export interface PlanSources {
  readonly model: Model;
  readonly slots: SlotMap;
  readonly shared: SharedMemory;
  readonly logs: LogFactory;
  /** Plans of proxies that are the same in the model before, by name. */
  readonly kept: ReadonlyMap<string, ProxyPlan>;
}

/** A plan that is compiled and not in force yet. */
export interface PreparedPlan {
  readonly plan: Plan;
  /** Links the proxies with each other, kept ones too: from now on streams may use the plan. */
  activate(): void;
}

/** Throws an Error when the model does not compile in this thread; nothing has changed then. */
export function compilePlan(sources: PlanSources): PreparedPlan {
  const { model, logs, kept, slots } = sources;
  const compiler = createCompiler(samples, logs.site);
  const proxies = model.proxies.map(
    (proxy) => kept.get(proxy.name) ?? compileProxy(proxy, { ...sources, compiler }),
  );
  const links = linkBackends(model, proxies, compiler);
  const plan = {
    proxies,
    servers: new Map(proxies.flatMap(({ servers }) => servers.map((server) => [server.slot, server]))),
    listeners: compileListeners(model, proxies, slots),
    global: globalLimits(model),
  };
  return {
    plan,
    activate() {
      for (const [i, { switches, defaultBackend, backendsByName }] of links.entries()) {
        proxies[i]!.switches = switches;
        proxies[i]!.backendsByName = backendsByName;
        proxies[i]!.defaultBackend = defaultBackend;
      }
    },
  };
}

/** The limits that buffers are made by; needed before the plan, by the thread's free lists. */
export function globalLimits(model: Model): Plan['global'] {
  const {
    bufferBytes = DEFAULT_BUFFER_BYTES,
    maxRewriteBytes = DEFAULT_REWRITE_BYTES,
    maxHeaders = DEFAULT_MAX_HEADERS,
    maxconn = 0,
    hardStopAfterMs: hardStopMs = -1,
  } = model.global;
  const headLimits = compileHeadLimits(model.global, { maxBytes: bufferBytes - maxRewriteBytes, maxHeaders });
  const relaxedLimits = { ...headLimits, isRelaxed: true };
  const nameCase = compileNameCase(model.global);
  const sessionsPerSecond = processRate(model.global);
  return { bufferBytes, headLimits, relaxedLimits, nameCase, maxconn, sessionsPerSecond, hardStopMs };
}

interface ProxyScope extends PlanSources {
  readonly compiler: Compiler;
}

function compileProxy(proxy: ProxyModel, scope: ProxyScope): ProxyPlan {
  const { settings } = proxy;
  const { slots } = scope;
  const backendSlot = slots.backend(proxy.id);
  const serverTuning = compileServerTuning(proxy, scope.model.global);
  const serverSide = compileServerSide(proxy, {
    slots,
    shared: scope.shared,
    compiler: scope.compiler,
    tuning: serverTuning,
  });
  const { servers } = serverSide;
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
    http: compileHttp(proxy),
    tcp: compileTcp(proxy),
    uniqueId: uniqueIdOf(proxy, scope.compiler),
    clientTuning: compileClientTuning(proxy, scope.model.global),
    serverTuning,
    log: compileProxyLog(proxy, scope.logs),
    captures: compileCaptures(settings.captures ?? [], settings.capturedCookie),
    dontLogNull: settings.dontLogNull ?? false,
    logAsap: settings.logAsap ?? false,
    abortOnClose: settings.abortOnClose ?? false,
    isRetired: false,
    ...serverSide,
    backendsByName: null,
    serverTable: servers.length === 0 ? null : new SharedServerTable(scope.shared, backendSlot, slots),
    balancer: servers.length === 0 ? null : compileBalancer(proxy),
    errorReply: compileErrorReplies(proxy),
  };
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

type BackendLinks = Pick<ProxyPlan, 'switches' | 'defaultBackend' | 'backendsByName'>;

/** Where each proxy's streams go, by its place. */
function linkBackends(model: Model, proxies: readonly ProxyPlan[], compiler: Compiler): BackendLinks[] {
  const byName = new Map(
    proxies.filter((proxy) => proxy.backendSlot >= 0).map((proxy) => [proxy.name, proxy]),
  );
  return model.proxies.map(({ settings: { defaultBackend = '', backendChoices = [] } }) => ({
    defaultBackend: byName.get(defaultBackend) ?? null,
    switches: backendChoices.map((choice) => compileBackendSwitch(choice, byName, compiler)),
    backendsByName: backendChoices.some(({ format }) => format !== null) ? byName : null,
  }));
}

function compileListeners(
  model: Model,
  proxies: readonly ProxyPlan[],
  slots: SlotMap,
): Map<string, ListenerPlan> {
  const listeners = new Map<string, ListenerPlan>();
  for (const [i, proxy] of proxies.entries()) {
    const { id, binds, settings } = model.proxies[i]!;
    for (const bind of binds) {
      const backlog = bind.options.backlog ?? settings.backlog ?? 0;
      listeners.set(`${id}/${bind.id}`, {
        proxy,
        bindId: bind.id,
        slot: slots.bind(id, bind.id),
        name: bind.name,
        backlog,
        tuning: compileListenerTuning(bind),
      });
    }
  }
  return listeners;
}
