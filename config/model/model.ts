/**
 * The configuration after parsing, linking and defaults: plain data, no functions, fit for structured clone.
 * The types of settings follow from the declarations in the catalogue.
 */

import type { bindOptions, globalOptions, proxyOptions, serverOptions } from '../../src/catalog.ts';
import type { SettingsOf } from '../../src/keyword/declaration.ts';
import type { AclTestModel } from '../../src/keyword/language-model.ts';
import type { Position } from '../../src/keyword/words.ts';
import type { Address } from '../../src/net/address.ts';
import type { LogTarget } from '../../src/settings/log-target.ts';

type GlobalLines = 'statsSockets' | 'withoutEffect';
/** Values of the global section; `logs` is what `log global` stands for, already copied to the proxies that say so. */
export type GlobalSettings = Omit<SettingsOf<typeof globalOptions>, GlobalLines> & {
  readonly statsSockets?: readonly StatsSocketModel[];
};

/** Keys whose lines become fields of ProxyModel instead of settings. */
type ProxyLines =
  | 'aclLines'
  | 'bindLines'
  | 'serverLines'
  | 'logs'
  | 'errorPages'
  | 'mode'
  | 'id'
  | 'withoutEffect';
/** Values of a proxy's own lines and those of its defaults. A keyword that is nowhere written has no field. */
export type ProxySettings = Omit<SettingsOf<typeof proxyOptions>, ProxyLines>;
export type BindSettings = SettingsOf<typeof bindOptions>;
export type ServerSettings = SettingsOf<typeof serverOptions>;

export interface Model {
  readonly files: readonly string[];
  readonly global: GlobalSettings;
  /** In file order; `defaults` sections are already folded in and not listed. */
  readonly proxies: readonly ProxyModel[];
  /** Userlists and other sections follow in their own fields as they come. */
}

export interface ProxyModel {
  /** HAProxy's numeric id: explicit, or counted from 1 (2 where 1 is taken). */
  readonly id: number;
  /** True when an `id` line gives the id. */
  readonly isIdForced?: boolean;
  readonly name: string;
  readonly kind: 'frontend' | 'backend' | 'listen';
  readonly mode: 'tcp' | 'http';
  readonly at: Position;
  readonly settings: ProxySettings;
  /** Where log lines of this proxy go, those of the global section included where `log global` says so. */
  readonly logs: readonly LogTarget[];
  /** What answers errors instead of the built-in responses; at most one for each status. */
  readonly errorPages: readonly ErrorPageModel[];
  /** Named ACLs; lines of one name are several tests, any of which may match. */
  readonly acls: { readonly [name: string]: readonly AclTestModel[] };
  readonly binds: readonly BindModel[];
  readonly servers: readonly ServerModel[];
}

export interface BindModel {
  /** HAProxy's listener id, from 1 within the proxy. */
  readonly id: number;
  /** `name` option, or HAProxy's `sock-1`. */
  readonly name: string;
  /** One address and one port: ranges and comma lists are expanded. */
  readonly address: Address;
  readonly options: BindSettings;
  readonly at: Position;
}

export interface ServerModel {
  readonly id: number;
  readonly name: string;
  readonly address: Address;
  /** The address after resolution at start; null when it could not be resolved and that is permitted. */
  readonly resolvedHost: string | null;
  readonly options: ServerSettings;
  readonly at: Position;
}

/** One runtime API socket: `stats socket` with one address and one port. */
export interface StatsSocketModel {
  readonly address: Address;
  readonly options: BindSettings;
}

export type ErrorPageModel =
  /** The complete HTTP/1 response as the file has it; empty means that the connection closes without an answer. */
  | { readonly kind: 'file'; readonly status: number; readonly path: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'redirect';
      readonly status: number;
      readonly code: 302 | 303;
      readonly location: string;
    };
