/**
 * Reads and checks the configuration for the master, in a pool thread; for the commands that only check, in the
 * program itself. Also applies what the command line says over the configuration.
 */
import { lookup } from 'node:dns/promises';
import type { Diagnostic } from '../config/diagnostics/diagnostic.ts';
import { loadConfiguration } from '../config/load.ts';
import type { Model, ProxyModel } from '../config/model/model.ts';
import { groupId, userId } from './accounts.ts';
import { keywordNames } from './keyword-names.ts';
import type { Overrides, ReadRequest, ReadResult } from './read-request.ts';

/** Never throws for what is in the files: that is all diagnostics. */
export async function readConfiguration(request: ReadRequest): Promise<ReadResult> {
  const { overrides, ...options } = request;
  const { model, diagnostics, environment } = await loadConfiguration({
    ...options,
    ignoresResolution: overrides.ignoresResolution,
    ...(overrides.isIpv4Only && { lookup: lookUpIpv4 }),
  });
  if (model === null) return { model, diagnostics, environment, keywordNames };
  const owners = lookUpOwners(model);
  return {
    model: owners.problems.length > 0 ? null : withOverrides(owners.model, overrides),
    diagnostics: [...diagnostics, ...owners.problems],
    environment,
    keywordNames,
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
