/** The log of one proxy in one thread: builds each line once and sends it behind each target's own header. */
import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import type { WriteItem } from '../../src/log/declare.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';
import type { LogMoment, LogPlan } from './log-plan.ts';
import { type LineTarget, type LogIdentity, TargetLines } from './target-lines.ts';

export interface ProxyLogOptions {
  readonly settings: readonly TargetSettings[];
  /** The longest text of a line, before headers. */
  readonly textMaxBytes: number;
  readonly identity: LogIdentity;
  readonly moment: LogMoment;
  readonly needsServerEnds: boolean;
  readonly writeLine: WriteItem;
  /** Gives the thread's target for an address; equal addresses share one. */
  open(settings: TargetSettings): LineTarget;
}

/** The longest line there can be (`log … len`). */
const LINE_MAX_BYTES = 65_535;

/** One per thread: a line is sent before the next begins. */
const line = new LineBuffer(LINE_MAX_BYTES);

export class ProxyLog implements LogPlan {
  readonly moment: LogMoment;
  readonly needsServerEnds: boolean;
  lineCount = 0;
  readonly #targets: readonly TargetLines[];
  readonly #textLimit: number;
  readonly #writeLine: WriteItem;

  constructor(options: ProxyLogOptions) {
    const { settings, identity, moment, needsServerEnds, writeLine, open } = options;
    this.moment = moment;
    this.needsServerEnds = needsServerEnds;
    this.#targets = settings.map((one) => new TargetLines(one, open(one), identity));
    this.#textLimit = options.textMaxBytes;
    this.#writeLine = writeLine;
  }

  write(stream: StreamView, level: number): void {
    line.clear(this.#textLimit);
    this.#writeLine(stream, line);
    this.lineCount++;
    const wallMs = Date.now();
    const targets = this.#targets;
    for (let i = 0; i < targets.length; i++) targets[i]!.send(line, level, wallMs);
  }
}
