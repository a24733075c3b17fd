/** The value of X-Haproxy-Server-State (manual section 4.2, `http-check send-state`): how a server is seen, told to it. */

export interface SeenServer {
  /** As the statistics say it: `UP 2/3`. */
  readonly status: string;
  /** `backend/server`. */
  readonly name: string;
  /** '' and 0 for unix sockets. */
  readonly host: string;
  readonly port: number;
  readonly node: string;
  /** Of this server, and of all that are usable. */
  readonly weight: number;
  readonly totalWeight: number;
  readonly sessions: number;
  readonly totalSessions: number;
  readonly queued: number;
}

export function stateHeader(server: SeenServer): string {
  const isUnix = server.host === '';
  return [
    server.status,
    `address=${isUnix ? 'unix' : server.host}`,
    `port=${isUnix ? 'unix' : server.port}`,
    `name=${server.name}`,
    `node=${server.node}`,
    `weight=${server.weight}/${server.totalWeight}`,
    `scur=${server.sessions}/${server.totalSessions}`,
    `qcur=${server.queued}`,
  ].join('; ');
}
