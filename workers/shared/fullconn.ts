/** `fullconn`: at how many sessions a backend counts as full (manual section 4.2, fullconn). */
import type { Model, ProxyModel } from '../../config/model/model.ts';

/**
 * Of each backend by name; by default a tenth of what the frontends that may use it take together, rounded up. A
 * frontend without a limit of its own counts as the process.
 */
export function fullconnsOf({ global, proxies }: Model): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { name, kind, settings } of proxies) {
    if (kind === 'backend') continue;
    const { maxconn = global.maxconn ?? 0, defaultBackend, backendChoices = [] } = settings;
    const targets = new Set(backendChoices.map(({ backend }) => backend));
    if (defaultBackend !== undefined) targets.add(defaultBackend);
    if (kind === 'listen') targets.add(name);
    for (const target of targets) sums.set(target, (sums.get(target) ?? 0) + maxconn);
  }
  return new Map(
    proxies.map(({ name, settings }) => [
      name,
      settings.fullconn ?? Math.floor(((sums.get(name) ?? 0) + 9) / 10),
    ]),
  );
}

/** What limits the servers of one backend; 0 where none of them has a `minconn`. */
export function rampEndOf(model: Model, { name, servers, settings }: ProxyModel): number {
  if (!servers.some(({ options }) => (options.minconn ?? 0) > 0)) return 0;
  return settings.fullconn ?? fullconnsOf(model).get(name) ?? 0;
}
