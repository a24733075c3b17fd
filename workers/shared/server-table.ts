/** The servers of one backend, as balance algorithms see them, over the shared memory. */
import type { ServerTable } from '../../src/lb/declare.ts';
import type { Rotation } from './rotation.ts';
import { RateKind, type SharedState } from './shared-state.ts';
import type { SlotMap } from './slots.ts';

export class SharedServerTable implements ServerTable {
  readonly count: number;
  readonly #shared: SharedState;
  readonly #rotation: Rotation;
  readonly #backendSlot: number;
  readonly #servers: readonly number[];

  /** `backendSlot` is `slots.backend(proxyId)`; servers have the places of the configuration's order. */
  constructor(shared: SharedState, backendSlot: number, slots: SlotMap = shared.slots) {
    this.#shared = shared;
    this.#rotation = shared.rotation(backendSlot, slots);
    this.#backendSlot = backendSlot;
    this.#servers = this.#rotation.servers;
    this.count = this.#servers.length;
  }

  version(): number {
    return this.#rotation.version();
  }

  usable(): readonly number[] {
    return this.#rotation.usable();
  }

  weight(server: number): number {
    return this.#shared.effectiveWeight(this.#servers[server]!);
  }

  initialWeight(server: number): number {
    return this.#shared.initialWeight(this.#servers[server]!);
  }

  maxconn(server: number): number {
    return this.#shared.maxconn(this.#servers[server]!);
  }

  sessionRate(server: number): number {
    return this.#shared.rate(this.#servers[server]!, RateKind.SESSION);
  }

  sessions(server: number): number {
    return this.#shared.current(this.#servers[server]!);
  }

  queued(server: number): number {
    return this.#shared.queueLength(this.#servers[server]!);
  }

  hasRoom(server: number): boolean {
    return this.#shared.hasRoom(this.#backendSlot, this.#servers[server]!);
  }

  id(server: number): number {
    return this.#shared.serverId(this.#servers[server]!);
  }

  lastMove(server: number): number {
    return this.#shared.lastMove(this.#servers[server]!);
  }

  nextTurn(): number {
    return this.#shared.nextTurn(this.#backendSlot);
  }
}
