/** What to check of each server and when: from the model, decided once (manual sections 4.2 and 5.2). */
import type { ProxyModel, ServerModel } from '../../config/model/model.ts';
import type { HttpCheckSettings } from '../../src/health/http-check.ts';

export interface CheckPlan {
  /** Numeric address, or '' with a path. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Null checks only that a connection opens. */
  readonly http: HttpCheckSettings | null;
  readonly interMs: number;
  readonly fastInterMs: number;
  readonly downInterMs: number;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
}

/** HAProxy's default of `inter`, and of `rise` and `fall` (manual section 5.2). */
const INTER_DEFAULT_MS = 2000;
export const RISE_DEFAULT = 2;
export const FALL_DEFAULT = 3;

/** Null for servers without checks, and for those whose address or port is not known. */
export function checkPlanOf(proxy: ProxyModel, server: ServerModel): CheckPlan | null {
  const { options, address } = server;
  if (!options.isChecked) return null;
  const path = address.family === 'unix' && options.checkAddress === undefined ? address.host : '';
  const host = path === '' ? (options.checkAddress ?? server.resolvedHost ?? '') : '';
  const port = options.checkPort || (address.portOffset === null ? address.portLow : 0);
  if (path === '' && (host === '' || port === 0)) return null;
  const interMs = options.interMs ?? INTER_DEFAULT_MS;
  const { timeoutCheckMs = 0, timeoutConnectMs = 0 } = proxy.settings;
  return {
    host,
    port,
    path,
    http: httpSettings(proxy),
    interMs,
    fastInterMs: options.fastInterMs ?? interMs,
    downInterMs: options.downInterMs ?? interMs,
    // With `timeout check`, `timeout connect` bounds connecting too; without, `inter` bounds the whole.
    connectTimeoutMs:
      timeoutCheckMs > 0 && timeoutConnectMs > 0 ? Math.min(timeoutConnectMs, interMs) : interMs,
    answerTimeoutMs: timeoutCheckMs > 0 ? timeoutCheckMs : interMs,
  };
}

function httpSettings({ settings }: ProxyModel): HttpCheckSettings | null {
  const { httpCheck, httpCheckLines = [] } = settings;
  if (httpCheck === undefined) return null;
  let { method, uri, version } = httpCheck;
  let headers = httpCheck.headerLines.split('\r\n').flatMap(headerOf);
  let body = '';
  const expects: HttpCheckSettings['expects'][number][] = [];
  for (const line of httpCheckLines) {
    if (line.kind === 'expect') {
      expects.push({ isNegated: line.isNegated, match: line.match, pattern: line.pattern });
      continue;
    }
    method = line.method ?? method;
    uri = line.uri ?? uri;
    version = line.version ?? version;
    if (line.headers.length > 0) headers = [...line.headers];
    body = line.body ?? body;
  }
  return { method, uri, version, headers, body, expects, isConditionalOn404: false };
}

function headerOf(line: string): { name: string; value: string }[] {
  const colon = line.indexOf(':');
  return colon > 0 ? [{ name: line.slice(0, colon), value: line.slice(colon + 1).trim() }] : [];
}
