/** Bind lines to binds of the model: addresses and port ranges expanded, ids and names given. */
import type { SettingsModel } from '../../src/keyword/language-model.ts';
import { type Address, expandPorts } from '../../src/net/address.ts';
import type { BindLine } from '../../src/settings/proxy-lines.ts';
import type { BindModel, BindSettings, GlobalSettings, StatsSocketModel } from '../model/model.ts';
import type { Entry } from './draft.ts';
import { assignIds } from './ids.ts';
import type { Report } from './report.ts';

type UnixBind = NonNullable<GlobalSettings['unixBind']>;

interface Listener {
  readonly entry: Entry;
  readonly address: Address;
  readonly options: BindSettings;
}

export function linkBinds(
  entries: readonly Entry[],
  unixBind: UnixBind | undefined,
  report: Report,
): BindModel[] {
  const listeners = entries.flatMap((entry) => listenersOf(entry, unixBind, report));
  const ids = assignIds(listeners.map(({ options }) => options.id));
  reportRepeatedIds(listeners, report);
  return listeners.map(({ entry, address, options }, place) => {
    const id = ids[place]!;
    return { id, name: options.name ?? `sock-${id}`, address, options, at: entry.at };
  });
}

function listenersOf(entry: Entry, unixBind: UnixBind | undefined, report: Report): Listener[] {
  const line = entry.value as BindLine;
  const addresses = line.addresses.flatMap(expandPorts);
  const options = withUnixDefaults(line.options, unixBind);
  if (options.id !== undefined && addresses.length > 1) {
    report.error(entry, "'id' can only be used with a single socket", {
      reason: `this line opens ${addresses.length}`,
    });
  }
  return addresses.map((address) => ({ entry, address: withPrefix(address, unixBind), options }));
}

function withUnixDefaults(options: SettingsModel, unixBind: UnixBind | undefined): BindSettings {
  if (unixBind === undefined) return options;
  const { mode, user, uid, group, gid } = unixBind;
  const defaults = Object.entries({ mode, user, uid, group, gid }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(defaults), ...options };
}

/** `unix-bind prefix` stands before the paths of bind lines, without a slash of its own. */
function withPrefix(address: Address, unixBind: UnixBind | undefined): Address {
  if (address.family !== 'unix' || unixBind?.prefix === undefined) return address;
  return { ...address, host: unixBind.prefix + address.host };
}

function reportRepeatedIds(listeners: readonly Listener[], report: Report): void {
  const owners = new Map<number, Entry>();
  for (const { entry, options } of listeners) {
    if (options.id === undefined) continue;
    const owner = owners.get(options.id);
    if (owner !== undefined && owner !== entry)
      report.error(
        entry,
        `'bind': 'id' : custom id ${options.id} already used at ${owner.at.file}:${owner.at.line}`,
        {
          remedy: 'choose another number',
        },
      );
    owners.set(options.id, entry);
  }
}

/** `stats socket` lines: the runtime API's sockets are not below `unix-bind prefix`. */
export function linkStatsSockets(
  entries: readonly Entry[],
  unixBind: UnixBind | undefined,
): StatsSocketModel[] {
  return entries.flatMap(({ value }) => {
    const line = value as BindLine;
    const options = withUnixDefaults(line.options, unixBind);
    return line.addresses.flatMap(expandPorts).map((address) => ({ address, options }));
  });
}
