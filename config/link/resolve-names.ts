/**
 * Host names of a linked model to addresses: servers by their `init-addr`, listeners and log targets as HAProxy
 * resolves them, once and at start. Asking is left to `lookup`, so that tests need no network.
 */
import type { Position } from '../../src/keyword/words.ts';
import type { Address } from '../../src/net/address.ts';
import { parseIp } from '../../src/net/ip.ts';
import type { InitAddressMethod } from '../../src/settings/server-options.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Model, ProxyModel, ServerModel } from '../model/model.ts';
import { Report } from './report.ts';

/** The first address of a name, as text; null when it has none. `family` restricts it to one kind. */
export type Lookup = (name: string, family: 'ipv4' | 'ipv6' | undefined) => Promise<string | null>;

export interface ResolveResult {
  /** Null when a name that is needed has no address. */
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** HAProxy's order where `init-addr` is not written; there is no state file, so `last` finds nothing. */
const METHODS_DEFAULT: readonly InitAddressMethod[] = ['last', 'libc'];

export interface ResolveOptions {
  /** Servers whose names have no address start without one (`-dr`). */
  readonly ignoresResolution?: boolean;
}

export async function resolveNames(
  model: Model,
  lookup: Lookup,
  { ignoresResolution = false }: ResolveOptions = {},
): Promise<ResolveResult> {
  const resolver = new Resolver(lookup, ignoresResolution);
  const proxies = await Promise.all(model.proxies.map((proxy) => resolver.proxy(proxy)));
  const global = await resolver.global(model.global);
  const { diagnostics, hasErrors } = resolver.report;
  return { model: hasErrors ? null : { ...model, global, proxies }, diagnostics };
}

class Resolver {
  readonly report = new Report();
  readonly #lookup: Lookup;
  readonly #ignoresResolution: boolean;
  /** Each name is asked for once, however many lines have it. */
  readonly #asked = new Map<string, Promise<string | null>>();

  constructor(lookup: Lookup, ignoresResolution: boolean) {
    this.#lookup = lookup;
    this.#ignoresResolution = ignoresResolution;
  }

  async global(global: Model['global']): Promise<Model['global']> {
    const { logs, statsSockets } = global;
    return {
      ...global,
      ...(logs !== undefined && { logs: await this.#targets(logs, NOWHERE) }),
      ...(statsSockets !== undefined && {
        statsSockets: await this.#addressed(statsSockets, 'stats socket'),
      }),
    };
  }

  async proxy(proxy: ProxyModel): Promise<ProxyModel> {
    const logs = await this.#targets(proxy.logs, proxy.at);
    const binds = await this.#addressed(proxy.binds, 'bind');
    const servers = await Promise.all(proxy.servers.map((server) => this.#server(proxy, server)));
    return { ...proxy, logs, binds, servers };
  }

  async #server(proxy: ProxyModel, server: ServerModel): Promise<ServerModel> {
    if (server.address.family !== 'name') return server;
    for (const method of server.options.initAddress ?? METHODS_DEFAULT) {
      if (method === 'none') return server;
      if (typeof method === 'object') return { ...server, resolvedHost: method.address };
      const host = method === 'libc' ? await this.#ask(server.address) : null;
      if (host !== null) return { ...server, resolvedHost: host };
    }
    const problem = `'server ${proxy.name}/${server.name}': could not resolve address '${server.address.host}'`;
    if (this.#ignoresResolution) this.report.warning(server, `${problem}, disabling server`);
    else
      this.report.error(server, problem, {
        remedy: "correct the name, or add 'init-addr libc,none' to start without an address",
      });
    return server;
  }

  #addressed<T extends { readonly address: Address; readonly at?: Position }>(
    items: readonly T[],
    noun: string,
  ): Promise<T[]> {
    return Promise.all(
      items.map(async (item) => ({
        ...item,
        address: await this.#address(item.address, { at: item.at ?? NOWHERE, noun }),
      })),
    );
  }

  #targets<T extends { readonly address: Address }>(targets: readonly T[], at: Position): Promise<T[]> {
    return Promise.all(
      targets.map(async (target) => ({
        ...target,
        address: await this.#address(target.address, { at, noun: 'log' }),
      })),
    );
  }

  async #address(address: Address, { at, noun }: { at: Position; noun: string }): Promise<Address> {
    if (address.family !== 'name') return address;
    const host = await this.#ask(address);
    const ip = host === null ? null : parseIp(host);
    if (host !== null && ip !== null) return { ...address, family: ip.v6 === '' ? 'ipv4' : 'ipv6', host };
    this.report.error({ at }, `'${noun}': could not resolve address '${address.host}' in '${address.text}'`);
    return address;
  }

  #ask({ host, resolveTo }: Address): Promise<string | null> {
    const key = `${resolveTo ?? ''}@${host}`;
    const asked = this.#asked.get(key) ?? this.#lookup(host, resolveTo);
    this.#asked.set(key, asked);
    return asked;
  }
}

/** The model keeps no place of lines in the global section. */
const NOWHERE: Position = { file: '', line: 0, column: 0 };
