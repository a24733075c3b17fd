/**
 * The configuration after parsing, linking and defaults: plain data, no functions, fit for structured clone.
 * The types of settings follow from the declarations in the catalogue.
 */
import type { AclTestModel } from '../../src/keyword/language-model.ts';
import type { SettingsOf } from '../../src/keyword/declaration.ts';
import type { Position } from '../../src/keyword/words.ts';
import type { Address } from '../../src/net/address.ts';
import type { bindOptions, globalOptions, proxyOptions, serverOptions } from '../../src/catalog.ts';

export type GlobalSettings = SettingsOf<typeof globalOptions>;
export type ProxySettings = SettingsOf<typeof proxyOptions>;
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
  readonly name: string;
  readonly kind: 'frontend' | 'backend' | 'listen';
  readonly mode: 'tcp' | 'http';
  readonly at: Position;
  readonly settings: ProxySettings;
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
