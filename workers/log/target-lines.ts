/** Lines to one destination: its own header before them, its filter by level and sampling, its limit of length. */
import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import { compileHeader, type HeaderFacts, type WriteHeader } from '../../src/log/line-header.ts';
import {
  type LogSample,
  RING_LINE_MAX_BYTES,
  ringOf,
  type LogTarget as TargetSettings,
} from '../../src/settings/log-target.ts';
import { type SharedCounter, sharedCounter, takeNext } from './log-memory.ts';

/** What the lines of one process have in common. */
export type LogIdentity = Omit<HeaderFacts, 'facility'>;

/** What a line is handed to: an open datagram socket or descriptor. */
export interface LineTarget {
  send(buffer: Buffer, start: number, end: number): unknown;
}

/** The longest line there can be (`log … len`), and its line feed. */
const PACKET_MAX_BYTES = 65_535 + 1;

/** One per thread: a packet is sent before the next is built. */
const packet = new LineBuffer(PACKET_MAX_BYTES);

const LF = 10;
const SPACE = 32;
const DASH = 45;

export class TargetLines {
  readonly #settings: TargetSettings;
  readonly #target: LineTarget;
  readonly #writeHeader: WriteHeader;
  /** Its header ends where structured data stands. */
  readonly #isStructured: boolean;
  /** Header and text together; in a ring it is not the target's `len` that limits them. */
  readonly #packetMaxBytes: number;
  /** Lines that came to the sampling, in all threads; null without one. */
  readonly #rounds: SharedCounter | null;

  /** `owner` names the proxy whose lines these are, and tells targets of it apart: what samples alone counts alone. */
  constructor(settings: TargetSettings, target: LineTarget, identity: LogIdentity, owner: string) {
    this.#settings = settings;
    this.#target = target;
    this.#packetMaxBytes = ringOf(settings.address) === null ? settings.maxLength : RING_LINE_MAX_BYTES;
    this.#rounds =
      settings.sample === null ? null : sharedCounter(`sample ${samplerOf(settings)} of ${owner}`);
    this.#isStructured = settings.format === 'rfc5424';
    this.#writeHeader = compileHeader(settings.format, { ...identity, facility: settings.facility });
  }

  /**
   * Sends the line's text behind a header, unless its level or the sampling keeps it back. `structuredData` stands
   * between them in the format rfc5424 (RFC 5424 §6.3); when it does not fit, neither follows, as in HAProxy.
   */
  send(line: LineBuffer, structuredData: LineBuffer | null, level: number, wallMs: number): void {
    const { maxLevel, minLevel, maxLength, sample } = this.#settings;
    if (level > maxLevel || (sample !== null && !this.#isSampled(sample))) return;
    packet.clear(this.#packetMaxBytes);
    this.#writeHeader(packet, Math.max(level, minLevel), wallMs);
    if (!this.#isStructured || this.#copyStructuredData(structuredData, maxLength))
      packet.copy(line.bytes, 0, Math.min(line.length, maxLength));
    const end = packet.length;
    packet.bytes[end] = LF;
    this.#target.send(packet.bytes, 0, end + 1);
  }

  /** False: it does not fit. */
  #copyStructuredData(data: LineBuffer | null, maxLength: number): boolean {
    if (data === null || data.length === 0) {
      packet.byte(DASH);
    } else {
      if (packet.length + data.length >= maxLength) return false;
      packet.copy(data.bytes, 0, data.length);
      if (packet.length + 2 > maxLength) return false;
    }
    packet.byte(SPACE);
    return true;
  }

  #isSampled({ ranges, size }: LogSample): boolean {
    const round = (takeNext(this.#rounds!) % size) + 1;
    for (let i = 0; i < ranges.length; i++) {
      const { low, high } = ranges[i]!;
      if (round >= low && round <= high) return true;
    }
    return false;
  }
}

/** A sampled target by what it is: a reload keeps its count while it stays the same. */
function samplerOf({ address, sample, facility }: TargetSettings): string {
  return `${address.text} ${facility} ${JSON.stringify(sample)}`;
}

/** The longest text that targets take: one byte of the longest of them is for its end, as in HAProxy. */
export function textLimitOf(settings: readonly TargetSettings[]): number {
  return Math.max(1, ...settings.map(({ maxLength }) => maxLength)) - 1;
}
