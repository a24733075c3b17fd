/** `show servers state`, format version 1, and `show servers conn` (management manual 9.3). */
import type { ProxyStats, ServerStats } from './view.ts';

const VERSION = '1';
const STATE_COLUMNS =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';

/** Servers of all backends in file order, or of one. */
export function serversState(proxies: readonly ProxyStats[]): string {
  const lines = proxies.flatMap((proxy) => proxy.servers.map((server) => stateLine(proxy, server)));
  return `${[VERSION, `# ${STATE_COLUMNS}`, ...lines].join('\n')}\n`;
}

function stateLine(proxy: ProxyStats, server: ServerStats): string {
  const { check, agent } = server;
  return [
    proxy.id,
    proxy.name,
    server.id,
    server.name,
    orDash(server.host),
    server.operational,
    server.admin,
    server.weight,
    server.initialWeight,
    server.lastChangeS,
    check.status,
    check.result,
    check.health,
    check.state,
    agent.state,
    proxy.isIdForced ? 1 : 0,
    server.isIdForced ? 1 : 0,
    orDash(server.fqdn),
    server.port,
    '-',
    server.usesTls ? 1 : 0,
    check.port,
    orDash(check.address),
    orDash(agent.address),
    agent.port,
  ].join(' ');
}

/** HAProxy's columns; idle connections belong to the threads and are not counted here. */
export function serversConnections(proxies: readonly ProxyStats[], threads: number): string {
  const header = `# bkname/svname bkid/svid addr port - purge_delay served used_cur used_max need_est idle_sess unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[${threads}]`;
  const lines = proxies.flatMap((proxy) =>
    proxy.servers.map((server) =>
      [
        `${proxy.name}/${server.name}`,
        `${proxy.id}/${server.id}`,
        orDash(server.host),
        server.port,
        '-',
        5000,
        server.current,
        server.current,
        server.maximum,
        server.maximum,
        0,
        0,
        0,
        -1,
        0,
        ...new Array<number>(threads).fill(0),
      ].join(' '),
    ),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

function orDash(text: string): string {
  return text === '' ? '-' : text;
}
