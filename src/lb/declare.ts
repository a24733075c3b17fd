/** Declarations of balance algorithms (manual section 4.2, `balance`). */
import type { Args, ValuesOf } from '../keyword/arg.ts';
import type { Declaration } from '../keyword/declaration.ts';
import type { IpAddress } from '../net/ip.ts';
import type { HashType } from './hash-type.ts';

/**
 * The servers of one backend as a balancer sees them. The worker's shared slots implement it; tests use arrays.
 * Indices are places in the backend's configuration order.
 */
export interface ServerTable {
  readonly count: number;
  /** Moves whenever a state or weight changed: balancers rebuild what they derived from those. */
  version(): number;
  /** In rotation now: up, not drained, weight above 0; backups only while no active server is usable. */
  usable(): readonly number[];
  /** Effective weight, in 1/16 of the configured weight's unit as HAProxy's slow start needs; 0 takes no new traffic. */
  weight(server: number): number;
  /** Sessions now being served, over all workers. */
  sessions(server: number): number;
  /** Requests waiting for this very server. */
  queued(server: number): number;
  /** True when another session may begin: maxconn not reached. */
  hasRoom(server: number): boolean;
  /** The number by which `first` orders servers: `id` of the server line, or counted. */
  id(server: number): number;
  /**
   * A number of 32 bits, wrapping, that grows with every session begun or ended in the backend: its value when that
   * last happened to this server. Orders servers of equal load.
   */
  lastMove(server: number): number;
  /** The backend's turn counter, shared by all workers: adds one and returns the old value. */
  nextTurn(): number;
}

/** What algorithms may ask of a stream; the data plane's streams have it and more. */
export interface BalancedStream {
  readonly session: { readonly source: { readonly ip: IpAddress | null } };
}

export interface Balancer {
  /**
   * True when the choice is this server and no other, as with hashes: a request waits for it when it is full. False
   * when a request that finds all servers full, or loses the race for a place, waits for any of them.
   */
  readonly isBound: boolean;
  /**
   * The chosen server, or -1 when none is usable or, unless `isBound`, all are full. `excluded` (-1 for none) is
   * taken only where there is no other.
   */
  pick(stream: BalancedStream, servers: ServerTable, excluded: number): number;
}

/** Settings of the backend that change how an algorithm works. */
export interface BalanceSettings {
  readonly hashType?: HashType | undefined;
}

export interface BalanceDeclaration<A extends Args = Args> extends Declaration<'balance', A> {
  /** Makes one backend's balancer; it keeps what it derives from the states of that backend's servers. */
  compile(args: ValuesOf<A>, settings?: BalanceSettings): () => Balancer;
}

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

export function defineBalance<const A extends Args>(
  input: Optional<Omit<BalanceDeclaration<A>, 'family'>, 'aliases' | 'differences'>,
): BalanceDeclaration<A> {
  return Object.freeze({ aliases: [], differences: [], ...input, family: 'balance' as const });
}
