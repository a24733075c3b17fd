/**
 * What a reading of the configuration depends on, as plain data that can cross to the pool thread where the reading is
 * done: what it loads, the whole catalogue of keywords, is gone with that thread.
 */
import { hostname } from 'node:os';
import type { Diagnostic } from '../config/diagnostics/diagnostic.ts';
import { predefinedVariables } from '../config/haproxy-cfg/environment.ts';
import type { LoadOptions } from '../config/load.ts';
import type { Model } from '../config/model/model.ts';
import {
  HTTP_CLF_LOG_FORMAT,
  HTTP_LOG_FORMAT,
  TCP_CLF_LOG_FORMAT,
  TCP_LOG_FORMAT,
} from '../src/log/format-texts.ts';
import { conditionFacts } from './features.ts';
import type { KeywordNames } from './model-diff.ts';
import type { Settings } from './option-table.ts';
import { COMPATIBLE_VERSION } from './product.ts';

/** What the reading depends on: plain data, so that it can cross to a pool thread. */
export type ReadRequest = Pick<LoadOptions, 'files' | 'environment' | 'facts' | 'predefined'> & {
  readonly overrides: Overrides;
};

/** Options of the command line that come before the configuration. */
export type Overrides = Pick<
  Settings,
  'localPeer' | 'maxconn' | 'proxyMaxconn' | 'ignoresResolution' | 'isIpv4Only'
>;

export interface ReadResult {
  /** Null when there is an error. */
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly environment: ReadonlyMap<string, string>;
  /** For telling differences of models. */
  readonly keywordNames: KeywordNames;
}

const LOG_FORMATS = {
  HAPROXY_HTTP_LOG_FMT: HTTP_LOG_FORMAT,
  HAPROXY_HTTP_CLF_LOG_FMT: HTTP_CLF_LOG_FORMAT,
  HAPROXY_TCP_LOG_FMT: TCP_LOG_FORMAT,
  HAPROXY_TCP_CLF_LOG_FMT: TCP_CLF_LOG_FORMAT,
};

/** What to read, by the command line. */
export function readRequest(settings: Settings): ReadRequest {
  const { files, localPeer, maxconn, proxyMaxconn, ignoresResolution, isIpv4Only } = settings;
  const predefined = {
    ...predefinedVariables({
      version: COMPATIBLE_VERSION,
      localPeer: localPeer ?? hostname(),
      logFormats: LOG_FORMATS,
    }),
    HAPROXY_CFGFILES: files.join(';'),
    ...(settings.isMasterWorker && { HAPROXY_MWORKER: '1' }),
    ...(settings.masterSockets.length > 0 && {
      HAPROXY_MASTER_CLI: settings.masterSockets.map(addressOf).join(';'),
    }),
  };
  return {
    files,
    environment: environmentOf(process.env),
    facts: conditionFacts(settings),
    predefined,
    overrides: { localPeer, maxconn, proxyMaxconn, ignoresResolution, isIpv4Only },
  };
}

export function environmentOf(variables: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function addressOf(socket: string): string {
  const address = socket.split(',')[0]!;
  return address.startsWith('/') ? `unix@${address}` : address;
}
