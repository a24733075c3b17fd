/**
 * What a reload changes: the difference of two models by the names of their parts, as the operator is told it, and
 * whether the running worker process can take it in place.
 */
import { fingerprintOf } from '../config/model/fingerprint.ts';
import type { BindModel, Model, ProxyModel, ServerModel } from '../config/model/model.ts';
import type { ConnectionCounts } from '../workers/messages.ts';
import { planListeners } from './listener-plan.ts';

export interface ModelChange {
  readonly kind: 'added' | 'changed' | 'removed';
  /** `backend api`, `server api/a1`, `bind :8080 of frontend www`. */
  readonly what: string;
  /** Keywords that differ, of a changed part. */
  readonly keywords: readonly string[];
  /** What the connections are counted by that it touches: see ConnectionCounts; the part before the last `/` of a listener's key. */
  readonly counted: readonly string[];
}

/** The keyword that sets a field of the model, by the field's key: see keyword-names.ts. */
export interface KeywordNames {
  readonly global: ReadonlyMap<string, string>;
  readonly proxy: ReadonlyMap<string, string>;
  readonly server: ReadonlyMap<string, string>;
}

export interface ModelDiff {
  readonly changes: readonly ModelChange[];
  /** Why the worker process must be replaced; '' when the change can be made in place. */
  readonly replaceReason: string;
}

/** Fields of the global section that a running worker process can change. All others are what it was started with. */
const CHANGED_IN_PLACE: ReadonlySet<string> = new Set([
  'maxconn',
  'statsSockets',
  'statsTimeoutMs',
  'statsMaxconn',
  'description',
  'logs',
  'logTag',
  'logHostname',
  'logUriBytes',
  'spreadChecksPct',
  'maxSpreadChecksMs',
  'hardStopAfterMs',
  'graceMs',
  'unixBind',
  'zeroWarning',
  'localPeer',
  'pidFile',
  'isQuiet',
]);

export function diffModels(before: Model, after: Model, names: KeywordNames): ModelDiff {
  const globals = differingKeys(before.global, after.global);
  const bound = globals.filter((key) => !CHANGED_IN_PLACE.has(key));
  const keyword = (key: string): string =>
    names.global.get(key) ?? (key === 'statsSockets' ? 'stats socket' : key);
  return {
    changes: [
      ...(globals.length === 0
        ? []
        : [{ kind: 'changed' as const, what: 'global', keywords: globals.map(keyword), counted: [] }]),
      ...diffProxies(before, after, names),
    ],
    replaceReason:
      bound.length === 0
        ? ''
        : `${bound.map(keyword).join(', ')} in the global section is for the whole process`,
  };
}

/** Lines for the operator: `+`, `~`, `-`, what, and the connections touched where there are any. */
export function describeChanges(changes: readonly ModelChange[], counts: ConnectionCounts): string[] {
  return changes.map(({ kind, what, keywords, counted }) => {
    const details = keywords.length === 0 ? '' : `: ${keywords.join(', ')}`;
    const touched = counted.reduce((sum, key) => sum + countOf(key, counts), 0);
    const connections = touched === 0 ? '' : ` (${touched} ${touched === 1 ? 'connection' : 'connections'})`;
    return `${SIGNS[kind]} ${what}${details}${connections}`;
  });
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;

/** A listener has a socket for each thread, whose keys end in their places. */
function countOf(key: string, counts: ConnectionCounts): number {
  let sum = counts.get(key) ?? 0;
  for (const [counted, count] of counts) if (counted.slice(0, counted.lastIndexOf('/')) === key) sum += count;
  return sum;
}

function diffProxies(before: Model, after: Model, names: KeywordNames): ModelChange[] {
  const binds = [listenerKeys(before), listenerKeys(after)] as const;
  const olds = byName(before.proxies);
  const news = byName(after.proxies);
  const gone = before.proxies.filter(({ name }) => !news.has(name));
  return [
    ...after.proxies.flatMap((proxy) => {
      const old = olds.get(proxy.name);
      return old === undefined ? [added(proxy)] : diffProxy(old, proxy, binds, names);
    }),
    ...gone.map((proxy) => ({
      kind: 'removed' as const,
      what: titleOf(proxy),
      keywords: [],
      counted: countedBy(proxy),
    })),
  ];
}

function added(proxy: ProxyModel): ModelChange {
  return { kind: 'added', what: titleOf(proxy), keywords: [], counted: [] };
}

type ListenerKeys = ReadonlyMap<BindModel, string>;

function diffProxy(
  old: ProxyModel,
  now: ProxyModel,
  [oldKeys, newKeys]: readonly [ListenerKeys, ListenerKeys],
  names: KeywordNames,
): ModelChange[] {
  const changes: ModelChange[] = [];
  const keywords = proxyKeywords(old, now, names.proxy);
  if (keywords.length > 0)
    changes.push({ kind: 'changed', what: titleOf(now), keywords, counted: countedBy(now) });
  const oldBinds = new Map(old.binds.map((bind) => [oldKeys.get(bind)!, bind]));
  const newBinds = new Map(now.binds.map((bind) => [newKeys.get(bind)!, bind]));
  for (const [key, bind] of newBinds) {
    const what = `bind ${bind.address.text} of ${titleOf(now)}`;
    const before = oldBinds.get(key);
    if (before === undefined) changes.push({ kind: 'added', what, keywords: [], counted: [] });
    else if (fingerprintOf(before.options) !== fingerprintOf(bind.options))
      changes.push({
        kind: 'changed',
        what,
        keywords: differingKeys(before.options, bind.options),
        counted: [key],
      });
  }
  for (const [key, bind] of oldBinds)
    if (!newBinds.has(key))
      changes.push({
        kind: 'removed',
        what: `bind ${bind.address.text} of ${titleOf(now)}`,
        keywords: [],
        counted: [key],
      });
  return [...changes, ...diffServers(old, now, names.server)];
}

type Words = ReadonlyMap<string, string>;

function diffServers(old: ProxyModel, now: ProxyModel, words: Words): ModelChange[] {
  const olds = byName(old.servers);
  const news = byName(now.servers);
  const title = (server: ServerModel): string => `server ${now.name}/${server.name}`;
  const counted = (server: ServerModel): string[] => [title(server)];
  return [
    ...now.servers.flatMap((server): ModelChange[] => {
      const before = olds.get(server.name);
      if (before === undefined)
        return [
          { kind: 'added', what: `${title(server)} ${server.address.text}`, keywords: [], counted: [] },
        ];
      const keywords = serverKeywords(before, server, words);
      return keywords.length === 0
        ? []
        : [{ kind: 'changed', what: title(server), keywords, counted: counted(server) }];
    }),
    ...old.servers
      .filter(({ name }) => !news.has(name))
      .map((server) => ({
        kind: 'removed' as const,
        what: title(server),
        keywords: [],
        counted: counted(server),
      })),
  ];
}

/** What differs in a proxy itself, its binds and servers aside. */
function proxyKeywords(old: ProxyModel, now: ProxyModel, words: Words): string[] {
  const names = differingKeys(old.settings, now.settings).map((key) => words.get(key) ?? key);
  if (old.kind !== now.kind) names.push(`section ${old.kind} became ${now.kind}`);
  if (old.mode !== now.mode) names.push('mode');
  if (fingerprintOf(old.acls) !== fingerprintOf(now.acls)) names.push('acl');
  if (fingerprintOf(old.logs) !== fingerprintOf(now.logs)) names.push('log');
  if (fingerprintOf(old.errorPages) !== fingerprintOf(now.errorPages)) names.push('errorfile');
  return names;
}

function serverKeywords(old: ServerModel, now: ServerModel, words: Words): string[] {
  const names = differingKeys(old.options, now.options).map((key) => words.get(key) ?? key);
  if (old.address.text !== now.address.text || old.resolvedHost !== now.resolvedHost)
    names.unshift('address');
  return names;
}

function differingKeys(before: object, after: object): string[] {
  const [one, other] = [before, after] as { readonly [key: string]: unknown }[];
  const keys = new Set([...Object.keys(one!), ...Object.keys(other!)]);
  return [...keys].filter((key) => fingerprintOf(one![key] ?? null) !== fingerprintOf(other![key] ?? null));
}

function listenerKeys(model: Model): ListenerKeys {
  const keys = new Map<string, string>();
  for (const { key, handle, isTraffic } of planListeners(model))
    if (isTraffic) keys.set(`${handle.proxyId}/${handle.bindId}`, key);
  return new Map(
    model.proxies.flatMap((proxy) =>
      proxy.binds.map((bind) => [bind, keys.get(`${proxy.id}/${bind.id}`) ?? bind.address.text] as const),
    ),
  );
}

function titleOf({ kind, name }: ProxyModel): string {
  return `${kind} ${name}`;
}

function countedBy({ kind, name }: ProxyModel): string[] {
  return kind === 'backend' ? [`backend ${name}`] : [`frontend ${name}`];
}

function byName<T extends { readonly name: string }>(parts: readonly T[]): ReadonlyMap<string, T> {
  return new Map(parts.map((part) => [part.name, part]));
}
