/** Which listening sockets a model needs: one entry for each bind and stats socket address, with its identity. */
import type { BindSettings, Model } from '../config/model/model.ts';
import type { Position } from '../src/keyword/words.ts';
import type { Address } from '../src/net/address.ts';
import type { ListenerHandle } from '../workers/messages.ts';
import { type BindRequest, earlyOptionsOf, fileOf } from './listening-socket.ts';

export interface PlannedListener {
  /** The same in two models for what can be served by the same socket. */
  readonly key: string;
  /** Traffic goes to all worker threads, a stats socket to the main thread of the worker process. */
  readonly isTraffic: boolean;
  readonly handle: Omit<ListenerHandle, 'key' | 'fd' | 'thread' | 'isUnix'>;
  readonly request: BindRequest;
  /** Who wants it, in HAProxy's words: `frontend www`. */
  readonly owner: string;
  readonly at: Position | null;
}

/** Throws an Error that names the line when an owner of a socket does not exist. */
export function planListeners(model: Model): PlannedListener[] {
  const planned: PlannedListener[] = [];
  for (const proxy of model.proxies) {
    const kind = proxy.kind === 'listen' ? 'proxy' : proxy.kind;
    if (proxy.settings.isDisabled === true) continue;
    for (const bind of proxy.binds) {
      planned.push({
        ...plan(bind.address, bind.options),
        isTraffic: true,
        handle: { proxyId: proxy.id, bindId: bind.id },
        owner: `${kind} ${proxy.name}`,
        at: bind.at,
      });
    }
  }
  for (const [place, socket] of (model.global.statsSockets ?? []).entries()) {
    planned.push({
      ...plan(socket.address, socket.options),
      isTraffic: false,
      handle: { proxyId: 0, bindId: place + 1, statsSocket: place },
      owner: 'proxy GLOBAL',
      at: null,
    });
  }
  return numberDuplicates(planned);
}

function plan(address: Address, options: BindSettings): Pick<PlannedListener, 'key' | 'request'> {
  const isIpv6Only = options.v6only === true;
  const early = earlyOptionsOf(options);
  const request = { address, isIpv6Only, file: fileOf(options), early };
  const where = address.family === 'fd' ? String(address.fd) : `${address.host}|${address.portLow}`;
  const how = early === null ? '' : `|${JSON.stringify(early)}`;
  return { request, key: `${address.family}|${where}${isIpv6Only ? '|v6only' : ''}${how}` };
}

/** Two binds of one address are two listeners: the second's key says so. */
function numberDuplicates(planned: readonly PlannedListener[]): PlannedListener[] {
  const seen = new Map<string, number>();
  return planned.map((listener) => {
    const count = seen.get(listener.key) ?? 0;
    seen.set(listener.key, count + 1);
    return count === 0 ? listener : { ...listener, key: `${listener.key}|#${count}` };
  });
}
