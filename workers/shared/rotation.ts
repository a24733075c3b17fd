/**
 * Which servers of a backend take new traffic: what balancers choose from, and whose places go to requests that wait
 * for any server.
 */
import { SLOT } from './layout.ts';
import { OperationalState } from './shared-state.ts';
import { slotRow, type Views } from './views.ts';

const AT = SLOT.at;

/** Running or starting, neither in maintenance nor in drain, and of a weight above 0. */
export function isInRotation(i32: Int32Array, serverSlot: number): boolean {
  const row = slotRow(serverSlot);
  const state = Atomics.load(i32, row + AT.operational);
  if (state !== OperationalState.RUNNING && state !== OperationalState.STARTING) return false;
  return Atomics.load(i32, row + AT.admin) === 0 && Atomics.load(i32, row + AT.effectiveWeight) > 0;
}

/** One backend's rotation as one thread knows it, worked out again when the backend's version has moved. */
export class Rotation {
  /** In the order of the configuration. */
  readonly servers: readonly number[];
  readonly #i32: Int32Array;
  readonly #backend: number;
  readonly #includes = new Set<number>();
  #usable: readonly number[] = [];
  #version = -1;

  /** `servers` are the slots of the backend's servers. */
  constructor(views: Views, backendSlot: number, servers: readonly number[]) {
    this.#i32 = views.i32;
    this.#backend = slotRow(backendSlot);
    this.servers = servers;
  }

  version(): number {
    return Atomics.load(this.#i32, this.#backend + AT.version);
  }

  /**
   * Places in the configuration's order: the active servers; while there is none, the first backup, or all of them
   * with `option allbackups`.
   */
  usable(): readonly number[] {
    if (this.version() !== this.#version) this.#rebuild();
    return this.#usable;
  }

  /** Asked by slot. */
  includes(serverSlot: number): boolean {
    if (this.version() !== this.#version) this.#rebuild();
    return this.#includes.has(serverSlot);
  }

  #rebuild(): void {
    this.#version = this.version();
    const active: number[] = [];
    const backups: number[] = [];
    for (let server = 0; server < this.servers.length; server++) {
      const slot = this.servers[server]!;
      if (!isInRotation(this.#i32, slot)) continue;
      (this.#i32[slotRow(slot) + AT.isBackup] === 1 ? backups : active).push(server);
    }
    const usesAllBackups = this.#i32[this.#backend + AT.usesAllBackups] === 1;
    this.#usable = active.length > 0 ? active : usesAllBackups ? backups : backups.slice(0, 1);
    this.#includes.clear();
    for (const server of this.#usable) this.#includes.add(this.servers[server]!);
  }
}
