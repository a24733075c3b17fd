/**
 * The numbering of slots: which row of the shared memory stands for which proxy, server and bind of a model.
 *
 * The first model of a process numbers them in its order: slot 0 is the process; then, for each proxy, its frontend
 * side (frontend, listen), its backend side (backend, listen) and its servers; behind all of them the binds that have
 * a `maxconn` of their own. After a reload, what has kept its name has kept its slot, and what is new has taken one
 * that was free (`slot-changes.ts`). Every thread is told the numbers, so all of them agree.
 */
import type { Model } from '../../config/model/model.ts';

export type SlotKind = 'process' | 'frontend' | 'backend' | 'server' | 'bind';

/** By the order of `placesOf`: the slot of each place. Plain data for messages. */
export type SlotNumbers = readonly number[];

/**
 * What in a model needs a slot. `proxy`, `server` and `bind` are places in the model (`proxies[proxy].servers[server]`),
 * or -1. `identity` is the same in two models for what a reload carries on.
 */
export interface SlotPlace {
  readonly kind: SlotKind;
  readonly proxy: number;
  readonly server: number;
  readonly bind: number;
  readonly identity: string;
}

export interface SlotEntry extends SlotPlace {
  readonly slot: number;
}

/** The process's own slot: its sessions, its `maxconn`, its rates. */
export const PROCESS_SLOT = 0;

const NO_SLOTS: readonly number[] = [];

export class SlotMap {
  /** In the order of the model. */
  readonly entries: readonly SlotEntry[];
  readonly #bySlot = new Map<number, SlotEntry>();
  readonly #frontends = new Map<number, number>();
  readonly #backends = new Map<number, number>();
  /** By backend slot, in the order of the configuration. */
  readonly #servers = new Map<number, readonly number[]>();
  readonly #backendOf = new Map<number, number>();
  /** By `${proxyId}/${bindId}`. */
  readonly #binds = new Map<string, number>();

  constructor(model: Model, numbers: SlotNumbers) {
    const places = placesOf(model);
    if (places.length !== numbers.length)
      throw new Error(`${numbers.length} slots were numbered, this model needs ${places.length}`);
    this.entries = places.map((place, i) => ({ ...place, slot: numbers[i]! }));
    for (const entry of this.entries) this.#bySlot.set(entry.slot, entry);
    this.#fill(model);
  }

  #fill(model: Model): void {
    const servers = new Map<number, number[]>();
    for (const { kind, proxy, bind, slot } of this.entries) {
      if (kind === 'process') continue;
      const { id, binds } = model.proxies[proxy]!;
      if (kind === 'frontend') this.#frontends.set(id, slot);
      else if (kind === 'bind') this.#binds.set(`${id}/${binds[bind]!.id}`, slot);
      else if (kind === 'backend') {
        this.#backends.set(id, slot);
        servers.set(slot, []);
      } else {
        const backend = this.#backends.get(id)!;
        servers.get(backend)!.push(slot);
        this.#backendOf.set(slot, backend);
      }
    }
    for (const [backend, slots] of servers) this.#servers.set(backend, slots);
  }

  get count(): number {
    return this.entries.length;
  }

  /** What a slot stands for; undefined for one that is free or that a reload has given up. */
  at(slot: number): SlotEntry | undefined {
    return this.#bySlot.get(slot);
  }

  /** The frontend side of a proxy; -1 where it has none. */
  frontend(proxyId: number): number {
    return this.#frontends.get(proxyId) ?? -1;
  }

  /** The backend side of a proxy; -1 where it has none. */
  backend(proxyId: number): number {
    return this.#backends.get(proxyId) ?? -1;
  }

  /** A server by its place in the backend's configuration order; -1 where there is none. */
  server(proxyId: number, serverIndex: number): number {
    return this.serversOf(this.backend(proxyId))[serverIndex] ?? -1;
  }

  /** A bind by the ids of its proxy and itself; -1 for one without a `maxconn` of its own, which counts nothing. */
  bind(proxyId: number, bindId: number): number {
    return this.#binds.get(`${proxyId}/${bindId}`) ?? -1;
  }

  /** The slots of a backend's servers, in the order of the configuration. */
  serversOf(backendSlot: number): readonly number[] {
    return this.#servers.get(backendSlot) ?? NO_SLOTS;
  }

  /** The backend slot that a server's slot belongs to; -1 for one that no server of this model has. */
  backendOf(serverSlot: number): number {
    return this.#backendOf.get(serverSlot) ?? -1;
  }
}

/** Numbers everything in the first model of a process. */
export function slotsOf(model: Model): SlotMap {
  return new SlotMap(model, firstNumbers(model));
}

export function firstNumbers(model: Model): SlotNumbers {
  return placesOf(model).map((_, i) => i);
}

/** Everything in a model that has state or counters. */
export function placesOf(model: Model): readonly SlotPlace[] {
  const places: SlotPlace[] = [];
  const add = (kind: SlotKind, identity: string, proxy: number, server = -1, bind = -1): void => {
    places.push({ kind, proxy, server, bind, identity });
  };
  add('process', 'process', -1);
  for (const [index, { kind, name, servers }] of model.proxies.entries()) {
    if (kind !== 'backend') add('frontend', frontendIdentity(name), index);
    if (kind === 'frontend') continue;
    add('backend', backendIdentity(name), index);
    for (const [place, server] of servers.entries())
      add('server', serverIdentity(name, server.name), index, place);
  }
  for (const [index, { name, binds }] of model.proxies.entries())
    for (const [place, bind] of binds.entries())
      if ((bind.options.maxconn ?? 0) > 0)
        add('bind', `bind ${name} ${bind.address.text} ${bind.id}`, index, -1, place);
  return places;
}

export function frontendIdentity(proxy: string): string {
  return `frontend ${proxy}`;
}

export function backendIdentity(proxy: string): string {
  return `backend ${proxy}`;
}

export function serverIdentity(proxy: string, server: string): string {
  return `server ${proxy}/${server}`;
}
