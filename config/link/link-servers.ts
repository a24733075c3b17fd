/** Server and default-server lines to servers of the model. */
import type { SettingsModel } from '../../src/keyword/language-model.ts';
import type { ServerLine } from '../../src/settings/proxy-lines.ts';
import type { ServerModel, ServerSettings } from '../model/model.ts';
import { type Entry, nounOf, type ProxyDraft } from './draft.ts';
import { assignIds } from './ids.ts';
import type { Report } from './report.ts';

interface PlacedServer {
  readonly entry: Entry;
  readonly line: Extract<ServerLine, { kind: 'server' }>;
  readonly options: ServerSettings;
}

export function linkServers(entries: readonly Entry[], draft: ProxyDraft, report: Report): ServerModel[] {
  const servers = withDefaults(entries);
  const ids = assignIds(servers.map(({ options }) => options.id));
  reportRepeated(servers, draft, report);
  for (const server of servers) checkPorts(server, draft, report);
  return servers.map(({ entry, line, options }, place) => ({
    id: ids[place]!,
    name: line.name,
    address: line.address,
    resolvedHost: line.address.family === 'name' ? null : line.address.host,
    options,
    at: entry.at,
  }));
}

/** Each server starts from the default-server lines above it; a later line adds to the earlier ones. */
function withDefaults(entries: readonly Entry[]): PlacedServer[] {
  const servers: PlacedServer[] = [];
  let defaults: SettingsModel = {};
  for (const entry of entries) {
    const line = entry.value as ServerLine;
    const options = { ...defaults, ...line.options };
    if (line.kind === 'default') defaults = options;
    else servers.push({ entry, line, options });
  }
  return servers;
}

function reportRepeated(servers: readonly PlacedServer[], draft: ProxyDraft, report: Report): void {
  const names = new Map<string, Entry>();
  const ids = new Map<number, Entry>();
  for (const { entry, line, options } of servers) {
    const sameName = names.get(line.name);
    if (sameName !== undefined)
      report.error(
        entry,
        `${nounOf(draft)} '${draft.name}', another server named '${line.name}' was already defined at line ${sameName.at.line}, please use distinct names`,
        {
          remedy: 'give each server of a backend a name of its own',
        },
      );
    else names.set(line.name, entry);
    if (options.id === undefined) continue;
    const sameId = ids.get(options.id);
    if (sameId !== undefined)
      report.error(
        entry,
        `'server ${draft.name}/${line.name}' : 'id' : custom id ${options.id} already used at ${placeOf(sameId)}`,
        {
          remedy: 'choose another number',
        },
      );
    else ids.set(options.id, entry);
  }
}

function placeOf({ at }: Entry): string {
  return `${at.file}:${at.line}`;
}

/** A check needs a port of its own where the traffic has none. */
function checkPorts({ entry, line, options }: PlacedServer, draft: ProxyDraft, report: Report): void {
  const { family, portLow } = line.address;
  if (options.isChecked !== true || portLow > 0 || (options.checkPort ?? 0) > 0) return;
  if (family !== 'ipv4' && family !== 'ipv6' && family !== 'name' && family !== 'any') return;
  report.error(
    entry,
    `${nounOf(draft)} '${draft.name}': server '${line.name}' has neither service port nor check port`,
    {
      remedy: "write a port behind the address, or 'port <number>' for the check",
    },
  );
}
