/** Gives out servers by turns of a table: what `roundrobin` and `static-rr` have in common. */
import type { BalancedStream, Balancer, ServerTable } from './declare.ts';

/** Servers by turn: the first round, and the one that repeats behind it (the same table where they do not differ). */
export interface TurnTable {
  readonly round: number;
  /** Index of the repeating round in `turns`: 0, or `round`. */
  readonly repeatsAt: number;
  readonly turns: Uint16Array;
}

const NO_TURNS: TurnTable = { round: 0, repeatsAt: 0, turns: new Uint16Array(0) };

export class TurnBalancer implements Balancer {
  readonly isBound = false;
  readonly #build: (servers: ServerTable, usable: readonly number[]) => TurnTable;
  #version = -1;
  #table = NO_TURNS;
  #usable: readonly number[] = [];

  /** `build` makes the table; its entries are places in `usable`, which is not empty. */
  constructor(build: (servers: ServerTable, usable: readonly number[]) => TurnTable) {
    this.#build = build;
  }

  pick(_stream: BalancedStream, servers: ServerTable, excluded: number): number {
    if (servers.version() !== this.#version) this.#rebuild(servers);
    if (this.#usable.length === 0) return -1;
    const server = this.#serverAt(servers.nextTurn());
    return server !== excluded && servers.hasRoom(server) ? server : this.#pickNext(servers, excluded);
  }

  /** The next in turn who has room. Servers that are passed over lose their turn. */
  #pickNext(servers: ServerTable, excluded: number): number {
    if (!this.#hasChoice(servers, excluded)) return this.#lastResort(servers, excluded);
    for (let tries = this.#table.round; tries > 0; tries--) {
      const server = this.#serverAt(servers.nextTurn());
      if (server !== excluded && servers.hasRoom(server)) return server;
    }
    return -1;
  }

  #hasChoice(servers: ServerTable, excluded: number): boolean {
    for (let i = 0; i < this.#usable.length; i++) {
      const server = this.#usable[i]!;
      if (server !== excluded && servers.hasRoom(server)) return true;
    }
    return false;
  }

  #lastResort(servers: ServerTable, excluded: number): number {
    return excluded >= 0 && this.#usable.includes(excluded) && servers.hasRoom(excluded) ? excluded : -1;
  }

  #serverAt(turn: number): number {
    const { round, repeatsAt, turns } = this.#table;
    const place = turn < round ? turns[turn]! : turns[repeatsAt + (turn % round)]!;
    return this.#usable[place]!;
  }

  #rebuild(servers: ServerTable): void {
    this.#version = servers.version();
    this.#usable = servers.usable();
    this.#table = this.#usable.length === 0 ? NO_TURNS : this.#build(servers, this.#usable);
  }
}
