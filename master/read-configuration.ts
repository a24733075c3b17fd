/**
 * Reads and checks the configuration for the master: at the start here, later in a pool thread, so that supervising
 * never waits for a long file. Also applies what the command line says over the configuration.
 */
import { lookup } from 'node:dns/promises';
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
import { groupId, userId } from './accounts.ts';
import { conditionFacts } from './features.ts';
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

/** Never throws for what is in the files: that is all diagnostics. */
export async function readConfiguration(request: ReadRequest): Promise<ReadResult> {
  const { overrides, ...options } = request;
  const { model, diagnostics, environment } = await loadConfiguration({
    ...options,
    ignoresResolution: overrides.ignoresResolution,
    ...(overrides.isIpv4Only && { lookup: lookUpIpv4 }),
  });
  if (model === null) return { model, diagnostics, environment };
  const owners = lookUpOwners(model);
  return {
    model: owners.problems.length > 0 ? null : withOverrides(owners.model, overrides),
    diagnostics: [...diagnostics, ...owners.problems],
    environment,
  };
}

/** `-4`: names have IPv4 addresses or none. */
async function lookUpIpv4(name: string, family: 'ipv4' | 'ipv6' | undefined): Promise<string | null> {
  if (family === 'ipv6') return null;
  try {
    return (await lookup(name, { family: 4 })).address;
  } catch {
    return null;
  }
}

/** Worker processes may be in a root folder of their own when they change their user, so names become numbers here. */
function lookUpOwners(model: Model): { readonly model: Model; readonly problems: readonly Diagnostic[] } {
  const { user, group } = model.global;
  const problems: Diagnostic[] = [];
  const find = (
    name: string | undefined,
    own: number | undefined,
    look: (name: string) => number,
  ): object => {
    if (name === undefined || own !== undefined) return {};
    try {
      return { [look === userId ? 'uid' : 'gid']: look(name) };
    } catch (error) {
      const at = { file: model.files[0] ?? '', line: 0, column: 0 };
      problems.push({ severity: 'error', at, problem: (error as Error).message });
      return {};
    }
  };
  const found = { ...find(user, model.global.uid, userId), ...find(group, model.global.gid, groupId) };
  return { model: { ...model, global: { ...model.global, ...found } }, problems };
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
