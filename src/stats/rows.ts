/** Rows of `show stat`: one for each frontend side, server and backend side, in HAProxy's order (management manual 9.1). */

import { isUsable, statusOf } from '../health/server-states.ts';
import { CheckResult, CheckState, hasCode, statusText } from '../health/status.ts';
import type { FieldValue } from './field.ts';
import type { BackendStats, CheckStats, FrontendStats, ProxyStats, ServerStats, SideStats } from './view.ts';

/** The kinds of object: the letter of the typed form, the `type` column, the bit of `show stat <iid> <type> <sid>`. */
export const ObjectKind = {
  FRONTEND: { letter: 'F', type: 0, mask: 1, label: 'Frontend' },
  BACKEND: { letter: 'B', type: 1, mask: 2, label: 'Backend' },
  SERVER: { letter: 'S', type: 2, mask: 4, label: 'Server' },
} as const;
export type ObjectKind = (typeof ObjectKind)[keyof typeof ObjectKind];

/** Values by column name; a column that is missing is empty. */
export interface StatRow {
  readonly kind: ObjectKind;
  readonly proxyId: number;
  readonly objectId: number;
  readonly values: { readonly [column: string]: FieldValue };
}

/** Which rows to make. `proxyId` and `serverId` -1 take all; `mask` adds up ObjectKind masks. */
export interface RowFilter {
  readonly proxyId: number;
  readonly mask: number;
  readonly serverId: number;
  /** Leave out servers in maintenance, or all that are not up. */
  readonly servers: 'all' | 'no-maint' | 'up';
}

export const ALL_ROWS: RowFilter = { proxyId: -1, mask: 7, serverId: -1, servers: 'all' };

export function statRows(proxies: readonly ProxyStats[], filter: RowFilter): StatRow[] {
  const rows: StatRow[] = [];
  for (const proxy of proxies) {
    if (filter.proxyId >= 0 && proxy.id !== filter.proxyId) continue;
    if (proxy.frontend !== null && filter.mask & 1 && filter.serverId <= 0)
      rows.push(frontendRow(proxy, proxy.frontend));
    if (filter.mask & 4)
      for (const server of proxy.servers) if (isWanted(server, filter)) rows.push(serverRow(proxy, server));
    if (proxy.backend !== null && filter.mask & 2 && filter.serverId <= 0)
      rows.push(backendRow(proxy, proxy.backend, filter));
  }
  return rows;
}

function isWanted(server: ServerStats, filter: RowFilter): boolean {
  if (filter.serverId >= 0 && server.id !== filter.serverId) return false;
  if (filter.servers === 'all') return true;
  if (statusOfServer(server).startsWith('MAINT')) return false;
  return filter.servers === 'no-maint' || server.operational !== 0;
}

export function frontendRow(proxy: ProxyStats, side: FrontendStats): StatRow {
  const { counts } = side;
  return {
    kind: ObjectKind.FRONTEND,
    proxyId: proxy.id,
    objectId: 0,
    values: {
      ...identity(proxy, 'FRONTEND', ObjectKind.FRONTEND, 0),
      ...sessions(side),
      slim: side.limit,
      dreq: counts.dreq,
      dresp: counts.dresp,
      ereq: counts.ereq,
      status: side.status,
      rate_lim: side.rateLimit,
      ...(proxy.mode === 'http' && {
        ...statuses(side),
        intercepted: counts.intercepted,
        cache_lookups: 0,
        cache_hits: 0,
        cache_hint_hits: 0,
      }),
      req_rate: side.requestRate,
      req_rate_max: side.requestRateMax,
      req_tot: counts.req_tot,
      ...NO_COMPRESSION,
      conn_rate: side.connectionRate,
      conn_rate_max: side.connectionRateMax,
      conn_tot: counts.conn_tot,
      dcon: counts.dcon,
      dses: counts.dses,
      ...byProtocol(proxy, side),
    },
  };
}

export function serverRow(proxy: ProxyStats, server: ServerStats): StatRow {
  const { counts } = server;
  return {
    kind: ObjectKind.SERVER,
    proxyId: proxy.id,
    objectId: server.id,
    values: {
      ...identity(proxy, server.name, ObjectKind.SERVER, server.id),
      ...sessions(server),
      ...queueAndErrors(server),
      ...(server.limit > 0 && { slim: server.limit }),
      dresp: counts.dresp,
      status: statusOfServer(server),
      weight: Math.ceil(server.effectiveWeight / 16),
      act: server.isBackup ? 0 : 1,
      bck: server.isBackup ? 1 : 0,
      lastchg: server.lastChangeS,
      ...checkColumns(server),
      ...agentColumns(server),
      ...(server.queueLimit > 0 && { qlimit: server.queueLimit }),
      ...(server.tracked !== '' && { tracked: server.tracked }),
      ...(proxy.mode === 'http' && { ...statuses(server), req_tot: counts.req_tot }),
      lastsess: server.lastSessionS,
      addr: addressOf(server),
      ...(server.cookie !== '' && { cookie: server.cookie }),
      srv_icur: 0,
      idle_conn_cur: 0,
      safe_conn_cur: 0,
      used_conn_cur: server.current,
      need_conn_est: server.current,
      uweight: server.weight,
      srid: 0,
      priv_idle_cur: 0,
    },
  };
}

export function backendRow(proxy: ProxyStats, side: BackendStats, filter: RowFilter): StatRow {
  const { counts } = side;
  const usable = usableServers(proxy.servers);
  const weights = sumOf(usable.inRotation, (server) => Math.ceil(server.effectiveWeight / 16));
  const isUp = usable.inRotation.length > 0 || proxy.servers.length === 0;
  return {
    kind: ObjectKind.BACKEND,
    proxyId: proxy.id,
    objectId: 0,
    values: {
      ...identity(proxy, 'BACKEND', ObjectKind.BACKEND, 0),
      ...sessions(side),
      ...queueAndErrors(side),
      slim: side.limit,
      dreq: counts.dreq,
      dresp: counts.dresp,
      status: backendStatus(isUp, usable, proxy, filter),
      weight: weights,
      act: usable.active.length,
      bck: usable.backup.length,
      chkdown: side.downs,
      lastchg: side.lastChangeS,
      ...(proxy.servers.length > 0 && { downtime: side.downtimeS }),
      ...(proxy.mode === 'http' && {
        ...statuses(side),
        req_tot: counts.req_tot,
        cache_lookups: 0,
        cache_hits: 0,
        cache_hint_hits: 0,
      }),
      ...NO_COMPRESSION,
      lastsess: side.lastSessionS,
      ...(side.cookie !== '' && { cookie: side.cookie }),
      algo: side.algorithm,
      uweight: sumOf(usable.inRotation, (server) => server.weight),
      agg_server_status: 0,
      agg_server_check_status: 0,
      agg_check_status: 0,
    },
  };
}

/** HAProxy adds how many servers are up when the listing leaves servers out. */
function backendStatus(isUp: boolean, usable: UsableServers, proxy: ProxyStats, filter: RowFilter): string {
  const word = isUp ? 'UP' : 'DOWN';
  if (filter.servers === 'all') return word;
  return `${word} (${usable.active.length + usable.backup.length}/${proxy.servers.length})`;
}

export interface UsableServers {
  readonly active: readonly ServerStats[];
  readonly backup: readonly ServerStats[];
  /** The active ones, or the backups while no active one is left. */
  readonly inRotation: readonly ServerStats[];
}

export function usableServers(servers: readonly ServerStats[]): UsableServers {
  const usable = servers.filter((server) =>
    isUsable(server.operational, server.admin, server.effectiveWeight),
  );
  const active = usable.filter((server) => !server.isBackup);
  const backup = usable.filter((server) => server.isBackup);
  return { active, backup, inRotation: active.length > 0 ? active : backup };
}

export function statusOfServer(server: ServerStats): string {
  const { operational, admin, tracked } = server;
  const { check, agent } = server.judged;
  return statusOf({
    operational,
    admin,
    tracked,
    hasAgent: (agent.state & CheckState.ENABLED) !== 0,
    agentHealth: agent.health,
    isChecked: isChecked(check),
    health: check.health,
    rise: check.rise,
    fall: check.fall,
  });
}

function isChecked({ state }: CheckStats): boolean {
  return (state & (CheckState.ENABLED | CheckState.PAUSED)) === CheckState.ENABLED;
}

function checkColumns(server: ServerStats): { [column: string]: FieldValue } {
  const { check } = server;
  const values: { [column: string]: FieldValue } = {};
  if (check.state & CheckState.ENABLED)
    Object.assign(values, { chkfail: check.fails, chkdown: check.downs, downtime: server.downtimeS });
  if (check.observedFails >= 0 && check.state & CheckState.ENABLED) values['hanafail'] = check.observedFails;
  if (!isChecked(check)) return values;
  const text = statusText(check.status);
  const isRunning = hasNoResult(check);
  values['check_status'] = isRunning && check.status > 1 ? `* ${text.code}` : text.code;
  if (hasCode(check.status)) values['check_code'] = isRunning ? 0 : check.code;
  if (check.status > 1 && check.durationMs >= 0) values['check_duration'] = check.durationMs;
  values['check_desc'] = text.description;
  values['last_chk'] = isRunning ? '' : check.info;
  Object.assign(values, { check_rise: check.rise, check_fall: check.fall, check_health: check.health });
  return values;
}

function hasNoResult({ state, result }: Pick<CheckStats, 'state' | 'result'>): boolean {
  return (state & CheckState.IN_PROGRESS) !== 0 && result === CheckResult.UNKNOWN;
}

function agentColumns({ agent }: ServerStats): { [column: string]: FieldValue } {
  if ((agent.state & CheckState.ENABLED) === 0) return {};
  const text = statusText(agent.status);
  const isRunning = hasNoResult(agent);
  return {
    agent_status: isRunning && agent.status > 1 ? `* ${text.code}` : text.code,
    ...(hasCode(agent.status) && { agent_code: isRunning ? 0 : agent.code }),
    ...(agent.durationMs >= 0 && { agent_duration: agent.durationMs }),
    agent_desc: text.description,
    last_agt: isRunning ? '' : agent.info,
    agent_rise: 1,
    agent_fall: 1,
    agent_health: agent.health,
  };
}

const NO_COMPRESSION = { comp_in: 0, comp_out: 0, comp_byp: 0, comp_rsp: 0 };

function identity(
  proxy: ProxyStats,
  name: string,
  kind: ObjectKind,
  id: number,
): { [column: string]: FieldValue } {
  return {
    pxname: proxy.name,
    svname: name,
    pid: 1,
    iid: proxy.id,
    sid: id,
    type: kind.type,
    mode: proxy.mode,
  };
}

function sessions({ counts, current, maximum, rate, rateMax }: SideStats): { [column: string]: FieldValue } {
  return {
    scur: current,
    smax: maximum,
    stot: counts.stot,
    bin: counts.bin,
    bout: counts.bout,
    rate,
    rate_max: rateMax,
    wrew: 0,
    eint: 0,
    reqbin: counts.bin,
    reqbout: counts.bin,
    resbin: counts.bout,
    resbout: counts.bout,
  };
}

function queueAndErrors(side: SideStats & { readonly queued: number; readonly queuedMax: number }): {
  [column: string]: FieldValue;
} {
  const { counts } = side;
  const average = (sum: number): number => (counts.timed > 0 ? Math.round(sum / counts.timed) : 0);
  return {
    qcur: side.queued,
    qmax: side.queuedMax,
    econ: counts.econ,
    eresp: counts.eresp,
    wretr: counts.wretr,
    wredis: counts.wredis,
    lbtot: counts.lbtot,
    cli_abrt: counts.cli_abrt,
    srv_abrt: counts.srv_abrt,
    connect: counts.connect,
    reuse: counts.reuse,
    qtime: average(counts.qtime_sum),
    ctime: average(counts.ctime_sum),
    rtime: average(counts.rtime_sum),
    ttime: average(counts.ttime_sum),
    qtime_max: 0,
    ctime_max: 0,
    rtime_max: 0,
    ttime_max: 0,
  };
}

function statuses({ counts }: SideStats): { [column: string]: FieldValue } {
  const { hrsp_1xx, hrsp_2xx, hrsp_3xx, hrsp_4xx, hrsp_5xx, hrsp_other } = counts;
  return { hrsp_1xx, hrsp_2xx, hrsp_3xx, hrsp_4xx, hrsp_5xx, hrsp_other };
}

function byProtocol(proxy: ProxyStats, { counts }: FrontendStats): { [column: string]: FieldValue } {
  const isHttp = proxy.mode === 'http';
  return {
    sess_other: isHttp ? 0 : counts.stot,
    h1_sess: isHttp ? counts.stot : 0,
    h2_sess: 0,
    h3_sess: 0,
    req_other: isHttp ? 0 : counts.req_tot,
    h1req: isHttp ? counts.req_tot : 0,
    h2req: 0,
    h3req: 0,
  };
}

function addressOf({ isUnix, host, port }: ServerStats): string {
  if (isUnix) return 'unix';
  if (host === '') return '';
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += value(item);
  return sum;
}
