/**
 * The plan: the model compiled inside one worker thread. Closures, slots and numbers; nothing in it is looked up by
 * name while a request runs. A reload replaces it whole.
 */
import type { HeadLimits } from '../../src/http1/limits.ts';
import type { Balancer, ServerTable } from '../../src/lb/declare.ts';
import type { ActionRun, Reply } from '../../src/rules/declare.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { ConnectionTuning, ListenerTuning } from '../connection/socket-tuning.ts';
import type { CapturePlan } from '../log/captures.ts';
import type { LogPlan } from '../log/log-plan.ts';
import type { HttpPlan } from './http-plan.ts';
import type { ServerObserver } from './server-observer.ts';
import type { DialPlan, PoolPlan, RetryPlan } from './server-plan.ts';
import type { TcpPlan } from './tcp-plan.ts';

export type CompiledCondition = (stream: StreamView) => boolean;

export interface CompiledRule {
  /** Null: always. */
  readonly condition: CompiledCondition | null;
  readonly run: ActionRun;
}

/** Milliseconds; 0 means no timeout, as in HAProxy. */
export interface Timeouts {
  readonly clientMs: number;
  readonly httpRequestMs: number;
  readonly httpKeepAliveMs: number;
  readonly clientFinMs: number;
  readonly connectMs: number;
  readonly queueMs: number;
  readonly serverMs: number;
  readonly serverFinMs: number;
  readonly tunnelMs: number;
  readonly tarpitMs: number;
}

/** How connections end after a response: `option http-keep-alive`, `http-server-close`, `httpclose`. */
export const CloseMode = { KEEP_ALIVE: 0, SERVER_CLOSE: 1, CLOSE: 2 } as const;
export type CloseMode = (typeof CloseMode)[keyof typeof CloseMode];

export type ReuseMode = 'never' | 'safe' | 'aggressive' | 'always';

export interface UniqueIdPlan {
  readonly text: (stream: StreamView) => string;
  /** Lower case; '' for none. */
  readonly headerName: string;
}

export interface BackendSwitch {
  readonly condition: CompiledCondition | null;
  readonly backend: ProxyPlan | null;
  /** Where `backend` is null: gives its name, or that of none. */
  readonly name: ((stream: StreamView) => string) | null;
}

/** `use-server`. */
export interface ServerSwitch {
  readonly condition: CompiledCondition | null;
  readonly server: ServerPlan | null;
  /** Where `server` is null: gives its name, or that of none. */
  readonly name: ((stream: StreamView) => string) | null;
}

/** A frontend, a backend, or both (`listen`). */
export interface ProxyPlan {
  readonly id: number;
  readonly name: string;
  readonly isHttp: boolean;
  /** Slots in shared memory; -1 where the proxy has no such side. */
  readonly frontendSlot: number;
  readonly backendSlot: number;
  readonly timeouts: Timeouts;
  /** Concurrent sessions of the frontend; 0 without limit of its own. */
  readonly maxconn: number;
  readonly requestRules: readonly CompiledRule[];
  /** `redirect` rules. */
  readonly redirectRules: readonly CompiledRule[];
  readonly responseRules: readonly CompiledRule[];
  readonly afterResponseRules: readonly CompiledRule[];
  /** `use_backend` rules in order; set when all proxies exist, and anew when a reload has kept this proxy. */
  switches: readonly BackendSwitch[];
  defaultBackend: ProxyPlan | null;
  /** All backends by name, for computed names; null where no rule computes one. */
  backendsByName: ReadonlyMap<string, ProxyPlan> | null;
  readonly closeMode: CloseMode;
  readonly reuse: ReuseMode;
  readonly http: HttpPlan;
  readonly tcp: TcpPlan;
  /** `unique-id-format`, and the header that carries it to the server or ''. */
  readonly uniqueId: UniqueIdPlan | null;
  readonly clientTuning: ConnectionTuning | null;
  readonly serverTuning: ConnectionTuning | null;
  readonly log: LogPlan | null;
  readonly captures: CapturePlan | null;
  readonly dontLogNull: boolean;
  readonly logAsap: boolean;
  readonly abortOnClose: boolean;
  /** A reload has removed this proxy, or replaced its plan: no stream goes to it any more. */
  isRetired: boolean;
  readonly servers: readonly ServerPlan[];
  readonly serverTable: ServerTable | null;
  readonly balancer: Balancer | null;
  /** `dispatch`, `option transparent`: where streams of a backend without servers go; it has no slot of its own. */
  readonly direct: ServerPlan | null;
  /** `use-server` rules in order. */
  readonly serverSwitches: readonly ServerSwitch[];
  /** `force-persist`: any of them sends a stream to the server chosen for it though that is down. */
  readonly forcedPersistence: readonly CompiledCondition[];
  /** `option persist`: so does this, always. */
  readonly persistsOnDownServers: boolean;
  readonly prefersLastServer: boolean;
  /** -1 for any length. */
  readonly maxKeepAliveQueue: number;
  /** Idle server connections that a client of this frontend may keep for itself. */
  readonly maxOwnConnections: number;
  /** Retries after the first attempt (`retries`), and what is retried beside connections (`retry-on`). */
  readonly retries: number;
  readonly retryPlan: RetryPlan;
  /** `option redispatch`: which retries go elsewhere; every nth, or the nth before the end when negative; 0 none. */
  readonly redispatchInterval: number;
  errorReply(status: number, termination: string): Reply;
}

/** Where a server is reached. */
export interface PoolTarget {
  /** Numeric address, or '' with a path. */
  readonly host: string;
  readonly port: number;
  /** Not null: the port is the one the client connected to, plus this. */
  readonly portOffset: number | null;
  /** A unix socket's path, or ''. */
  readonly path: string;
}

export interface ServerPlan {
  readonly index: number;
  readonly slot: number;
  readonly name: string;
  readonly target: PoolTarget;
  readonly dial: DialPlan;
  readonly pool: PoolPlan;
  /** Requests that may wait for this very server; 0 any number. */
  readonly maxQueue: number;
  /** Null where nothing observes its traffic. */
  readonly observer: ServerObserver | null;
  /** Equal for plans whose connections lead to the same place in the same way. */
  readonly reach: string;
}

/** One bind address as its thread serves it. */
export interface ListenerPlan {
  readonly proxy: ProxyPlan;
  readonly bindId: number;
  /** Of a bind with a `maxconn` of its own: its slot in shared memory; else -1. */
  readonly slot: number;
  readonly name: string;
  /** Length of the kernel's accept queue; 0 takes the default. */
  readonly backlog: number;
  readonly tuning: ListenerTuning;
}

export interface Plan {
  readonly proxies: readonly ProxyPlan[];
  /** Of all backends, by slot: whom a waiting stream is given may be newer than its own plan. */
  readonly servers: ReadonlyMap<number, ServerPlan>;
  /** By `${proxyId}/${bindId}`; asked once per listener. */
  readonly listeners: ReadonlyMap<string, ListenerPlan>;
  readonly global: {
    readonly bufferBytes: number;
    readonly headLimits: HeadLimits;
    /** As `headLimits`, for proxies with `option accept-unsafe-violations-in-http-request` or `-response`. */
    readonly relaxedLimits: HeadLimits;
    /** `h1-case-adjust`: spellings by lower-case name; null without. */
    readonly nameCase: ReadonlyMap<string, string> | null;
    /** Process-wide limit on client connections; 0 none. */
    readonly maxconn: number;
    /** `maxconnrate`, `maxsessrate`: the lower one; 0 without. */
    readonly sessionsPerSecond: number;
    /** `hard-stop-after`; -1 without. */
    readonly hardStopMs: number;
  };
}
