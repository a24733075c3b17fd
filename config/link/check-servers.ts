/** Names of servers in rules of their backend. */
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
