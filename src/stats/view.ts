/**
 * What statistics are made from: plain values, as the process's main thread reads them from shared memory and the
 * model. Rows of `show stat`, `show servers state` and the metrics all come from these.
 */

/** Sums over all threads since the start or the last `clear counters`. */
export interface TrafficCounts {
  readonly stot: number;
  readonly bin: number;
  readonly bout: number;
  readonly dreq: number;
  readonly dresp: number;
  readonly ereq: number;
  readonly econ: number;
  readonly eresp: number;
  readonly wretr: number;
  readonly wredis: number;
  readonly lbtot: number;
  readonly conn_tot: number;
  readonly hrsp_1xx: number;
  readonly hrsp_2xx: number;
  readonly hrsp_3xx: number;
  readonly hrsp_4xx: number;
  readonly hrsp_5xx: number;
  readonly hrsp_other: number;
  readonly req_tot: number;
  readonly cli_abrt: number;
  readonly srv_abrt: number;
  readonly connect: number;
  readonly reuse: number;
  readonly dcon: number;
  readonly dses: number;
  readonly intercepted: number;
  /** Sums of times in ms over `timed` streams, for the averages. */
  readonly qtime_sum: number;
  readonly ctime_sum: number;
  readonly rtime_sum: number;
  readonly ttime_sum: number;
  readonly timed: number;
}

/** What proxies and servers have in common. */
export interface SideStats {
  readonly counts: TrafficCounts;
  /** Sessions now, the most at one time, the limit (0 none). */
  readonly current: number;
  readonly maximum: number;
  readonly limit: number;
  /** Sessions per second now, and the highest. */
  readonly rate: number;
  readonly rateMax: number;
}

export interface FrontendStats extends SideStats {
  readonly status: 'OPEN' | 'FULL' | 'STOP' | 'PAUSED';
  readonly rateLimit: number;
  readonly requestRate: number;
  readonly requestRateMax: number;
  readonly connectionRate: number;
  readonly connectionRateMax: number;
}

export interface BackendStats extends SideStats {
  readonly queued: number;
  readonly queuedMax: number;
  /** Seconds since it went up or down, and spent down in all; times it went down. */
  readonly lastChangeS: number;
  readonly downtimeS: number;
  readonly downs: number;
  /** Seconds since its last session; -1 when there was none. */
  readonly lastSessionS: number;
  /** The cookie's name; '' for none. */
  readonly cookie: string;
  readonly algorithm: string;
}

/** The health check of a server as last seen. */
export interface CheckStats {
  /** Number in the table of check statuses (src/health/status.ts). */
  readonly status: number;
  readonly result: number;
  readonly code: number;
  readonly health: number;
  readonly state: number;
  readonly durationMs: number;
  readonly rise: number;
  readonly fall: number;
  readonly fails: number;
  readonly downs: number;
  /** What the check said beyond its status: an error, a reason phrase; '' for nothing. */
  readonly info: string;
  readonly port: number;
  readonly address: string;
  /** Times that errors of the traffic have reached their limit; -1 where traffic is not observed. */
  readonly observedFails: number;
}

/** The agent of a server as last heard; state 0 where there is none. */
export interface AgentStats {
  readonly status: number;
  readonly result: number;
  readonly code: number;
  /** 1 up, 0 down. */
  readonly health: number;
  readonly state: number;
  readonly durationMs: number;
  readonly info: string;
  readonly port: number;
  readonly address: string;
}

export interface ServerStats extends SideStats {
  readonly id: number;
  readonly name: string;
  /** Numeric address, or '' where it is not known; the name in the configuration where it is one, or ''. */
  readonly host: string;
  readonly fqdn: string;
  /** 0 for unix sockets and mapped ports. */
  readonly port: number;
  readonly isUnix: boolean;
  readonly usesTls: boolean;
  readonly isIdForced: boolean;
  readonly isBackup: boolean;
  /** OperationalState and AdminState of shared memory; numbers as `show servers state` prints them. */
  readonly operational: number;
  readonly admin: number;
  readonly weight: number;
  readonly initialWeight: number;
  /** In 1/16 of the weight's unit. */
  readonly effectiveWeight: number;
  readonly queued: number;
  readonly queuedMax: number;
  readonly queueLimit: number;
  readonly lastChangeS: number;
  readonly downtimeS: number;
  readonly lastSessionS: number;
  /** The cookie's value; '' for none. */
  readonly cookie: string;
  /** `backend/server` that it follows; '' for none. */
  readonly tracked: string;
  readonly check: CheckStats;
  readonly agent: AgentStats;
  /** What the status tells: the checks of the server at the end of the chain that it tracks, or its own. */
  readonly judged: { readonly check: CheckStats; readonly agent: AgentStats };
}

export interface ProxyStats {
  readonly id: number;
  readonly name: string;
  readonly mode: 'tcp' | 'http';
  readonly isIdForced: boolean;
  readonly frontend: FrontendStats | null;
  readonly backend: BackendStats | null;
  readonly servers: readonly ServerStats[];
}

/** What `show info` tells of the process. */
export interface ProcessStats {
  readonly name: string;
  readonly version: string;
  /** `2026/10/17`. */
  readonly releaseDate: string;
  readonly threads: number;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly nowMs: number;
  /** RLIMIT_NOFILE; 0 where it is not known. */
  readonly openFileLimit: number;
  /** Client connections: the limit in force, and the one the process started with. */
  readonly maxconn: number;
  readonly maxconnInitial: number;
  readonly connections: number;
  readonly connectionsTotal: number;
  readonly requestsTotal: number;
  readonly connectionRate: number;
  readonly connectionRateMax: number;
  readonly sessionRate: number;
  readonly sessionRateMax: number;
  readonly memoryLimitMb: number;
  /** Percentage of the last second that the main thread was idle. */
  readonly idlePct: number;
  readonly node: string;
  readonly description: string;
  readonly isStopping: boolean;
  readonly jobs: number;
  readonly listeners: number;
  readonly droppedLogs: number;
  readonly bytesOutTotal: number;
  readonly warnings: number;
}

export interface StatsView {
  readonly process: ProcessStats;
  /** In the order of the configuration. */
  readonly proxies: readonly ProxyStats[];
}
