/** The fields of `show info` in HAProxy's order (management manual 9.3, `show info`): a table. */
import type { Field, FieldValue } from './field.ts';
import type { ProcessStats } from './view.ts';

export interface InfoField extends Field {
  /** HAProxy's number of the field; some numbers have no field any more. */
  readonly position: number;
  readonly summary: string;
  value(stats: ProcessStats): FieldValue;
}

function field(
  position: number,
  name: string,
  form: string,
  summary: string,
  value: InfoField['value'],
): InfoField {
  const [tags, type] = form.split(':') as [string, Field['type']];
  return { position, name, tags, type, summary, value };
}

const none = (): number => 0;
const MEGABYTE = 1024 * 1024;

export const INFO_FIELDS: readonly InfoField[] = [
  field(0, 'Name', 'POS:str', 'Product name', (s) => s.name),
  field(1, 'Version', 'POS:str', 'Product version', (s) => s.version),
  field(2, 'Release_date', 'POS:str', 'Date of latest source code update', (s) => s.releaseDate),
  field(3, 'Nbthread', 'CGS:u32', 'Number of started threads (global.nbthread)', (s) => s.threads),
  field(4, 'Nbproc', 'CGS:u32', 'Number of started worker processes (historical, always 1)', () => 1),
  field(5, 'Process_num', 'KGP:u32', 'Relative worker process number (1)', () => 1),
  field(6, 'Pid', 'SGP:u32', 'This worker process identifier for the system', (s) => s.pid),
  field(
    7,
    'Uptime',
    'MDP:str',
    'How long ago this worker process was started (days+hours+minutes+seconds)',
    (s) => uptimeText(uptimeS(s)),
  ),
  field(8, 'Uptime_sec', 'MDP:u32', 'How long ago this worker process was started (seconds)', uptimeS),
  field(
    9,
    'Memmax_MB',
    'CLP:u32',
    "Worker process's hard limit on memory usage in MB (-m on command line)",
    (s) => s.memoryLimitMb,
  ),
  field(10, 'PoolAlloc_MB', 'MGP:u32', 'Amount of memory allocated in pools (in MB)', none),
  field(11, 'PoolUsed_MB', 'MGP:u32', 'Amount of pool memory currently used (in MB)', none),
  field(12, 'PoolFailed', 'MCP:u32', 'Number of failed pool allocations since this worker was started', none),
  field(
    13,
    'Ulimit-n',
    'CLP:u32',
    'Hard limit on the number of per-process file descriptors',
    (s) => s.openFileLimit,
  ),
  field(14, 'Maxsock', 'CLP:u32', 'Hard limit on the number of per-process sockets', (s) => s.openFileLimit),
  field(
    15,
    'Maxconn',
    'CLP:u32',
    'Hard limit on the number of per-process connections (configured or imposed by Ulimit-n)',
    (s) => s.maxconn,
  ),
  field(
    16,
    'Hard_maxconn',
    'CLP:u32',
    'Hard limit on the number of per-process connections (imposed by Memmax_MB or Ulimit-n)',
    (s) => s.maxconnInitial,
  ),
  field(
    17,
    'CurrConns',
    'MGP:u32',
    'Current number of connections on this worker process',
    (s) => s.connections,
  ),
  field(
    18,
    'CumConns',
    'MCP:u32',
    'Total number of connections on this worker process since started',
    (s) => s.connectionsTotal,
  ),
  field(
    19,
    'CumReq',
    'MCP:u32',
    'Total number of requests on this worker process since started',
    (s) => s.requestsTotal,
  ),
  field(
    20,
    'MaxSslConns',
    'MMP:u32',
    'Hard limit on the number of per-process SSL endpoints (front+back), 0=unlimited',
    none,
  ),
  field(
    21,
    'CurrSslConns',
    'MGP:u32',
    'Current number of SSL endpoints on this worker process (front+back)',
    none,
  ),
  field(
    22,
    'CumSslConns',
    'MCP:u32',
    'Total number of SSL endpoints on this worker process since started (front+back)',
    none,
  ),
  field(23, 'Maxpipes', 'CLP:u32', 'Hard limit on the number of pipes for splicing, 0=unlimited', none),
  field(24, 'PipesUsed', 'MGP:u32', 'Current number of pipes in use in this worker process', none),
  field(
    25,
    'PipesFree',
    'MGP:u32',
    'Current number of allocated and available pipes in this worker process',
    none,
  ),
  field(
    26,
    'ConnRate',
    'MRP:u32',
    'Number of front connections created on this worker process over the last second',
    (s) => s.connectionRate,
  ),
  field(27, 'ConnRateLimit', 'CLP:u32', 'Hard limit for ConnRate (global.maxconnrate)', none),
  field(
    28,
    'MaxConnRate',
    'MMP:u32',
    'Highest ConnRate reached on this worker process since started (in connections per second)',
    (s) => s.connectionRateMax,
  ),
  field(
    29,
    'SessRate',
    'MRP:u32',
    'Number of sessions created on this worker process over the last second',
    (s) => s.sessionRate,
  ),
  field(30, 'SessRateLimit', 'CLP:u32', 'Hard limit for SessRate (global.maxsessrate)', none),
  field(
    31,
    'MaxSessRate',
    'MRP:u32',
    'Highest SessRate reached on this worker process since started (in sessions per second)',
    (s) => s.sessionRateMax,
  ),
  field(
    32,
    'SslRate',
    'MRP:u32',
    'Number of SSL connections created on this worker process over the last second',
    none,
  ),
  field(33, 'SslRateLimit', 'CLP:u32', 'Hard limit for SslRate (global.maxsslrate)', none),
  field(
    34,
    'MaxSslRate',
    'MMP:u32',
    'Highest SslRate reached on this worker process since started (in connections per second)',
    none,
  ),
  field(
    35,
    'SslFrontendKeyRate',
    'MGP:u32',
    'Number of SSL keys created on frontends in this worker process over the last second',
    none,
  ),
  field(
    36,
    'SslFrontendMaxKeyRate',
    'MMP:u32',
    'Highest SslFrontendKeyRate reached on this worker process since started (in SSL keys per second)',
    none,
  ),
  field(
    37,
    'SslFrontendSessionReuse_pct',
    'MGP:u32',
    'Percent of frontend SSL connections which did not require a new key',
    none,
  ),
  field(
    38,
    'SslBackendKeyRate',
    'MRP:u32',
    'Number of SSL keys created on backends in this worker process over the last second',
    none,
  ),
  field(
    39,
    'SslBackendMaxKeyRate',
    'MMP:u32',
    'Highest SslBackendKeyRate reached on this worker process since started (in SSL keys per second)',
    none,
  ),
  field(
    40,
    'SslCacheLookups',
    'MCP:u32',
    'Total number of SSL session ID lookups in the SSL session cache on this worker since started',
    none,
  ),
  field(
    41,
    'SslCacheMisses',
    'MCP:u32',
    "Total number of SSL session ID lookups that didn't find a session in the SSL session cache on this worker since started",
    none,
  ),
  field(
    42,
    'CompressBpsIn',
    'MRP:u32',
    'Number of bytes submitted to the HTTP compressor in this worker process over the last second',
    none,
  ),
  field(
    43,
    'CompressBpsOut',
    'MRP:u32',
    'Number of bytes emitted by the HTTP compressor in this worker process over the last second',
    none,
  ),
  field(
    44,
    'CompressBpsRateLim',
    'CLP:u32',
    'Limit of CompressBpsOut beyond which HTTP compression is automatically disabled',
    none,
  ),
  field(
    47,
    'Tasks',
    'MGP:u32',
    'Total number of tasks in the current worker process (active + sleeping)',
    (s) => s.jobs,
  ),
  field(
    48,
    'Run_queue',
    'MGP:u32',
    'Total number of active tasks+tasklets in the current worker process',
    none,
  ),
  field(
    49,
    'Idle_pct',
    'MaP:u32',
    'Percentage of last second spent waiting in the current worker thread',
    (s) => s.idlePct,
  ),
  field(50, 'node', 'COS:str', 'Node name (global.node)', (s) => s.node),
  field(51, 'description', 'COS:str', 'Node description (global.description)', (s) => s.description),
  field(52, 'Stopping', 'MGP:u32', '1 if the worker process is currently stopping, otherwise zero', (s) =>
    s.isStopping ? 1 : 0,
  ),
  field(
    53,
    'Jobs',
    'MGP:u32',
    'Current number of active jobs on the current worker process (frontend connections, master connections, listeners)',
    (s) => s.jobs,
  ),
  field(
    54,
    'Unstoppable Jobs',
    'MGP:u32',
    'Current number of unstoppable jobs on the current worker process (master connections)',
    none,
  ),
  field(
    55,
    'Listeners',
    'MGP:u32',
    'Current number of active listeners on the current worker process',
    (s) => s.listeners,
  ),
  field(
    56,
    'ActivePeers',
    'MGP:u32',
    'Current number of verified active peers connections on the current worker process',
    none,
  ),
  field(
    57,
    'ConnectedPeers',
    'MGP:u32',
    'Current number of peers having passed the connection step on the current worker process',
    none,
  ),
  field(
    58,
    'DroppedLogs',
    'MGP:u32',
    'Total number of dropped logs for current worker process since started',
    (s) => s.droppedLogs,
  ),
  field(
    59,
    'BusyPolling',
    'MGP:u32',
    '1 if busy-polling is currently in use on the worker process, otherwise zero (config.busy-polling)',
    none,
  ),
  field(
    60,
    'FailedResolutions',
    'MGP:u32',
    'Total number of failed DNS resolutions in current worker process since started',
    none,
  ),
  field(
    61,
    'TotalBytesOut',
    'MGP:u64',
    'Total number of bytes emitted by current worker process since started',
    (s) => s.bytesOutTotal,
  ),
  field(
    62,
    'TotalSplicedBytesOut',
    'MGP:u64',
    'Total number of bytes emitted by current worker process through a kernel pipe since started',
    none,
  ),
  field(
    63,
    'BytesOutRate',
    'MRP:u64',
    'Number of bytes emitted by current worker process over the last second',
    none,
  ),
  field(
    64,
    'DebugCommandsIssued',
    'MGP:u32',
    'Number of debug commands issued on this process (anything > 0 is unsafe)',
    none,
  ),
  field(
    65,
    'CumRecvLogs',
    'MCP:u32',
    'Total number of log messages received by log-forwarding listeners on this worker process since started',
    none,
  ),
  field(66, 'Build info', 'POS:str', 'Build info', (s) => s.version),
  field(
    67,
    'Memmax_bytes',
    'CLP:u32',
    "Worker process's hard limit on memory usage in byes (-m on command line)",
    (s) => s.memoryLimitMb * MEGABYTE,
  ),
  field(68, 'PoolAlloc_bytes', 'MGP:u64', 'Amount of memory allocated in pools (in bytes)', none),
  field(69, 'PoolUsed_bytes', 'MGP:u64', 'Amount of pool memory currently used (in bytes)', none),
  field(70, 'Start_time_sec', 'MDP:u32', 'Start time in seconds', (s) => Math.floor(s.startedAtMs / 1000)),
  field(71, 'Tainted', 'SGP:str', 'Experimental features used', () => '0'),
  field(72, 'TotalWarnings', 'MCP:u32', 'Total warnings issued', (s) => s.warnings),
];

function uptimeS({ startedAtMs, nowMs }: ProcessStats): number {
  return Math.max(0, Math.floor((nowMs - startedAtMs) / 1000));
}

/** `0d 0h03m47s`. */
function uptimeText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 86_400)}d ${Math.floor(seconds / 3600) % 24}h${two(Math.floor(seconds / 60) % 60)}m${two(seconds % 60)}s`;
}
