/** The log of one proxy in one thread: builds each line once and sends it behind each target's own header. */
import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import { compileHeader, type WriteHeader } from '../../src/log/line-header.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';
import type { LogTarget } from './datagram-target.ts';
import type { LogLevel, LogPlan } from './log-plan.ts';

export interface LogIdentity {
  readonly tag: string;
  readonly pid: number;
  readonly hostName: string;
  /** The longest request line in a log line. */
  readonly requestLineMaxBytes?: number;
}

export type WriteLine = (stream: StreamView, out: LineBuffer) => void;

/** The longest line before a target's own limit cuts it. */
const LINE_MAX_BYTES = 65535;

/** Built in one per thread: a line is sent before the next begins. */
const line = new LineBuffer(LINE_MAX_BYTES);
const packet = new LineBuffer(LINE_MAX_BYTES + 256);

const LF = 10;

/** One destination of a proxy's lines, with its filter and header. */
class ProxyLogTarget {
  readonly #settings: TargetSettings;
  readonly #target: LogTarget;
  readonly #writeHeader: WriteHeader;
  #counter = 0;

  constructor(settings: TargetSettings, target: LogTarget, identity: LogIdentity) {
    this.#settings = settings;
    this.#target = target;
    this.#writeHeader = compileHeader(settings.format, { ...identity, facility: settings.facility });
  }

  send(level: LogLevel, wallMs: number): void {
    const { maxLevel, minLevel, maxLength, sample } = this.#settings;
    if (level > maxLevel || (sample !== null && !this.#isSampled(sample))) return;
    packet.clear();
    this.#writeHeader(packet, Math.max(level, minLevel), wallMs);
    packet.copy(line.bytes, 0, line.length);
    if (packet.length >= maxLength) packet.length = maxLength - 1;
    packet.byte(LF);
    this.#target.send(packet.bytes, 0, packet.length);
  }

  #isSampled(sample: NonNullable<TargetSettings['sample']>): boolean {
    this.#counter = (this.#counter % sample.size) + 1;
    for (const range of sample.ranges)
      if (this.#counter >= range.low && this.#counter <= range.high) return true;
    return false;
  }
}

/** `open` gives the thread's target for an address; equal addresses share one. */
export function createProxyLog(
  settings: readonly TargetSettings[],
  identity: LogIdentity,
  writeLine: WriteLine,
  open: (settings: TargetSettings) => LogTarget,
): LogPlan {
  const targets = settings.map((one) => new ProxyLogTarget(one, open(one), identity));
  return {
    write(stream, level) {
      line.clear();
      writeLine(stream, line);
      const wallMs = Date.now();
      for (let i = 0; i < targets.length; i++) targets[i]!.send(level, wallMs);
    },
  };
}
