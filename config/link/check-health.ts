/** What is wrong with health checks that single lines cannot show: the order of their lines, agents, and who tracks whom. */

import { orderProblem } from '../../src/settings/check-order.ts';
import type { HttpCheckLine } from '../../src/settings/checks.ts';
import type { ServerLine } from '../../src/settings/proxy-lines.ts';
import type { TcpCheckLine } from '../../src/settings/tcp-checks.ts';
import type { ServerModel } from '../model/model.ts';
import { type Entry, nounOf } from './draft.ts';
import type { LinkedProxy } from './link-proxy.ts';
import type { Report } from './report.ts';

/** A server of the configuration and the line it stands on. */
interface PlacedServer {
  readonly proxy: LinkedProxy;
  readonly server: ServerModel;
  readonly entry: Entry;
}

export function checkHealthChecks(proxies: readonly LinkedProxy[], report: Report): void {
  const servers = proxies.flatMap(serversOf);
  for (const proxy of proxies) {
    checkLines(proxy, report);
    if (proxy.draft.kind !== 'frontend' && proxy.model.settings.isDisabled !== true)
      warnIgnored(proxy, report);
  }
  for (const server of servers) {
    checkAgent(server, report);
    checkObserving(server, report);
    if (server.server.options.track !== undefined) checkTracking(server, servers, report);
  }
}

/** Servers with the lines they stand on: the same order. */
function serversOf(proxy: LinkedProxy): PlacedServer[] {
  const entries = (proxy.folded.get('serverLines') ?? []).filter(
    ({ value }) => (value as ServerLine).kind === 'server',
  );
  return proxy.model.servers.map((server, place) => ({ proxy, server, entry: entries[place]! }));
}

/** The lines of each kind in the order in which they count, whether or not their option is there. */
function checkLines({ folded }: LinkedProxy, report: Report): void {
  for (const kind of ['http', 'tcp'] as const) {
    const entries = folded.get(`${kind}CheckLines`) ?? [];
    const found = orderProblem(
      kind,
      entries.map(({ value }) => value as HttpCheckLine | TcpCheckLine),
    );
    if (found !== null)
      report.error(entries[found.place - 1]!, found.problem, {
        remedy: `write '${kind}-check connect' first, and before each further connection`,
      });
  }
}

function warnIgnored({ draft, model, folded }: LinkedProxy, report: Report): void {
  const own = folded.get('tcpCheckLines')?.find((entry) => draft.entries.includes(entry));
  if (own === undefined || model.settings.checkMethod?.kind === 'tcp') return;
  report.warning(
    own,
    `${nounOf(draft)} '${draft.name}' uses tcp-check rules without 'option tcp-check', so the rules are ignored.`,
    { remedy: "add 'option tcp-check'" },
  );
}

function checkAgent({ proxy, server, entry }: PlacedServer, report: Report): void {
  const { hasAgent, agentPort, checkPort } = server.options;
  if (hasAgent !== true || agentPort !== undefined || (checkPort ?? 0) > 0) return;
  report.error(
    entry,
    `'server ${proxy.draft.name}/${server.name}' : server ${server.name} does not have agent port`,
    { remedy: "add 'agent-port <port>'" },
  );
}

function checkObserving({ proxy, server, entry }: PlacedServer, report: Report): void {
  if (server.options.observe !== 'layer7' || proxy.model.mode === 'http') return;
  report.error(
    entry,
    `'server ${proxy.draft.name}/${server.name}' : 'layer7' can only be used in http proxies`,
    { remedy: "write 'observe layer4', or 'mode http' in the backend" },
  );
}

/** Goes along the chain to the server that is checked. */
function checkTracking(start: PlacedServer, servers: readonly PlacedServer[], report: Report): void {
  const complain = (problem: string, remedy: string): void =>
    report.error(start.entry, `'server ${nameOf(start)}' : ${problem}`, { remedy });
  if (start.server.options.isChecked === true) {
    complain('unable to enable checks and tracking at the same time!', "remove 'check' or 'track'");
    return;
  }
  const seen = new Set<PlacedServer>([start]);
  for (let at = start; at.server.options.track !== undefined; ) {
    const { backend, server } = at.server.options.track;
    const inBackend = servers.filter(({ proxy }) => proxy.draft.name === (backend || at.proxy.draft.name));
    const next = inBackend.find((candidate) => candidate.server.name === server);
    if (next === undefined) {
      // Whoever stands at the broken place says so.
      if (at !== start) return;
      const missing = inBackend.length === 0 && backend !== '' ? `proxy '${backend}'` : `server '${server}'`;
      complain(`unable to find required ${missing} for tracking.`, 'name a server that is there');
      return;
    }
    if (seen.has(next)) {
      const loop = `unable to track ${nameOf(next)} as it belongs to a tracking chain looping back to ${nameOf(start)}.`;
      if (next === start) complain(loop, 'let the last server of the chain be checked');
      return;
    }
    seen.add(next);
    at = next;
  }
  checkTracked(start, [...seen].at(-1)!, complain);
}

function checkTracked(
  { proxy }: PlacedServer,
  checked: PlacedServer,
  complain: (problem: string, remedy: string) => void,
): void {
  const { isChecked, hasAgent } = checked.server.options;
  if (isChecked !== true && hasAgent !== true)
    complain(
      `unable to use ${nameOf(checked)} for tracking as it does not have any check nor agent enabled.`,
      `add 'check' to server ${nameOf(checked)}`,
    );
  else if (disablesOn404(proxy) !== disablesOn404(checked.proxy))
    complain(
      `unable to use ${nameOf(checked)} for tracking: disable-on-404 option inconsistency.`,
      "write 'http-check disable-on-404' in both backends",
    );
}

function disablesOn404({ model }: LinkedProxy): boolean {
  return model.settings.httpCheckDisablesOn404 === true;
}

function nameOf({ proxy, server }: PlacedServer): string {
  return `${proxy.draft.name}/${server.name}`;
}
