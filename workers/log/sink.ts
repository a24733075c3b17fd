/** Where the process itself logs: plain lines, such as a server's change of state, to the targets of a proxy. */
import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import { compileHeader, type HeaderFacts, type WriteHeader } from '../../src/log/line-header.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';

export interface LogSink {
  /** `level` is a syslog severity (RFC 5424 §6.2.1); targets that take only more urgent lines are left out. */
  send(level: number, text: string): void;
}

/** What a line is handed to: an open datagram socket or descriptor. */
export interface LineTarget {
  send(buffer: Buffer, start: number, end: number): unknown;
}

const LINE_MAX_BYTES = 65_536;
const LF = 10;

/** `open` gives the target of an address; equal addresses may share one. */
export function openLogSink(
  settings: readonly TargetSettings[],
  identity: Omit<HeaderFacts, 'facility'>,
  open: (settings: TargetSettings) => LineTarget,
): LogSink {
  const targets = settings.map((one) => ({
    settings: one,
    target: open(one),
    writeHeader: compileHeader(one.format, { ...identity, facility: one.facility }),
  }));
  const line = new LineBuffer(LINE_MAX_BYTES);
  return {
    send(level, text) {
      for (const { settings: one, target, writeHeader } of targets) {
        if (level > one.maxLevel) continue;
        writeLine(line, writeHeader, Math.max(level, one.minLevel), text, one.maxLength);
        target.send(line.bytes, 0, line.length);
      }
    },
  };
}

function writeLine(
  line: LineBuffer,
  writeHeader: WriteHeader,
  level: number,
  text: string,
  maxLength: number,
): void {
  line.clear();
  writeHeader(line, level, Date.now());
  line.text(text);
  if (line.length >= maxLength) line.length = maxLength - 1;
  line.byte(LF);
}
