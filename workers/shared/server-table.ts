/** The servers of one backend, as balance algorithms see them, over the shared memory. */
import type { ServerTable } from '../../src/lb/declare.ts';
import type { Rotation } from './rotation.ts';
import type { SharedState } from './shared-state.ts';

export class SharedServerTable implements ServerTable {
  readonly count: number;
  readonly #shared: SharedState;
  readonly #rotation: Rotation;
  readonly #backendSlot: number;
  readonly #firstServer: number;

  /** `backendSlot` is `slots.backend(proxyId)`; servers have the places of the configuration's order. */
  constructor(shared: SharedState, backendSlot: number) {
    this.#shared = shared;
    this.#rotation = shared.rotation(backendSlot);
    this.#backendSlot = backendSlot;
    this.#firstServer = backendSlot + 1;
    this.count = this.#rotation.serverCount;
  }

  version(): number {
    return this.#rotation.version();
  }

  usable(): readonly number[] {
    return this.#rotation.usable();
  }

  weight(server: number): number {
    return this.#shared.effectiveWeight(this.#firstServer + server);
  }

  sessions(server: number): number {
    return this.#shared.current(this.#firstServer + server);
  }

  queued(server: number): number {
    return this.#shared.queueLength(this.#firstServer + server);
  }

  hasRoom(server: number): boolean {
    return this.#shared.hasRoom(this.#backendSlot, this.#firstServer + server);
  }

  id(server: number): number {
    return this.#shared.serverId(this.#firstServer + server);
  }

  lastMove(server: number): number {
    return this.#shared.lastMove(this.#firstServer + server);
  }

  nextTurn(): number {
    return this.#shared.nextTurn(this.#backendSlot);
  }
}
