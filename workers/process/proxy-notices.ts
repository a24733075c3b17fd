/** What is said of whole proxies when the process pauses, resumes or stops: on the console and in each proxy's log. */
import type { ProxyModel } from '../../config/model/model.ts';
import { LogLevel } from '../log/log-plan.ts';
import type { LogSink } from '../log/sink.ts';
import { COUNTER, type SharedState } from '../shared/shared-state.ts';
import type { Console } from './console.ts';

export interface ProxyNoticesParts {
  readonly proxies: readonly ProxyModel[];
  readonly shared: SharedState;
  readonly console: Console;
  sinkOf(proxy: ProxyModel): LogSink;
}

/** `Proxy fe stopped (cumulated conns: FE: 12, BE: 0).` for each. */
export function noticeStopped(parts: ProxyNoticesParts): void {
  const { shared } = parts;
  const sessions = (slot: number): number => (slot < 0 ? 0 : shared.sum(slot, COUNTER.stot));
  for (const proxy of parts.proxies) {
    const [front, back] = [shared.slots.frontend(proxy.id), shared.slots.backend(proxy.id)].map(sessions);
    notice(parts, proxy, `Proxy ${proxy.name} stopped (cumulated conns: FE: ${front}, BE: ${back}).`);
  }
}

/** `Paused frontend fe.` or `Resumed proxy li.` for each that listens. */
export function noticeListening(parts: ProxyNoticesParts, what: 'Paused' | 'Resumed'): void {
  for (const proxy of parts.proxies) {
    if (proxy.kind === 'backend') continue;
    notice(parts, proxy, `${what} ${proxy.kind === 'listen' ? 'proxy' : 'frontend'} ${proxy.name}.`);
  }
}

function notice({ console, sinkOf }: ProxyNoticesParts, proxy: ProxyModel, text: string): void {
  console.write('WARNING', text);
  sinkOf(proxy).send(LogLevel.WARNING, text);
}
