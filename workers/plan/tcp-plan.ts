/** What a proxy's settings say about connections as such, in either mode. */
import type { ProxyModel } from '../../config/model/model.ts';

export interface TcpPlan {
  /** `option independent-streams`: what is sent to a side says nothing about whether it is alive. */
  readonly independentStreams: boolean;
  /** `option nolinger`: the server gets a reset instead of FIN. */
  readonly noLinger: boolean;
}

export function compileTcp({ settings }: Pick<ProxyModel, 'settings'>): TcpPlan {
  return {
    independentStreams: settings.independentStreams ?? false,
    noLinger: settings.noLinger ?? false,
  };
}
