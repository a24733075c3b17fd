/** `hash-balance-factor`: how much load a server may have beside the others (manual section 4.2). */
import type { ServerTable } from './declare.ts';

/** True while a further session leaves the server within `factor` percent of its share of all sessions. */
export function canTakeMore(server: number, servers: ServerTable, factor: number): boolean {
  const usable = servers.usable();
  let sessions = 1;
  let weights = 0;
  for (let i = 0; i < usable.length; i++) {
    sessions += servers.sessions(usable[i]!);
    weights += servers.weight(usable[i]!);
  }
  const places = Math.ceil((sessions * factor * servers.weight(server)) / (100 * weights));
  return servers.sessions(server) < places;
}
