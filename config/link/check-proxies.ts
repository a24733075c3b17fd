/** What only shows when all proxies are known: names, ids, backends that exist, modes that fit, what is missing. */
import { nearest } from '../../src/keyword/nearest.ts';
import { httpOnlyAlias } from '../../src/log/aliases.ts';
import { checkFastOpen, checkServerReferences } from './check-servers.ts';
import { nounOf } from './draft.ts';
import type { LinkedProxy, PlacedReference } from './link-proxy.ts';
import type { Report } from './report.ts';

/** What a proxy lacks is not told where a line is wrong: that line may be what is missing. */
export function checkProxies(proxies: readonly LinkedProxy[], report: Report): void {
  const isComplete = !report.hasErrors;
  reportRepeatedNames(proxies, report);
  reportRepeatedIds(proxies, report);
  for (const proxy of proxies) {
    checkBackends(proxy, proxies, report);
    checkServerReferences(proxy, report);
    if (!isComplete || proxy.model.settings.isDisabled === true) continue;
    checkBinds(proxy, report);
    checkTimeouts(proxy, report);
    checkFastOpen(proxy, report);
    checkLogs(proxy, report);
    checkLogFormat(proxy, report);
    checkHealth(proxy, report);
  }
}

/** Older versions let a frontend and a backend share a name, and files do it. */
function reportRepeatedNames(proxies: readonly LinkedProxy[], report: Report): void {
  for (const [place, proxy] of proxies.entries()) {
    const { draft } = proxy;
    const above = proxies.slice(0, place).filter((other) => other.draft.name === draft.name);
    const rival = above.find((other) => haveOneSide(other, proxy));
    if (rival !== undefined)
      report.error(
        draft,
        `${nounOf(draft)} '${draft.name}' has the same name as ${nounOf(rival.draft)} '${draft.name}' declared at ${placeOf(rival)}`,
        { remedy: 'give each section a name of its own' },
      );
    else if (above.length > 0)
      report.notice(draft, `${draft.kind} '${draft.name}' shares its name with a ${above[0]!.draft.kind}`, {
        reason: 'newer versions of HAProxy want different names',
      });
  }
}

function haveOneSide(a: LinkedProxy, b: LinkedProxy): boolean {
  return (hasFrontend(a) && hasFrontend(b)) || (hasBackend(a) && hasBackend(b));
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
        `proxy ${proxy.draft.name} reuses same custom id as proxy ${other.draft.name} (declared at ${placeOf(other)})`,
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

function checkBackends(proxy: LinkedProxy, proxies: readonly LinkedProxy[], report: Report): void {
  for (const place of proxy.references) {
    if (place.reference.kind !== 'backend') continue;
    const named = proxies.filter(({ draft }) => draft.name === place.reference.name);
    const found = named.find(hasBackend);
    if (found === undefined) reportMissing(proxy, place, { found: named[0], proxies }, report);
    else if (found === proxy) reportLoop(proxy, place, report);
    else checkModes(proxy, place, found, report);
  }
}

function reportLoop({ draft }: LinkedProxy, { reference, entry }: PlacedReference, report: Report): void {
  const { name } = entry.declaration;
  report.error(
    { at: reference.at, source: entry.source },
    `Proxy '${draft.name}': loop detected for ${name}: '${reference.name}'`,
    { remedy: 'remove the line: without a choice, a listen section uses its own servers' },
  );
}

interface Candidates {
  readonly found: LinkedProxy | undefined;
  readonly proxies: readonly LinkedProxy[];
}

function reportMissing(
  proxy: LinkedProxy,
  { reference, entry }: PlacedReference,
  { found, proxies }: Candidates,
  report: Report,
): void {
  const backends = proxies.filter(hasBackend).map(({ draft }) => draft.name);
  const close = nearest(reference.name, backends);
  report.error(
    { at: reference.at, source: entry.source },
    `Proxy '${proxy.draft.name}': unable to find required ${entry.declaration.name}: '${reference.name}'`,
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
    const how =
      entry.declaration.collect === 'one'
        ? 'as its default backend'
        : `in a '${entry.declaration.name}' rule`;
    report.error(subject, `${names} tries to use incompatible ${target} ${how} (see 'mode')`, {
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

/** Lines of TCP connections cannot tell of requests. */
function checkLogFormat({ draft, model, folded }: LinkedProxy, report: Report): void {
  const { logFormat } = model.settings;
  if (model.mode !== 'tcp' || logFormat?.kind !== 'custom') return;
  const alias = httpOnlyAlias(logFormat.format);
  if (alias === undefined) return;
  report.error(
    folded.get('logFormat')!.at(-1)!,
    `log-format alias '%${alias}' is reserved for HTTP mode, and ${nounOf(draft)} '${draft.name}' is in TCP mode`,
    { remedy: "remove it, or write 'mode http'" },
  );
}

function checkHealth({ draft, model, folded }: LinkedProxy, report: Report): void {
  const own = folded.get('httpCheckLines')?.find((entry) => draft.entries.includes(entry));
  if (own === undefined || model.settings.checkMethod?.kind === 'http') return;
  report.warning(
    own,
    `${nounOf(draft)} '${draft.name}' uses http-check rules without 'option httpchk', so the rules are ignored.`,
    {
      remedy: "add 'option httpchk'",
    },
  );
}
