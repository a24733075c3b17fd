/**
 * The numbering of slots: the same numbers in every thread, because they follow from the model alone.
 *
 * Slot 0 is the process. Then, for each proxy in the model's order: its frontend side (frontend, listen), its
 * backend side (backend, listen), and its servers in the order of the configuration right behind the backend side.
 * Behind all of them: the binds that have a `maxconn` of their own.
 */
import type { Model } from '../../config/model/model.ts';

export type SlotKind = 'process' | 'frontend' | 'backend' | 'server' | 'bind';

/**
 * What a slot stands for. `proxy`, `server` and `bind` are places in the model (`proxies[proxy].servers[server]`), or
 * -1.
 */
export interface SlotEntry {
  readonly slot: number;
  readonly kind: SlotKind;
  readonly proxy: number;
  readonly server: number;
  readonly bind: number;
}

/** The process's own slot: its sessions, its `maxconn`, its rates. */
export const PROCESS_SLOT = 0;

export class SlotMap {
  /** By slot. */
  readonly entries: readonly SlotEntry[];
  readonly #frontends: ReadonlyMap<number, number>;
  readonly #backends: ReadonlyMap<number, number>;
  /** By `${proxyId}/${bindId}`. */
  readonly #binds: ReadonlyMap<string, number>;

  constructor(entries: readonly SlotEntry[], model: Model) {
    this.entries = entries;
    this.#frontends = slotsByProxyId(entries, model, 'frontend');
    this.#backends = slotsByProxyId(entries, model, 'backend');
    this.#binds = slotsOfBinds(entries, model);
  }

  get count(): number {
    return this.entries.length;
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
    const backend = this.backend(proxyId);
    if (backend < 0 || serverIndex < 0) return -1;
    const slot = backend + 1 + serverIndex;
    return this.entries[slot]?.server === serverIndex ? slot : -1;
  }

  /** A bind by the ids of its proxy and itself; -1 for one without a `maxconn` of its own, which counts nothing. */
  bind(proxyId: number, bindId: number): number {
    return this.#binds.get(`${proxyId}/${bindId}`) ?? -1;
  }

  /** The number of servers behind a backend's slot: they have the slots `backendSlot + 1` and on. */
  serverCount(backendSlot: number): number {
    let slot = backendSlot + 1;
    while (this.entries[slot]?.kind === 'server') slot++;
    return slot - backendSlot - 1;
  }

  /** The backend slot that a server's slot belongs to. */
  backendOf(serverSlot: number): number {
    return serverSlot - 1 - this.entries[serverSlot]!.server;
  }
}

/** Numbers everything in the model that has state or counters. */
export function slotsOf(model: Model): SlotMap {
  const entries: SlotEntry[] = [];
  const add = (kind: SlotKind, proxy: number, server: number, bind = -1): void => {
    entries.push({ slot: entries.length, kind, proxy, server, bind });
  };
  add('process', -1, -1);
  for (const [index, proxy] of model.proxies.entries()) {
    if (proxy.kind !== 'backend') add('frontend', index, -1);
    if (proxy.kind === 'frontend') continue;
    add('backend', index, -1);
    for (const place of proxy.servers.keys()) add('server', index, place);
  }
  for (const [index, proxy] of model.proxies.entries())
    for (const [place, { options }] of proxy.binds.entries())
      if ((options.maxconn ?? 0) > 0) add('bind', index, -1, place);
  return new SlotMap(entries, model);
}

function slotsOfBinds(entries: readonly SlotEntry[], model: Model): Map<string, number> {
  return new Map(
    entries
      .filter(({ kind }) => kind === 'bind')
      .map(({ slot, proxy, bind }) => {
        const { id, binds } = model.proxies[proxy]!;
        return [`${id}/${binds[bind]!.id}`, slot];
      }),
  );
}

function slotsByProxyId(entries: readonly SlotEntry[], model: Model, kind: SlotKind): Map<number, number> {
  return new Map(
    entries
      .filter((entry) => entry.kind === kind)
      .map((entry) => [model.proxies[entry.proxy]!.id, entry.slot]),
  );
}
