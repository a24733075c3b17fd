/** Declarations of balance algorithms (manual section 4.2, `balance`). */
import type { Args, ValuesOf } from '../keyword/arg.ts';
import type { Declaration } from '../keyword/declaration.ts';
import type { StreamView } from '../sample/stream-view.ts';

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
  /** The backend's turn counter, shared by all workers: adds one and returns the old value. */
  nextTurn(): number;
}

export interface Balancer {
  /** The chosen server, or -1 when none is usable or all are full. `excluded` is skipped (-1 for none). */
  pick(stream: StreamView, servers: ServerTable, excluded: number): number;
}

export interface BalanceDeclaration<A extends Args = Args> extends Declaration<'balance', A> {
  compile(args: ValuesOf<A>): () => Balancer;
}

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

export function defineBalance<const A extends Args>(input: Optional<Omit<BalanceDeclaration<A>, 'family'>, 'aliases' | 'differences'>): BalanceDeclaration<A> {
  return Object.freeze({ aliases: [], differences: [], ...input, family: 'balance' as const });
}
