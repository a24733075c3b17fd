/**
 * Reads and checks the configuration for the master: at the start here, later in a pool thread, so that supervising
 * never waits for a long file. Also applies what the command line says over the configuration.
 */
import { hostname } from 'node:os';
import type { Diagnostic } from '../config/diagnostics/diagnostic.ts';
import { predefinedVariables } from '../config/haproxy-cfg/environment.ts';
import { type LoadOptions, loadConfiguration } from '../config/load.ts';
import type { Model, ProxyModel } from '../config/model/model.ts';
import {
  HTTP_CLF_LOG_FORMAT,
  HTTP_LOG_FORMAT,
  TCP_CLF_LOG_FORMAT,
  TCP_LOG_FORMAT,
} from '../src/log/formats.ts';
import { conditionFacts } from './features.ts';
import type { Settings } from './option-table.ts';
import { COMPATIBLE_VERSION } from './product.ts';

/** What the reading depends on: plain data, so that it can cross to a pool thread. */
export type ReadRequest = Pick<LoadOptions, 'files' | 'environment' | 'facts' | 'predefined'> & {
  readonly overrides: Overrides;
};

/** Options of the command line that come before the configuration. */
export type Overrides = Pick<Settings, 'localPeer' | 'maxconn' | 'proxyMaxconn' | 'ignoresResolution'>;

export interface ReadResult {
  /** Null when there is an error. */
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly environment: ReadonlyMap<string, string>;
}

const LOG_FORMATS = {
  HAPROXY_HTTP_LOG_FMT: HTTP_LOG_FORMAT,
  HAPROXY_HTTP_CLF_LOG_FMT: HTTP_CLF_LOG_FORMAT,
  HAPROXY_TCP_LOG_FMT: TCP_LOG_FORMAT,
  HAPROXY_TCP_CLF_LOG_FMT: TCP_CLF_LOG_FORMAT,
};

/** What to read, by the command line. */
export function readRequest(settings: Settings): ReadRequest {
  const { files, localPeer, maxconn, proxyMaxconn, ignoresResolution } = settings;
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
    overrides: { localPeer, maxconn, proxyMaxconn, ignoresResolution },
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

/** Never throws for what is in the files: that is all diagnostics. */
export async function readConfiguration(request: ReadRequest): Promise<ReadResult> {
  const { overrides, ...options } = request;
  const { model, diagnostics, environment } = await loadConfiguration({
    ...options,
    ...(overrides.ignoresResolution && { lookup: async () => null }),
  });
  return { model: model === null ? null : withOverrides(model, overrides), diagnostics, environment };
}

function withOverrides(model: Model, { localPeer, maxconn, proxyMaxconn }: Overrides): Model {
  return {
    ...model,
    global: {
      ...model.global,
      ...(maxconn !== null && { maxconn }),
      ...(localPeer !== null && { localPeer }),
    },
    proxies:
      proxyMaxconn === null ? model.proxies : model.proxies.map((proxy) => withMaxconn(proxy, proxyMaxconn)),
  };
}

function withMaxconn(proxy: ProxyModel, maxconn: number): ProxyModel {
  if (proxy.settings.maxconn !== undefined) return proxy;
  return { ...proxy, settings: { ...proxy.settings, maxconn } };
}
