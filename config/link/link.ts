/**
 * Links a document: every statement understood, names found, defaults folded in, everything checked that can be
 * checked without asking the network. All errors of the document are reported in one run.
 */
import { readFileSync } from 'node:fs';
import type { NameSpelling } from '../../src/settings/http1-global.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Document } from '../document/document.ts';
import type { GlobalSettings, Model } from '../model/model.ts';
import { checkHealthChecks } from './check-health.ts';
import { checkProxies } from './check-proxies.ts';
import type { Entry, SectionDraft } from './draft.ts';
import { ErrorPages } from './error-pages.ts';
import { foldEntries, settingsOf } from './fold-settings.ts';
import { assignIds } from './ids.ts';
import { linkStatsSockets } from './link-binds.ts';
import { type LinkedProxy, linkProxy } from './link-proxy.ts';
import type { ReadFile } from './read-file.ts';
import { readSections } from './read-sections.ts';
import { Report } from './report.ts';

export interface LinkOptions {
  /** What relative file names start from unless `default-path` says otherwise; by default the current folder. */
  readonly workingFolder?: string;
  /** Reads files that the configuration names; by default from the file system. */
  readonly readFile?: ReadFile;
}

export interface LinkResult {
  /** Null when there is an error. Names of servers are not resolved yet; see resolveNames. */
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** HAProxy's defaults of tune.bufsize and tune.maxrewrite, in bytes. */
const BUFFER_BYTES_DEFAULT = 16_384;
const MAX_REWRITE_BYTES_DEFAULT = 1024;

export function linkDocument(document: Document, options: LinkOptions = {}): LinkResult {
  const { workingFolder = process.cwd(), readFile = readFileSync } = options;
  const report = new Report();
  const drafts = readSections(document, report, { workingFolder, readFile });
  const global = linkGlobal(drafts.global, report);
  const errorPages = new ErrorPages(report, readFile, errorPageLimit(global));
  const linked = drafts.proxies.map((draft) => linkProxy(draft, { global, errorPages, report }));
  checkProxies(linked, report);
  checkHealthChecks(linked, report);
  const model: Model = { files: document.files, global, proxies: withIds(linked, global) };
  return {
    model: report.hasErrors ? null : model,
    diagnostics: inFileOrder(report.diagnostics, document.files),
  };
}

function linkGlobal(draft: SectionDraft, report: Report): GlobalSettings {
  const folded = foldEntries(draft.entries);
  checkSpellings(folded.get('nameSpellings') ?? [], report);
  const settings = settingsOf(folded, ['statsSockets', 'withoutEffect']) as GlobalSettings;
  const sockets = linkStatsSockets(folded.get('statsSockets') ?? [], settings.unixBind);
  return sockets.length === 0 ? settings : { ...settings, statsSockets: sockets };
}

/** `h1-case-adjust`: a name has one spelling. */
function checkSpellings(entries: readonly Entry[], report: Report): void {
  const seen = new Set<string>();
  for (const entry of entries) {
    const { from } = entry.value as NameSpelling;
    if (seen.has(from)) report.error(entry, `'h1-case-adjust' has a second spelling of '${from}'`);
    seen.add(from);
  }
}

function errorPageLimit({
  bufferBytes = BUFFER_BYTES_DEFAULT,
  maxRewriteBytes = MAX_REWRITE_BYTES_DEFAULT,
}: GlobalSettings): number {
  return bufferBytes - Math.min(maxRewriteBytes, bufferBytes / 2);
}

/** The runtime API is a proxy to HAProxy, the first one, where it has a socket. */
function withIds(linked: readonly LinkedProxy[], global: GlobalSettings): Model['proxies'] {
  const explicit = linked.map(({ explicitId }) => explicitId);
  const ids =
    global.statsSockets === undefined ? assignIds(explicit) : assignIds([undefined, ...explicit]).slice(1);
  return linked.map(({ model, explicitId }, place) => ({
    id: ids[place]!,
    ...(explicitId !== undefined && { isIdForced: true }),
    ...model,
  }));
}

/** Checks come after reading; whoever mends a file goes through it from above. */
function inFileOrder(diagnostics: readonly Diagnostic[], files: readonly string[]): Diagnostic[] {
  const place = new Map(files.map((file, index) => [file, index]));
  const order = ({ at }: Diagnostic) => place.get(at.file) ?? -1;
  return [...diagnostics].sort(
    (a, b) => order(a) - order(b) || a.at.line - b.at.line || a.at.column - b.at.column,
  );
}
