/** Compiles how a proxy logs: the format of its lines and the targets they go to. */
import type { ProxyModel } from '../../config/model/model.ts';
import type { LineBuffer } from '../../src/bytes/line-buffer.ts';
import { samples } from '../../src/catalog.ts';
import type { LogFormatModel } from '../../src/keyword/language-model.ts';
import { compileLogLine } from '../../src/log/compile-log-format.ts';
import { standardFormat } from '../../src/log/formats.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';
import type { LogTarget } from '../log/datagram-target.ts';
import type { LogPlan } from '../log/log-plan.ts';
import { createProxyLog, type LogIdentity } from '../log/proxy-log.ts';

/** What one thread's logs have in common. */
export interface LogFactory {
  readonly identity: LogIdentity;
  /** The thread's open target for an address; equal addresses share one. */
  open(settings: TargetSettings): LogTarget;
}

export function compileProxyLog(proxy: ProxyModel, factory: LogFactory): LogPlan | null {
  if (proxy.logs.length === 0 || proxy.kind === 'backend') return null;
  const identity = { ...factory.identity, tag: proxy.settings.logTag ?? factory.identity.tag };
  return createProxyLog(proxy.logs, identity, compileLine(proxy, factory.identity), (settings) =>
    factory.open(settings),
  );
}

function compileLine(
  proxy: ProxyModel,
  identity: LogIdentity,
): (stream: StreamView, out: LineBuffer) => void {
  const choice = proxy.settings.logFormat;
  if (choice === undefined) return connectLine(proxy.mode);
  const model: LogFormatModel = choice.kind === 'custom' ? choice.format : standardFormat(choice.kind);
  return compileLogLine(model, { site: identity, samples: samples });
}

/** The line of a proxy without a log format (manual section 8.2.1). */
function connectLine(mode: 'tcp' | 'http'): (stream: StreamView, out: LineBuffer) => void {
  const label = mode.toUpperCase();
  return (stream, out) => {
    const { source, destination, frontendName } = stream.session;
    out.text(
      `Connect from ${source.text}:${source.port} to ${destination.text}:${destination.port} (${frontendName}/${label})`,
    );
  };
}
