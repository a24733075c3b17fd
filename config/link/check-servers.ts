/** What only shows when a backend is complete: names of servers in its rules, and what its servers' options need. */
import { nearest } from '../../src/keyword/nearest.ts';
import type { LinkedProxy } from './link-proxy.ts';
import type { Report } from './report.ts';

/** Reports every server that a rule names and the section does not have. */
export function checkServerReferences({ draft, model, references }: LinkedProxy, report: Report): void {
  const names = model.servers.map(({ name }) => name);
  for (const { reference, entry } of references) {
    if (reference.kind !== 'server' || names.includes(reference.name)) continue;
    const close = nearest(reference.name, names);
    report.error(
      { at: reference.at, source: entry.source },
      `proxy '${draft.name}' : unable to find server '${reference.name}' referenced in a '${entry.declaration.name}' rule.`,
      {
        remedy:
          close === undefined ? 'add a server line of that name to the section' : `did you mean '${close}'?`,
      },
    );
  }
}

/** What fast open sends is lost with the connection: only `retry-on` makes up for that. */
const FAST_OPEN_REASONS = ['conn-failure', 'empty-response', 'response-timeout'] as const;

/** Warns, as HAProxy does, of `tfo` without the retries that it needs. */
export function checkFastOpen({ draft, model }: LinkedProxy, report: Report): void {
  const { retryOn = ['conn-failure'] } = model.settings;
  if (FAST_OPEN_REASONS.every((reason) => retryOn.includes(reason))) return;
  for (const server of model.servers) {
    if (server.options.tcpFastOpen !== true) continue;
    report.warning(
      server,
      `'server ${draft.name}/${server.name}' : server has tfo activated, the backend should be configured with at least 'conn-failure', 'empty-response' and 'response-timeout' or we wouldn't be able to retry the connection on failure.`,
      { remedy: `add 'retry-on ${FAST_OPEN_REASONS.join(' ')}'` },
    );
  }
}
