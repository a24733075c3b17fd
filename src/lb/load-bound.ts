/**
 * `hash-balance-factor`: how much load a server may have beside the others (manual section 4.2).
 *
 * All servers together have as many places as there are sessions, the new one included, times the factor, rounded
 * up. They are dealt out by weight so that none is lost: a server's places end where its part of the sum of the
 * weights ends. Each has at least one. That is how HAProxy 2.6 deals them out, as watched.
 */
import type { ServerTable } from './declare.ts';

/** True while the server has fewer sessions than places. `factor` is in percent; the server must be usable. */
export function canTakeMore(server: number, servers: ServerTable, factor: number): boolean {
  let sessions = 1;
  for (let other = 0; other < servers.count; other++) sessions += servers.sessions(other);
  const usable = servers.usable();
  let before = 0;
  let weights = 0;
  for (let i = 0; i < usable.length; i++) {
    if (usable[i] === server) before = weights;
    weights += servers.weight(usable[i]!);
  }
  const places = Math.ceil((sessions * factor) / 100);
  const begin = Math.floor((before * places) / weights);
  const end = Math.floor(((before + servers.weight(server)) * places) / weights);
  return servers.sessions(server) < Math.max(1, end - begin);
}
