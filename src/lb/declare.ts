/** Declarations of balance algorithms (manual section 4.2, `balance`). */

import type { HttpHead } from '../http/head.ts';
import type { Args, ValuesOf } from '../keyword/arg.ts';
import type { Declaration } from '../keyword/declaration.ts';
import type { ExpressionModel } from '../keyword/language-model.ts';
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
  /** The weight that the configuration gives it; above 0 for servers in rotation. */
  initialWeight(server: number): number;
  /** Sessions now being served, over all workers. */
  sessions(server: number): number;
  /** Requests waiting for this very server. */
  queued(server: number): number;
  /** True when another session may begin: maxconn not reached. */
  hasRoom(server: number): boolean;
  /** The most sessions it may have by its `maxconn`; 0 is no limit. */
  maxconn(server: number): number;
  /** Sessions that began in the last second. */
  sessionRate(server: number): number;
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
  /** Null in TCP mode. */
  readonly request: HttpHead | null;
  /** Bytes of the request that have come, where they were waited for. */
  readonly requestBytes: Buffer | null;
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

/** What makes a request go past a server that its hash designates (manual section 4.2, `hash-preserve-affinity`). */
export type HashAffinity = 'always' | 'maxconn' | 'maxqueue';

/** Settings of the backend that change how an algorithm works. What is absent has HAProxy's default. */
export interface BalanceSettings {
  readonly hashType?: HashType | undefined;
  /** Percent of the average load that a server may have; 0 sets no limit. */
  readonly hashBalanceFactor?: number | undefined;
  readonly hashAffinity?: HashAffinity | undefined;
  /** `maxqueue` of the servers; 0 is no limit. */
  readonly maxQueues?: readonly number[];
  /** By server, where its points on the ring come from, if not from its id. */
  readonly ringSeeds?: readonly number[] | null;
  /** Compiles an expression to a function that gives a byte string, or undefined where there is no sample. */
  readonly compileExpression?: (
    model: ExpressionModel,
    type: 'bin' | 'str',
  ) => (stream: BalancedStream) => string | undefined;
  /** 32 random bits. */
  readonly random?: () => number;
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
