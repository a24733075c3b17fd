/** `balance leastconn`. */
import { type BalancedStream, type Balancer, defineBalance, type ServerTable } from './declare.ts';

/** Loads are compared in whole parts of this size, as HAProxy 2.6 does: with large weights, close loads are equal. */
const LOAD_SCALE = 4096;

/** The next session's share of the server's weight; an idle server comes before all others. */
function loadOf(servers: ServerTable, server: number): number {
  const requests = servers.sessions(server) + servers.queued(server);
  return requests === 0 ? 0 : Math.floor(((requests + 1) * LOAD_SCALE) / servers.weight(server));
}

class LeastConnections implements Balancer {
  readonly isBound = false;

  pick(_stream: BalancedStream, servers: ServerTable, excluded: number): number {
    const usable = servers.usable();
    let best = -1;
    let bestLoad = 0;
    for (let i = 0; i < usable.length; i++) {
      const server = usable[i]!;
      if (server === excluded || !servers.hasRoom(server)) continue;
      const load = loadOf(servers, server);
      if (best >= 0 && (load > bestLoad || (load === bestLoad && !isCalmer(servers, server, best)))) continue;
      best = server;
      bestLoad = load;
    }
    if (best >= 0 || excluded < 0) return best;
    return usable.includes(excluded) && servers.hasRoom(excluded) ? excluded : -1;
  }
}

/** Of equal loads, the server where nothing has begun or ended for longer. */
function isCalmer(servers: ServerTable, one: number, other: number): boolean {
  return ((servers.lastMove(one) - servers.lastMove(other)) | 0) < 0;
}

export const leastConnections = defineBalance({
  name: 'leastconn',
  summary:
    'Chooses the server with the fewest sessions and waiting requests for its weight; by turns among equals.',
  args: {},
  examples: [{ text: 'balance leastconn', result: { name: 'leastconn', args: {} } }],
  compile: () => () => new LeastConnections(),
});
