/** The columns of `show stat` in HAProxy's order (management manual 9.1): the position is the column's number for ever. */
import type { Field } from './field.ts';

/** Columns that say the same of each kind of object, and those with tags of their own for servers or backends. */
export interface Column extends Field {
  readonly serverTags?: string;
  readonly backendTags?: string;
}

const counter = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'u64', tags: 'MCP' }));
const gauge = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'u32', tags: 'MGP' }));
const maximum = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'u32', tags: 'MMP' }));
const average = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'u32', tags: 'MaP' }));
const text = (tags: string, ...names: string[]): Column[] =>
  names.map((name) => ({ name, type: 'str', tags }));
const config = (tags: string, ...names: string[]): Column[] =>
  names.map((name) => ({ name, type: 'u32', tags }));
const rate = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'u32', tags: 'MRP' }));

export const COLUMNS: readonly Column[] = [
  ...text('KNS', 'pxname', 'svname'),
  ...gauge('qcur'),
  ...maximum('qmax'),
  ...gauge('scur'),
  ...maximum('smax'),
  ...config('CLP', 'slim'),
  ...counter('stot', 'bin', 'bout', 'dreq', 'dresp', 'ereq', 'econ', 'eresp', 'wretr', 'wredis'),
  ...text('SGP', 'status'),
  ...average('weight'),
  { name: 'act', type: 'u32', tags: 'MGP', serverTags: 'SGP' },
  { name: 'bck', type: 'u32', tags: 'MGP', serverTags: 'SGP' },
  ...counter('chkfail', 'chkdown'),
  { name: 'lastchg', type: 'u32', tags: 'MAP' },
  { name: 'downtime', type: 'u32', tags: 'MCP' },
  ...config('CGS', 'qlimit'),
  ...config('KGP', 'pid'),
  ...config('KGS', 'iid', 'sid'),
  ...average('throttle'),
  ...counter('lbtot'),
  ...text('CNS', 'tracked'),
  ...config('CGS', 'type'),
  { name: 'rate', type: 'u32', tags: 'MRP', backendTags: 'MGP' },
  ...config('CLP', 'rate_lim'),
  { name: 'rate_max', type: 'u32', tags: 'MMP', backendTags: 'MGP' },
  ...text('MOP', 'check_status'),
  { name: 'check_code', type: 'u32', tags: 'MOP' },
  { name: 'check_duration', type: 'u64', tags: 'MDP' },
  ...counter('hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'),
  ...counter('hanafail'),
  ...rate('req_rate'),
  ...maximum('req_rate_max'),
  ...counter('req_tot', 'cli_abrt', 'srv_abrt', 'comp_in', 'comp_out', 'comp_byp', 'comp_rsp'),
  { name: 'lastsess', type: 's32', tags: 'MAP' },
  ...text('MOP', 'last_chk', 'last_agt'),
  ...average('qtime', 'ctime', 'rtime', 'ttime'),
  ...text('MOP', 'agent_status'),
  { name: 'agent_code', type: 'u32', tags: 'MOP' },
  { name: 'agent_duration', type: 'u64', tags: 'MDP' },
  ...text('MOP', 'check_desc', 'agent_desc'),
  ...config('CGS', 'check_rise', 'check_fall', 'check_health', 'agent_rise', 'agent_fall', 'agent_health'),
  ...text('CGS', 'addr'),
  ...text('CNS', 'cookie'),
  ...text('CGS', 'mode', 'algo'),
  ...rate('conn_rate'),
  ...maximum('conn_rate_max'),
  ...counter(
    'conn_tot',
    'intercepted',
    'dcon',
    'dses',
    'wrew',
    'connect',
    'reuse',
    'cache_lookups',
    'cache_hits',
  ),
  ...gauge('srv_icur'),
  ...config('CLP', 'src_ilim'),
  ...maximum('qtime_max', 'ctime_max', 'rtime_max', 'ttime_max'),
  ...counter('eint'),
  ...gauge('idle_conn_cur', 'safe_conn_cur', 'used_conn_cur', 'need_conn_est'),
  ...average('uweight'),
  ...gauge('agg_server_status', 'agg_server_check_status', 'agg_check_status'),
  { name: 'srid', type: 'u32', tags: 'KGS' },
  ...counter('sess_other', 'h1_sess', 'h2_sess', 'h3_sess', 'req_other', 'h1req', 'h2req', 'h3req'),
  ...text('CGS', 'proto'),
  ...gauge('priv_idle_cur'),
  ...counter('reqbin', 'reqbout', 'resbin', 'resbout', 'cache_hint_hits'),
];

/** The first line of the CSV; the lone `-` marks the end of the columns with a fixed place. */
export const CSV_HEADER = `# ${COLUMNS.map((column) => column.name).join(',')},-,`;
