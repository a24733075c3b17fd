/** Where the process itself logs: plain lines, such as a server's change of state, to the targets of a proxy. */
import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';
import { type LineTarget, type LogIdentity, TargetLines, textLimitOf } from './target-lines.ts';

export type { LineTarget };

export interface LogSink {
  /** `level` is a syslog severity (RFC 5424 §6.2.1); targets that take only more urgent lines are left out. */
  send(level: number, text: string): void;
}

/** `open` gives the target of an address; equal addresses may share one. `owner` names the proxy. */
export function openLogSink(
  settings: readonly TargetSettings[],
  identity: LogIdentity,
  open: (settings: TargetSettings) => LineTarget,
  owner = '',
): LogSink {
  const targets = settings.map(
    (one, i) => new TargetLines(one, open(one), identity, `events of ${owner} ${i}`),
  );
  const line = new LineBuffer(textLimitOf(settings));
  return {
    send(level, text) {
      line.clear();
      line.text(text);
      const wallMs = Date.now();
      for (const target of targets) target.send(line, null, level, wallMs);
    },
  };
}
