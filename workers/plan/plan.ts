/**
 * The plan: the model compiled inside one worker thread. Closures, slots and numbers; nothing in it is looked up by
 * name while a request runs. A reload replaces it whole.
 */
import type { HeaderId } from '../../src/http/header-id.ts';
import type { HeadLimits } from '../../src/http1/limits.ts';
import type { Balancer, ServerTable } from '../../src/lb/declare.ts';
import type { ActionRun, Reply } from '../../src/rules/declare.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { ConnectionTuning, ListenerTuning } from '../connection/socket-tuning.ts';
import type { LogPlan } from '../log/log-plan.ts';

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

export interface ForwardForPlan {
  /** Lower-case field name. */
  readonly headerName: string;
  readonly headerId: HeaderId;
  readonly isOnlyIfMissing: boolean;
  readonly except: ((stream: StreamView) => boolean) | null;
}

export interface UniqueIdPlan {
  readonly text: (stream: StreamView) => string;
  /** Lower case; '' for none. */
  readonly headerName: string;
}

export interface BackendSwitch {
  readonly condition: CompiledCondition | null;
  readonly backend: ProxyPlan;
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
  /** `use_backend` rules in order; filled when all proxies exist. */
  readonly switches: BackendSwitch[];
  defaultBackend: ProxyPlan | null;
  readonly closeMode: CloseMode;
  readonly reuse: ReuseMode;
  readonly forwardFor: ForwardForPlan | null;
  /** `unique-id-format`, and the header that carries it to the server or ''. */
  readonly uniqueId: UniqueIdPlan | null;
  readonly clientTuning: ConnectionTuning | null;
  readonly serverTuning: ConnectionTuning | null;
  readonly log: LogPlan | null;
  readonly dontLogNull: boolean;
  readonly logAsap: boolean;
  readonly abortOnClose: boolean;
  readonly servers: readonly ServerPlan[];
  readonly serverTable: ServerTable | null;
  readonly balancer: Balancer | null;
  /** Connection retries after the first attempt (`retries`), and whether the last may go elsewhere (`option redispatch`). */
  readonly retries: number;
  readonly redispatches: boolean;
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
  readonly tuning: ConnectionTuning | null;
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
  /** By `${proxyId}/${bindId}`; asked once per listener. */
  readonly listeners: ReadonlyMap<string, ListenerPlan>;
  readonly global: {
    readonly bufferBytes: number;
    readonly headLimits: HeadLimits;
    /** Process-wide limit on client connections; 0 none. */
    readonly maxconn: number;
  };
}
