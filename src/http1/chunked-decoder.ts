/**
 * Decodes a chunked body (RFC 9112 §7.1) that comes in any pieces, without copying: it tells ranges of the buffers
 * that it is given. Trailers are the exception: they are kept, bounded, and parsed when they are whole.
 *
 * ```
 *            digits        blank or ;           LF                  all of the chunk
 *   SIZE ──────────▶ SIZE ───────────▶ EXTENSION ──▶ DATA ───────────────────────────▶ DATA_END ──LF──▶ SIZE
 *     │ CR             (to SIZE_LF by CR, EXTENSION_LF alike)                              │ CR
 *     ▼                                                                                    ▼
 *   SIZE_LF ──LF, size > 0──▶ DATA                                                    DATA_LF ──LF──▶ SIZE
 *     └───────LF, size = 0──▶ TRAILER ──LF──▶ DONE          TRAILER ──CR──▶ TRAILER_LF ──LF──▶ DONE
 *                              │   ▲
 *                         byte ▼   │ LF
 *                           TRAILER_LINE                     from everywhere: a wrong byte ──▶ FAILED
 * ```
 *
 * Like HAProxy, a bare LF ends a line and extensions are dropped.
 */
import { HttpHead } from '../http/head.ts';
import { HeaderId } from '../http/header-id.ts';
import { CR, isBlank, LF, SEMICOLON } from './bytes.ts';
import { HeadError } from './head-error.ts';
import { DEFAULT_LIMITS, type HeadLimits } from './limits.ts';
import { parseFields } from './parse-fields.ts';

const State = {
  SIZE: 0,
  EXTENSION: 1,
  SIZE_LF: 2,
  EXTENSION_LF: 3,
  DATA: 4,
  DATA_END: 5,
  DATA_LF: 6,
  TRAILER: 7,
  TRAILER_LF: 8,
  TRAILER_LINE: 9,
  DONE: 10,
  FAILED: 11,
} as const;
type State = (typeof State)[keyof typeof State];

/** What a call has come to: a range, the end of the input, the end of the body, or an error. */
export const ChunkStatus = { DATA: 0, NEED_MORE: 1, END: 2, ERROR: 3 } as const;
export type ChunkStatus = (typeof ChunkStatus)[keyof typeof ChunkStatus];

/**
 * What `nextRaw` asks to be sent behind its range: nothing, a line end, the size line of `chunkBytes`, the last chunk
 * without trailers, or the last chunk with them.
 */
export const Behind = { NOTHING: 0, LINE_END: 1, SIZE_LINE: 2, LAST_CHUNK: 3, TRAILERS: 4 } as const;
export type Behind = (typeof Behind)[keyof typeof Behind];

/** Digits of a chunk size, leading zeros included; HAProxy 2.6 has no limit but its buffer. */
const MAX_SIZE_DIGITS = 32;

export class ChunkedDecoder {
  #limits: HeadLimits;
  #state: State = State.SIZE;
  #size = 0;
  /** Bytes of the present line that count against the limit: a size line, or the trailer section. */
  #lineBytes = 0;
  #digits = 0;
  #trailerBytes: Buffer | null = null;
  #trailers: HttpHead | null = null;
  #hasTrailers = false;
  /** The first byte of this call that may not be sent as it came, or -1. */
  #oddAt = -1;
  /** The present size line begins with a zero, as that of the last chunk does, which is sent only with its end. */
  #isZeroLine = false;
  /** Where it began in this call, or -1. */
  #zeroAt = -1;

  /** Where the last call stopped reading. */
  position = 0;
  /** The range of the last call: data of `next`, or bytes to send as they came of `nextRaw`. */
  rangeStart = 0;
  rangeEnd = 0;
  /** What belongs behind the range of the last `nextRaw`. */
  behind: Behind = Behind.NOTHING;
  /** Of this body so far: the data without its framing. */
  dataBytes = 0;
  /** The HeadError of a call that returned ERROR. */
  error = 0;

  constructor(limits: HeadLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  /** Makes the decoder ready for another body; `limits` hold for its trailers. Those before had the same `maxBytes`. */
  reset(limits: HeadLimits = this.#limits): void {
    this.#limits = limits;
    this.#state = State.SIZE;
    this.#size = this.#lineBytes = this.#digits = 0;
    this.#hasTrailers = this.#isZeroLine = false;
    this.#oddAt = this.#zeroAt = -1;
    this.dataBytes = 0;
    this.position = this.rangeStart = this.rangeEnd = 0;
    this.behind = Behind.NOTHING;
    this.error = 0;
  }

  /** Data that the present chunk has left; all of it when its size line has just been read. */
  get chunkBytes(): number {
    return this.#size;
  }

  get isDone(): boolean {
    return this.#state === State.DONE;
  }

  /** The trailer fields of a body that is done, or null when it had none. Valid until the next reset. */
  get trailers(): HttpHead | null {
    return this.#hasTrailers ? this.#trailers : null;
  }

  /**
   * Reads on in `buffer[start, end)` and stops at the first of: a range of data (DATA), the end of the input
   * (NEED_MORE), of the body (END; what follows at `position` belongs to the next message), or an error.
   */
  next(buffer: Buffer, start: number, end: number): ChunkStatus {
    let at = start;
    this.rangeStart = this.rangeEnd = start;
    while (at < end && this.#state < State.DONE) {
      if (this.#state === State.DATA) {
        this.rangeStart = at;
        at = this.rangeEnd = this.#skipData(at, end);
        this.position = at;
        return ChunkStatus.DATA;
      }
      this.behind = Behind.NOTHING;
      at = this.#readFraming(buffer, at, end);
    }
    this.position = at;
    return this.#status();
  }

  /**
   * As `next`, for a receiver that takes chunked bodies too: the range holds framing and data to be sent as they
   * came, followed by what `behind` says. It goes over as much as it can: to the end of the input, of the body, or
   * to something that must not be passed on (an extension, a bare LF, zeros before a size, trailers before they are
   * cleaned). The last chunk is passed on when the body has ended: who sees it may be sure that nothing was cut.
   * DATA means that there is more to read at `position`. Of one body, use either method alone.
   */
  nextRaw(buffer: Buffer, start: number, end: number): ChunkStatus {
    let at = start;
    // Behind the data so far: a size line that turns out to be broken is not passed on.
    let dataEnd = start;
    this.rangeStart = start;
    this.behind = Behind.NOTHING;
    this.#oddAt = this.#zeroAt = -1;
    if (this.#isWithinOddLine()) this.#notAsItCame(start);
    while (at < end && this.#state < State.DONE && this.behind === Behind.NOTHING) {
      if (this.#state === State.DATA) {
        at = this.#skipData(at, end);
        dataEnd = at;
      } else {
        at = this.#readFraming(buffer, at, end);
      }
    }
    this.position = at;
    this.rangeEnd = this.#oddAt >= 0 ? this.#oddAt : at;
    if (this.#zeroAt >= 0 && (this.#oddAt >= 0 || this.#state !== State.DONE)) this.rangeEnd = this.#zeroAt;
    if (this.#state === State.FAILED) this.rangeEnd = Math.min(this.rangeEnd, dataEnd);
    return this.#state < State.DONE && at < end ? ChunkStatus.DATA : this.#status();
  }

  #isWithinOddLine(): boolean {
    const state = this.#state;
    return this.#isZeroLine || state === State.EXTENSION || state === State.EXTENSION_LF;
  }

  #status(): ChunkStatus {
    if (this.#state === State.DONE) return ChunkStatus.END;
    return this.#state === State.FAILED ? ChunkStatus.ERROR : ChunkStatus.NEED_MORE;
  }

  #skipData(at: number, end: number): number {
    const take = Math.min(this.#size, end - at);
    this.#size -= take;
    this.dataBytes += take;
    if (this.#size === 0) this.#state = State.DATA_END;
    return at + take;
  }

  /** Reads framing until data begins, a line ends that must be replaced, or the input or the body ends. */
  #readFraming(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const byte = buffer[at]!;
      switch (this.#state) {
        case State.SIZE:
          this.#onSizeByte(byte, at);
          break;
        case State.EXTENSION:
          this.#onExtensionByte(byte);
          break;
        case State.SIZE_LF:
        case State.EXTENSION_LF:
          if (byte === LF) this.#endSizeLine(this.#state === State.EXTENSION_LF);
          else this.#fail(HeadError.BARE_CR);
          break;
        case State.DATA_END:
          this.#onDataEnd(byte, at);
          break;
        case State.DATA_LF:
          if (byte === LF) this.#beginSize();
          else this.#fail(HeadError.BARE_CR);
          break;
        default:
          this.#onTrailerByte(byte, at);
      }
      at++;
      if (this.#state === State.DATA || this.#state >= State.DONE || this.behind !== Behind.NOTHING) break;
    }
    return at;
  }

  #beginSize(): void {
    this.#state = State.SIZE;
    this.#size = this.#digits = this.#lineBytes = 0;
  }

  #onSizeByte(byte: number, at: number): void {
    const digit = hexValue(byte);
    if (digit >= 0) {
      if (this.#isZeroLine) this.#notAsItCame(this.#zeroAt);
      else if (digit === 0 && this.#digits === 0) this.#beginZeroLine(at);
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > MAX_SIZE_DIGITS || this.#size > Number.MAX_SAFE_INTEGER)
        this.#fail(HeadError.BAD_CHUNK);
    } else if (this.#digits === 0) {
      this.#fail(HeadError.BAD_CHUNK);
    } else if (byte === CR) {
      this.#state = State.SIZE_LF;
    } else if (byte === LF) {
      this.#notAsItCame(at);
      this.#endSizeLine(true);
    } else if (byte === SEMICOLON || isBlank(byte)) {
      this.#notAsItCame(at);
      this.#lineBytes = byte === SEMICOLON ? 0 : -1;
      this.#state = State.EXTENSION;
    } else {
      this.#fail(HeadError.BAD_CHUNK);
    }
  }

  #beginZeroLine(at: number): void {
    this.#isZeroLine = true;
    this.#zeroAt = at;
  }

  #notAsItCame(from: number): void {
    if (this.#oddAt < 0) this.#oddAt = from;
  }

  /** `#lineBytes` below zero counts blanks before a semicolon, above it the bytes of the extension. */
  #onExtensionByte(byte: number): void {
    if (byte === CR) this.#state = State.EXTENSION_LF;
    else if (byte === LF) this.#endSizeLine(true);
    else if (this.#lineBytes >= 0) this.#lineBytes++;
    else if (byte === SEMICOLON) this.#lineBytes = -this.#lineBytes;
    else if (isBlank(byte)) this.#lineBytes--;
    else this.#fail(HeadError.BAD_CHUNK);
    if (Math.abs(this.#lineBytes) > this.#limits.maxBytes) this.#fail(HeadError.TOO_LARGE);
  }

  #endSizeLine(isOdd: boolean): void {
    this.#lineBytes = 0;
    if (this.#size === 0) {
      this.#state = State.TRAILER;
      return;
    }
    this.#state = State.DATA;
    if (this.#isZeroLine) this.behind = Behind.SIZE_LINE;
    else if (isOdd) this.behind = Behind.LINE_END;
    this.#isZeroLine = false;
  }

  #onDataEnd(byte: number, at: number): void {
    if (byte === CR) {
      this.#state = State.DATA_LF;
    } else if (byte === LF) {
      this.#notAsItCame(at);
      this.behind = Behind.LINE_END;
      this.#beginSize();
    } else {
      this.#fail(HeadError.BAD_CHUNK);
    }
  }

  #onTrailerByte(byte: number, at: number): void {
    if (this.#state === State.TRAILER_LF) {
      if (byte !== LF) this.#fail(HeadError.BARE_CR);
      else this.#endBody(byte);
      return;
    }
    if (this.#state === State.TRAILER_LINE) {
      this.#keepTrailerByte(byte);
      if (byte === LF && this.#state === State.TRAILER_LINE) this.#state = State.TRAILER;
      return;
    }
    if (byte === CR) {
      this.#state = State.TRAILER_LF;
      if (this.#hasTrailers) this.#keepTrailerByte(byte);
    } else if (byte === LF) {
      this.#notAsItCame(at);
      this.#endBody(byte);
    } else {
      this.#notAsItCame(at);
      this.#hasTrailers = true;
      this.#state = State.TRAILER_LINE;
      this.#keepTrailerByte(byte);
    }
  }

  #keepTrailerByte(byte: number): void {
    const { maxBytes } = this.#limits;
    this.#trailerBytes ??= Buffer.allocUnsafeSlow(maxBytes);
    if (this.#lineBytes >= maxBytes) this.#fail(HeadError.TOO_LARGE);
    else this.#trailerBytes[this.#lineBytes++] = byte;
  }

  #endBody(lastByte: number): void {
    if (!this.#hasTrailers) {
      this.#state = State.DONE;
      if (this.#oddAt >= 0) this.behind = Behind.LAST_CHUNK;
      return;
    }
    this.#keepTrailerByte(lastByte);
    if (this.#state === State.FAILED) return;
    this.#trailers ??= new HttpHead(this.#limits.maxHeaders);
    const trailers = this.#trailers;
    trailers.reset();
    trailers.bytes = this.#trailerBytes!;
    trailers.end = this.#lineBytes;
    const result = parseFields(trailers, trailers.bytes, 0, this.#lineBytes, this.#limits);
    if (result <= 0) {
      this.#fail(result === 0 ? HeadError.BAD_CHUNK : result);
      return;
    }
    dropUnsafeTrailers(trailers);
    this.behind = Behind.TRAILERS;
    this.#state = State.DONE;
  }

  #fail(error: number): void {
    this.#state = State.FAILED;
    this.error = error;
  }
}

function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Fields that frame or route a message, or are for one hop: they mean nothing in a trailer (RFC 9110 §6.5.1). */
const UNSAFE_TRAILERS = [
  HeaderId.HOST,
  HeaderId.CONTENT_LENGTH,
  HeaderId.TRANSFER_ENCODING,
  HeaderId.CONNECTION,
  HeaderId.UPGRADE,
  HeaderId.EXPECT,
  HeaderId.KEEP_ALIVE,
  HeaderId.PROXY_CONNECTION,
  HeaderId.TE,
  HeaderId.TRAILER,
];

function dropUnsafeTrailers(trailers: HttpHead): void {
  for (const id of UNSAFE_TRAILERS) trailers.remove(id, '');
}
