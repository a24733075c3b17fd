/** What only shows when all proxies are known: names, ids, backends that exist, modes that fit, what is missing. */
import { nearest } from '../../src/keyword/nearest.ts';
import { nounOf } from './draft.ts';
import type { LinkedProxy, PlacedReference } from './link-proxy.ts';
import type { Report } from './report.ts';

type ByName = ReadonlyMap<string, LinkedProxy>;

export function checkProxies(proxies: readonly LinkedProxy[], report: Report): void {
  const byName = uniqueNames(proxies, report);
  reportRepeatedIds(proxies, report);
  for (const proxy of proxies) {
    checkBackends(proxy, byName, report);
    if (proxy.model.settings.isDisabled === true) continue;
    checkBinds(proxy, report);
    checkTimeouts(proxy, report);
    checkLogs(proxy, report);
    checkHealth(proxy, report);
  }
}

function uniqueNames(proxies: readonly LinkedProxy[], report: Report): ByName {
  const byName = new Map<string, LinkedProxy>();
  for (const proxy of proxies) {
    const { draft } = proxy;
    const other = byName.get(draft.name);
    if (other === undefined) byName.set(draft.name, proxy);
    else
      report.error(
        draft,
        `${draft.kind} '${draft.name}' has the same name as ${other.draft.kind} '${draft.name}' declared at ${placeOf(other)}`,
        {
          remedy: 'give each section a name of its own',
        },
      );
  }
  return byName;
}

function placeOf({ draft }: LinkedProxy): string {
  return `${draft.at.file}:${draft.at.line}`;
}

function reportRepeatedIds(proxies: readonly LinkedProxy[], report: Report): void {
  const byId = new Map<number, LinkedProxy>();
  for (const proxy of proxies) {
    if (proxy.explicitId === undefined) continue;
    const other = byId.get(proxy.explicitId);
    if (other === undefined) byId.set(proxy.explicitId, proxy);
    else
      report.error(
        proxy.folded.get('id')!.at(-1)!,
        `proxy '${proxy.draft.name}' reuses the id of proxy '${other.draft.name}' declared at ${placeOf(other)}`,
        {
          remedy: 'choose another number',
        },
      );
  }
}

function hasFrontend({ draft }: LinkedProxy): boolean {
  return draft.kind !== 'backend';
}

function hasBackend({ draft }: LinkedProxy): boolean {
  return draft.kind !== 'frontend';
}

function checkBackends(proxy: LinkedProxy, byName: ByName, report: Report): void {
  const backends = [...byName.values()].filter(hasBackend).map(({ draft }) => draft.name);
  for (const place of proxy.references) {
    if (place.reference.kind !== 'backend') continue;
    const found = byName.get(place.reference.name);
    if (found === undefined || !hasBackend(found)) reportMissing(proxy, place, { found, backends }, report);
    else checkModes(proxy, place, found, report);
  }
}

interface Candidates {
  readonly found: LinkedProxy | undefined;
  readonly backends: readonly string[];
}

function reportMissing(
  proxy: LinkedProxy,
  { reference, entry }: PlacedReference,
  { found, backends }: Candidates,
  report: Report,
): void {
  const close = nearest(reference.name, backends);
  report.error(
    { at: reference.at, source: entry.source },
    `${nounOf(proxy.draft)} '${proxy.draft.name}': unable to find required ${entry.declaration.name} '${reference.name}'`,
    {
      reason:
        found === undefined
          ? undefined
          : `'${reference.name}' is a ${found.draft.kind}, which has no servers`,
      remedy: close === undefined ? 'declare it: a backend section of that name' : `did you mean '${close}'?`,
    },
  );
}

function checkModes(
  proxy: LinkedProxy,
  { reference, entry }: PlacedReference,
  found: LinkedProxy,
  report: Report,
): void {
  const { mode } = proxy.model;
  if (mode === found.model.mode) return;
  const subject = { at: reference.at, source: entry.source };
  const names = `${mode} ${nounOf(proxy.draft)} '${proxy.draft.name}' (${placeOf(proxy)})`;
  const target = `${found.model.mode} ${nounOf(found.draft)} '${found.draft.name}' (${placeOf(found)})`;
  if (mode === 'http') {
    report.error(subject, `${names} tries to use incompatible ${target}`, {
      remedy: "give both the same 'mode'",
    });
    return;
  }
  report.error(
    subject,
    `${names} upgrades its connections to ${target}, which Fairlead does not support yet`,
    {
      remedy: "give both the same 'mode'",
    },
  );
}

function checkBinds({ draft, model }: LinkedProxy, report: Report): void {
  if (draft.kind === 'backend' || model.binds.length > 0) return;
  report.warning(
    draft,
    `${nounOf(draft)} '${draft.name}' has no 'bind' directive. Please declare it as a backend if this was intended.`,
  );
}

/** HAProxy's words, which people search for. */
function checkTimeouts(proxy: LinkedProxy, report: Report): void {
  const { settings, servers } = proxy.model;
  const lacksClient = hasFrontend(proxy) && !settings.timeoutClientMs;
  const lacksServer =
    hasBackend(proxy) && servers.length > 0 && (!settings.timeoutConnectMs || !settings.timeoutServerMs);
  if (!lacksClient && !lacksServer) return;
  report.warning(proxy.draft, `missing timeouts for ${nounOf(proxy.draft)} '${proxy.draft.name}'.`, {
    reason:
      'While not properly invalid, you will certainly encounter various problems with such a configuration.',
    remedy:
      "To fix this, please ensure that all following timeouts are set to a non-zero value: 'client', 'connect', 'server'.",
  });
}

function checkLogs(proxy: LinkedProxy, report: Report): void {
  const { draft, model, folded } = proxy;
  if (!hasFrontend(proxy) || model.logs.length > 0 || model.settings.logFormat === undefined) return;
  report.warning(
    folded.get('logFormat')!.at(-1)!,
    `log format ignored for ${nounOf(draft)} '${draft.name}' since it has no log address.`,
    {
      remedy: "add a 'log' line to it or to its defaults",
    },
  );
}

function checkHealth({ draft, model, folded }: LinkedProxy, report: Report): void {
  const own = folded.get('httpCheckLines')?.find((entry) => draft.entries.includes(entry));
  if (own === undefined || model.settings.httpCheck !== undefined) return;
  report.warning(
    own,
    `${nounOf(draft)} '${draft.name}' uses http-check rules without 'option httpchk', so the rules are ignored.`,
    {
      remedy: "add 'option httpchk'",
    },
  );
}
