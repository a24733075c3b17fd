/**
 * Which proxies a reload leaves as they are: their plans go on being used, with all that they have counted and
 * remember. Places in files do not matter; everything else that a plan is compiled from does.
 */

import { fingerprintOf } from '../../config/model/fingerprint.ts';
import type { Model, ProxyModel } from '../../config/model/model.ts';

/** Names of the proxies that are the same in both models, ids included. */
export function unchangedProxies(before: Model, after: Model): string[] {
  if (fingerprintOf(settingsOfAll(before)) !== fingerprintOf(settingsOfAll(after))) return [];
  const known = new Map(before.proxies.map((proxy) => [proxy.name, fingerprintOf(proxy)]));
  const isSame = (proxy: ProxyModel): boolean => known.get(proxy.name) === fingerprintOf(proxy);
  return after.proxies.filter(isSame).map(({ name }) => name);
}

/**
 * What every plan depends on: the global section but for what only the main thread and shared memory use, and the
 * lengths of log lines, of which the longest decides for all.
 */
function settingsOfAll({ global, proxies }: Model): unknown {
  const { statsSockets, maxconn, hardStopAfterMs, graceMs, description, ...rest } = global;
  return [rest, proxies.flatMap(({ logs }) => logs)];
}
