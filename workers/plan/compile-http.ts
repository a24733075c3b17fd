/** Compiles what a proxy's options say about HTTP messages. */
import type { GlobalSettings, ProxyModel, ProxySettings } from '../../config/model/model.ts';
import { headerIdOf } from '../../src/http/header-id.ts';
import { DEFAULT_LIMITS, type HeadLimits } from '../../src/http1/limits.ts';
import { containsIp } from '../../src/net/network.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { NetworkModel } from '../../src/settings/network-arg.ts';
import { compileForwarded } from './compile-forwarded.ts';
import { compileCondition } from './compile-rules.ts';
import { type AddressFieldPlan, type HttpPlan, type MonitorPlan, NamePolicy } from './http-plan.ts';

const POLICIES = { preserve: NamePolicy.PRESERVE, delete: NamePolicy.DELETE, reject: NamePolicy.REJECT };

/** How heads are parsed in strict proxies. */
export function compileHeadLimits(
  global: GlobalSettings,
  sizes: Pick<HeadLimits, 'maxBytes' | 'maxHeaders'>,
): HeadLimits {
  const { acceptsAnyPayload = false, trustsInsecureFraming = false } = global;
  return { ...DEFAULT_LIMITS, ...sizes, acceptsAnyPayload, trustsInsecureFraming };
}

/** Spellings by lower-case name; lines count before those of the file. Null without any. */
export function compileNameCase(global: GlobalSettings): ReadonlyMap<string, string> | null {
  const spellings = [...(global.nameSpellingsFile ?? []), ...(global.nameSpellings ?? [])];
  return spellings.length === 0 ? null : new Map(spellings.map(({ from, to }) => [from, to]));
}

export function compileHttp({ settings }: ProxyModel): HttpPlan {
  const { restrictNames = 'preserve', forwarded = null } = settings;
  return {
    relaxesRequests: settings.relaxesRequests ?? false,
    relaxesResponses: settings.relaxesResponses ?? false,
    adjustsCaseForClients: settings.adjustsCaseForClients ?? false,
    adjustsCaseForServers: settings.adjustsCaseForServers ?? false,
    pretendsKeepAlive: settings.pretendsKeepAlive ?? false,
    namePolicy: POLICIES[restrictNames],
    dropsRequestTrailers: settings.dropsRequestTrailers ?? false,
    dropsResponseTrailers: settings.dropsResponseTrailers ?? false,
    serverNameField: settings.serverNameField ?? '',
    serverNameId: headerIdOf(settings.serverNameField ?? ''),
    monitor: monitorOf(settings),
    ignoresProbes: settings.ignoresProbes ?? false,
    keepsIdleOnStop: settings.keepsIdleOnStop ?? false,
    buffersRequest: settings.buffersRequest ?? false,
    forwardFor: forwardForOf(settings),
    originalTo: originalToOf(settings),
    forwarded: forwarded === null ? null : compileForwarded(forwarded),
  };
}

function monitorOf({ monitorUri, monitorFailures = [] }: ProxySettings): MonitorPlan | null {
  if (monitorUri === undefined) return null;
  const conditions = monitorFailures.map(compileCondition);
  return {
    uri: monitorUri,
    isPath: monitorUri.startsWith('/'),
    fails: (stream) => conditions.some((condition) => condition === null || condition(stream)),
  };
}

function forwardForOf({ forwardFor }: ProxySettings): AddressFieldPlan | null {
  if (forwardFor === undefined) return null;
  const { except, header, ifNone } = forwardFor;
  return {
    headerName: header,
    headerId: headerIdOf(header),
    isOnlyIfMissing: ifNone,
    except: except === null ? null : (stream) => isWithin(except, stream.session.source),
  };
}

function originalToOf({ originalTo }: ProxySettings): AddressFieldPlan | null {
  if (originalTo === undefined) return null;
  const { except, header } = originalTo;
  return {
    headerName: header,
    headerId: headerIdOf(header),
    isOnlyIfMissing: false,
    except: except === null ? null : (stream) => isWithin(except, stream.session.destination),
  };
}

function isWithin(network: NetworkModel, { ip }: StreamView['session']['source']): boolean {
  return ip !== null && containsIp(network, ip);
}
