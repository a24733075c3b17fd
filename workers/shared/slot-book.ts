/**
 * The main thread's book of which slot belongs to what, over the reloads of a worker process.
 *
 * ```
 *   free ──plan, fill──▶ in use ──a reload removes it──▶ given up ──its sessions have ended──▶ free
 * ```
 *
 * What is given up keeps its row while streams of the plan before are still there; it is looked at again when a
 * reload needs slots.
 */
import type { Model } from '../../config/model/model.ts';
import { fillSlot, maxconnOfServer, waitersFor } from './create-shared.ts';
import { rampEndOf } from './fullconn.ts';
import { COUNTER_STRIDE, SLOT } from './layout.ts';
import { PROCESS_SLOT, type SlotEntry, SlotMap, type SlotNumbers, slotsOf } from './slots.ts';
import { slotRow, type Views, viewsOf } from './views.ts';

const AT = SLOT.at;

/** The slots of a model that is to come into force. */
export interface SlotChange {
  readonly model: Model;
  readonly numbers: SlotNumbers;
  readonly slots: SlotMap;
  readonly added: readonly SlotEntry[];
  readonly removed: readonly SlotEntry[];
}

export class SlotBook {
  readonly #views: Views;
  #model: Model;
  #slots: SlotMap;
  #givenUp: number[] = [];
  #free: number[] = [];
  /** Slots from here on were never used. */
  #unused: number;

  /** `model` is the one that the memory was made for. */
  constructor(buffer: SharedArrayBuffer, model: Model) {
    this.#model = model;
    this.#slots = slotsOf(model);
    this.#views = viewsOf(buffer, this.#slots);
    this.#unused = this.#slots.count;
  }

  /** The slots of what now is in force, by identity. */
  get entries(): readonly SlotEntry[] {
    return this.#slots.entries;
  }

  /**
   * Finds slots for a model: kept ones for what has kept its name, free ones for what is new, whose rows are filled
   * in. Nothing is in force yet. A text instead says why this memory has no room for the model.
   */
  plan(model: Model): SlotChange | string {
    if (waitersFor(model.global.maxconn ?? 0) > this.#views.waitersPerThread)
      return 'maxconn needs more room for waiting requests';
    this.#collect();
    const before = new Map(this.#slots.entries.map((entry) => [entry.identity, entry]));
    const free = this.#free.slice();
    let unused = this.#unused;
    const numbers: number[] = [];
    const isNew: boolean[] = [];
    const wanted = slotsOf(model).entries;
    for (const { identity } of wanted) {
      const slot = before.get(identity)?.slot;
      isNew.push(slot === undefined);
      numbers.push(slot ?? free.pop() ?? unused++);
    }
    if (unused > this.#views.capacity)
      return 'there are more proxies and servers than its shared memory has room for';
    const slots = new SlotMap(model, numbers);
    const kept = new Set(numbers);
    const change: SlotChange = {
      model,
      numbers,
      slots,
      added: slots.entries.filter((_, i) => isNew[i]),
      removed: this.#slots.entries.filter(({ slot }) => !kept.has(slot)),
    };
    for (const entry of change.added) this.#fill(entry, model);
    return change;
  }

  /**
   * The change is in force in all threads. Returns the limits that the configuration has changed, by slot; they are
   * to be set, since sessions may wait for them.
   */
  commit(change: SlotChange): ReadonlyMap<number, number> {
    for (const { slot } of change.added) {
      const at = this.#free.indexOf(slot);
      if (at >= 0) this.#free.splice(at, 1);
      this.#unused = Math.max(this.#unused, slot + 1);
    }
    for (const { slot } of change.removed) this.#givenUp.push(slot);
    const maxconns = this.#applySettings(change);
    this.#model = change.model;
    this.#slots = change.slots;
    return maxconns;
  }

  /** Configured values of what was kept, where the configuration has changed them. */
  #applySettings({ model, slots, added }: SlotChange): Map<number, number> {
    const maxconns = new Map<number, number>();
    const { i32 } = this.#views;
    const isNew = new Set(added.map(({ slot }) => slot));
    const before = new Map(this.#slots.entries.map((entry) => [entry.slot, entry]));
    for (const entry of slots.entries) {
      if (isNew.has(entry.slot)) continue;
      const row = slotRow(entry.slot);
      const maxconn = maxconnOf(model, entry);
      if (maxconn !== maxconnOf(this.#model, before.get(entry.slot)!)) maxconns.set(entry.slot, maxconn);
      if (entry.kind === 'backend') {
        const proxy = model.proxies[entry.proxy]!;
        i32[row + AT.usesAllBackups] = proxy.settings.allBackups ? 1 : 0;
        i32[row + AT.fullconn] = rampEndOf(model, proxy);
      }
      if (entry.kind !== 'server') continue;
      const server = model.proxies[entry.proxy]!.servers[entry.server]!;
      i32[row + AT.id] = server.id;
      i32[row + AT.minconn] = server.options.minconn ?? 0;
      i32[row + AT.isBackup] = server.options.isBackup ? 1 : 0;
    }
    for (const { slot, kind } of slots.entries)
      if (kind === 'backend') Atomics.add(i32, slotRow(slot) + AT.version, 1);
    return maxconns;
  }

  #fill(entry: SlotEntry, model: Model): void {
    const { i32, f64, regions, threads } = this.#views;
    const row = slotRow(entry.slot);
    const version = i32[row + AT.version]! + 1;
    i32.fill(0, row, row + SLOT.words);
    i32[row + AT.version] = version;
    for (let block = 0; block <= threads; block++) {
      const counters = regions.counters + block * regions.counterStride + entry.slot * COUNTER_STRIDE;
      f64.fill(0, counters, counters + COUNTER_STRIDE);
    }
    fillSlot(this.#views, entry, model);
  }

  /** Slots that were given up and on which nothing is left are free. */
  #collect(): void {
    const { i32 } = this.#views;
    const isIdle = (slot: number): boolean => {
      const row = slotRow(slot);
      return Atomics.load(i32, row + AT.current) === 0 && Atomics.load(i32, row + AT.waiting) === 0;
    };
    this.#free.push(...this.#givenUp.filter(isIdle));
    this.#givenUp = this.#givenUp.filter((slot) => !isIdle(slot));
  }
}

function maxconnOf(model: Model, { slot, kind, proxy, server, bind }: SlotEntry): number {
  if (slot === PROCESS_SLOT) return model.global.maxconn ?? 0;
  const { settings, servers, binds } = model.proxies[proxy]!;
  if (kind === 'frontend') return settings.maxconn ?? 0;
  if (kind === 'server') return maxconnOfServer(servers[server]!);
  return kind === 'bind' ? (binds[bind]!.options.maxconn ?? 0) : 0;
}
