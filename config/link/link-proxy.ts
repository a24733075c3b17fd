/** One proxy section and its defaults to a proxy of the model. */

import type { LogTarget } from '../../src/settings/log-target.ts';
import type { LogLine } from '../../src/settings/logging.ts';
import type { ProxyMode } from '../../src/settings/proxy-identity.ts';
import type { GlobalSettings, ProxyModel, ProxySettings } from '../model/model.ts';
import type { Entry, ProxyDraft, Reference } from './draft.ts';
import type { ErrorPages } from './error-pages.ts';
import {
  allEntries,
  dropOtherModes,
  type Folded,
  foldEntries,
  settingsOf,
  valuesOf,
} from './fold-settings.ts';
import { linkBinds } from './link-binds.ts';
import { linkServers } from './link-servers.ts';
import type { Report } from './report.ts';

export interface LinkedProxy {
  readonly draft: ProxyDraft;
  readonly folded: Folded;
  /** Without its id, which depends on the other proxies. */
  readonly model: Omit<ProxyModel, 'id' | 'isIdForced'>;
  /** An `id` line's number. */
  readonly explicitId: number | undefined;
  readonly references: readonly PlacedReference[];
}

export interface PlacedReference {
  readonly reference: Reference;
  readonly entry: Entry;
}

export interface ProxySurroundings {
  readonly global: GlobalSettings;
  readonly errorPages: ErrorPages;
  readonly report: Report;
}

/** Keys that become fields of the proxy; see ProxyLines in the model. */
const LINE_KEYS = [
  'aclLines',
  'bindLines',
  'serverLines',
  'logs',
  'errorPages',
  'mode',
  'id',
  'withoutEffect',
];

const MODE_DEFAULT: ProxyMode = 'tcp';

export function linkProxy(draft: ProxyDraft, { global, errorPages, report }: ProxySurroundings): LinkedProxy {
  const all = foldEntries(allEntries(draft));
  const mode = valuesOf<ProxyMode>(all, 'mode').at(-1) ?? MODE_DEFAULT;
  const folded = dropOtherModes(all, mode, draft, report);
  const model = {
    name: draft.name,
    kind: draft.kind,
    mode,
    at: draft.at,
    settings: settingsOf(folded, LINE_KEYS) as ProxySettings,
    acls: Object.fromEntries(draft.acls),
    logs: logsOf(valuesOf<LogLine>(folded, 'logs'), global),
    errorPages: errorPages.link(folded.get('errorPages') ?? []),
    binds: linkBinds(folded.get('bindLines') ?? [], global.unixBind, report),
    servers: linkServers(folded.get('serverLines') ?? [], draft, report),
  };
  return {
    draft,
    folded,
    model,
    explicitId: valuesOf<number>(folded, 'id').at(-1),
    references: referencesOf(folded),
  };
}

/** `log global` stands for the targets of the global section; written twice, it counts once. */
function logsOf(lines: readonly LogLine[], global: GlobalSettings): LogTarget[] {
  const isSpent = { global: false };
  return lines.flatMap((line) => {
    if (line !== 'global') return [line];
    if (isSpent.global) return [];
    isSpent.global = true;
    return global.logs ?? [];
  });
}

function referencesOf(folded: Folded): PlacedReference[] {
  return [...folded.values()]
    .flat()
    .flatMap((entry) => entry.references.map((reference) => ({ reference, entry })));
}
