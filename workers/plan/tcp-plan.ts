/** What a proxy's settings say about connections as such, in either mode. */
import type { GlobalSettings, ProxyModel } from '../../config/model/model.ts';

export interface TcpPlan {
  /** `option independent-streams`: what is sent to a side says nothing about whether it is alive. */
  readonly independentStreams: boolean;
  /** `option nolinger`: the server gets a reset instead of FIN. */
  readonly noLinger: boolean;
  /** `rate-limit sessions`; 0 without. */
  readonly sessionsPerSecond: number;
}

export function compileTcp({ settings }: Pick<ProxyModel, 'settings'>): TcpPlan {
  return {
    independentStreams: settings.independentStreams ?? false,
    noLinger: settings.noLinger ?? false,
    sessionsPerSecond: settings.rateLimitSessions ?? 0,
  };
}

/** `maxconnrate` and `maxsessrate`: without TLS a connection is a session, so the lower one counts; 0 without. */
export function processRate({ maxConnectionRate = 0, maxSessionRate = 0 }: GlobalSettings): number {
  if (maxConnectionRate === 0 || maxSessionRate === 0) return maxConnectionRate || maxSessionRate;
  return Math.min(maxConnectionRate, maxSessionRate);
}
