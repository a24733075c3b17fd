/** The log of one proxy in one thread: builds each line once and sends it behind each target's own header. */
import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import type { WriteItem } from '../../src/log/declare.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';
import { type SharedCounter, sharedCounter, takeNext } from './log-memory.ts';
import type { LogMoment, LogPlan } from './log-plan.ts';
import { type LineTarget, type LogIdentity, TargetLines } from './target-lines.ts';

export interface ProxyLogOptions {
  /** The proxy's. */
  readonly name: string;
  readonly settings: readonly TargetSettings[];
  /** The longest text of a line, before headers. */
  readonly textMaxBytes: number;
  readonly identity: LogIdentity;
  readonly moment: LogMoment;
  readonly needsServerEnds: boolean;
  readonly writeLine: WriteItem;
  /** `error-log-format`, or null. */
  readonly writeErrorLine: WriteItem | null;
  /** `log-format-sd` for targets of the format rfc5424, or null. */
  readonly writeStructuredData: WriteItem | null;
  readonly dropsNormal: boolean;
  readonly separatesErrors: boolean;
  /** Gives the thread's target for an address; equal addresses share one. */
  open(settings: TargetSettings): LineTarget;
}

/** The longest line there can be (`log … len`). */
const LINE_MAX_BYTES = 65_535;

/** One per thread: a line is sent before the next begins. */
const line = new LineBuffer(LINE_MAX_BYTES);

/** One per thread: the structured data of the line that is sent. */
const structuredData = new LineBuffer(LINE_MAX_BYTES);

export class ProxyLog implements LogPlan {
  readonly moment: LogMoment;
  readonly needsServerEnds: boolean;
  readonly dropsNormal: boolean;
  readonly separatesErrors: boolean;
  readonly hasErrorFormat: boolean;
  readonly #lines: SharedCounter;
  readonly #targets: readonly TargetLines[];
  readonly #textLimit: number;
  readonly #writeLine: WriteItem;
  readonly #writeErrorLine: WriteItem;
  readonly #writeStructuredData: WriteItem | null;

  constructor(options: ProxyLogOptions) {
    const { name, settings, identity, moment, needsServerEnds, writeLine, open } = options;
    const hasStructure = settings.some(({ format }) => format === 'rfc5424');
    this.moment = moment;
    this.needsServerEnds = needsServerEnds;
    this.#targets = settings.map((one, i) => new TargetLines(one, open(one), identity, `${name} ${i}`));
    this.#textLimit = options.textMaxBytes;
    this.dropsNormal = options.dropsNormal;
    this.separatesErrors = options.separatesErrors;
    this.#writeLine = writeLine;
    this.hasErrorFormat = options.writeErrorLine !== null;
    this.#lines = sharedCounter(`lines of ${name}`);
    this.#writeErrorLine = options.writeErrorLine ?? writeLine;
    this.#writeStructuredData = hasStructure ? options.writeStructuredData : null;
  }

  takeLineNumber(): number {
    return takeNext(this.#lines);
  }

  write(stream: StreamView, level: number): void {
    this.#write(this.#writeLine, stream, level);
  }

  writeError(stream: StreamView, level: number): void {
    this.#write(this.#writeErrorLine, stream, level);
  }

  #write(writeLine: WriteItem, stream: StreamView, level: number): void {
    line.clear(this.#textLimit);
    writeLine(stream, line);
    if (this.#writeStructuredData !== null) {
      structuredData.clear(this.#textLimit);
      this.#writeStructuredData(stream, structuredData);
    }
    const wallMs = Date.now();
    const targets = this.#targets;
    const structure = this.#writeStructuredData === null ? null : structuredData;
    for (let i = 0; i < targets.length; i++) targets[i]!.send(line, structure, level, wallMs);
  }
}
