/** A backend's servers as arrays, for tests of balance algorithms; and streams with nothing but a source address. */
import type { BalancedStream, Balancer, ServerTable } from '../../src/lb/declare.ts';
import { parseIp } from '../../src/net/ip.ts';

export interface ArrayServer {
  weight: number;
  /** As the configuration has it. */
  initialWeight: number;
  sessions: number;
  queued: number;
  maxconn: number;
  isUp: boolean;
  id: number;
  lastMove: number;
  /** Sessions of the last second. */
  rate: number;
}

export class ArrayServers implements ServerTable {
  readonly servers: ArrayServer[];
  turn = 0;
  #version = 0;
  #moves = 0;

  constructor(weights: readonly number[]) {
    this.servers = weights.map((weight, index) => ({
      weight,
      initialWeight: weight,
      sessions: 0,
      queued: 0,
      maxconn: 0,
      isUp: true,
      id: index + 1,
      lastMove: 0,
      rate: 0,
    }));
  }

  get count(): number {
    return this.servers.length;
  }

  /** Changes a server's state, weight or limits. */
  change(server: number, changes: Partial<ArrayServer>): void {
    Object.assign(this.servers[server]!, changes);
    this.#version++;
  }

  begin(server: number): void {
    this.#move(server, 1);
  }

  end(server: number): void {
    this.#move(server, -1);
  }

  #move(server: number, change: number): void {
    this.servers[server]!.sessions += change;
    this.servers[server]!.lastMove = ++this.#moves | 0;
  }

  version(): number {
    return this.#version;
  }

  usable(): readonly number[] {
    return [...this.servers.keys()].filter(
      (server) => this.servers[server]!.isUp && this.servers[server]!.weight > 0,
    );
  }

  weight(server: number): number {
    return this.servers[server]!.weight * 16;
  }

  initialWeight(server: number): number {
    return this.servers[server]!.initialWeight;
  }

  maxconn(server: number): number {
    return this.servers[server]!.maxconn;
  }

  sessionRate(server: number): number {
    return this.servers[server]!.rate;
  }

  sessions(server: number): number {
    return this.servers[server]!.sessions;
  }

  queued(server: number): number {
    return this.servers[server]!.queued;
  }

  hasRoom(server: number): boolean {
    const { maxconn, sessions } = this.servers[server]!;
    return maxconn === 0 || sessions < maxconn;
  }

  id(server: number): number {
    return this.servers[server]!.id;
  }

  lastMove(server: number): number {
    return this.servers[server]!.lastMove;
  }

  nextTurn(): number {
    return this.turn++;
  }
}

/** A stream from this client address; null is a unix socket. */
export function streamFrom(address: string | null): BalancedStream {
  const ip = address === null ? null : parseIp(address);
  return { session: { source: { ip } }, request: null, requestBytes: null };
}

/** Servers as people count them, from 1, one digit each: `1232`. A 0 says that none was found. */
export function picks(
  balancer: Balancer,
  servers: ServerTable,
  count: number,
  stream = streamFrom('10.0.0.1'),
): string {
  let text = '';
  for (let i = 0; i < count; i++) text += balancer.pick(stream, servers, -1) + 1;
  return text;
}
