/**
 * A reused piece of memory that a line of text is built in. It never grows: what stands behind `limit` is cut. Texts
 * are byte strings (latin1).
 */
export class LineBuffer {
  readonly bytes: Buffer;
  readonly capacity: number;
  length = 0;
  #limit: number;
  /** The length behind the last separator: while nothing is written, there is no need of another. */
  #separatedAt = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#limit = capacity;
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Begins a line of at most `limit` bytes. */
  clear(limit: number = this.capacity): void {
    this.length = 0;
    this.#separatedAt = 0;
    this.#limit = Math.min(limit, this.capacity);
  }

  /** No more fits. */
  get isFull(): boolean {
    return this.length >= this.#limit;
  }

  byte(value: number): void {
    if (this.length < this.#limit) this.bytes[this.length++] = value;
  }

  text(text: string): void {
    const size = text.length;
    const room = this.#limit - this.length;
    if (size <= LOOP_MAX_CHARS && size <= room) {
      const { bytes } = this;
      let at = this.length;
      for (let i = 0; i < size; i++) bytes[at++] = text.charCodeAt(i);
      this.length = at;
      return;
    }
    this.length += this.bytes.latin1Write(text, this.length, Math.min(size, room));
  }

  /** Writes a blank, unless one was written last in this way or nothing stands before it. */
  separator(): void {
    if (this.length === this.#separatedAt) return;
    this.byte(SPACE);
    this.#separatedAt = this.length;
  }

  /** Copies `source[start, end)`. */
  copy(source: Buffer, start: number, end: number): void {
    const size = Math.min(end - start, this.#limit - this.length);
    source.copy(this.bytes, this.length, start, start + size);
    this.length += size;
  }

  /** A whole number in decimal; fractions are cut off. */
  int(value: number): void {
    let rest = Math.trunc(value);
    if (rest < 0) {
      this.byte(MINUS);
      rest = -rest;
    }
    if (rest < 10) {
      this.byte(ZERO + rest);
      return;
    }
    const width = digitsOf(rest);
    if (rest > INT32_MAX || this.length + width > this.#limit) {
      this.text(String(rest));
      return;
    }
    const { bytes } = this;
    for (let at = this.length + width - 1; at >= this.length; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.length += width;
  }

  /** A whole number from 0 to 999 in three digits. */
  threeDigits(value: number): void {
    const hundreds = Math.trunc(value / 100);
    const tens = Math.trunc(value / 10);
    this.byte(ZERO + hundreds);
    this.byte(ZERO + tens - hundreds * 10);
    this.byte(ZERO + value - tens * 10);
  }

  toText(): string {
    return this.bytes.latin1Slice(0, this.length);
  }
}

/** Texts up to this many characters are written by a loop, which beats the call that writes longer ones. */
const LOOP_MAX_CHARS = 24;
const INT32_MAX = 0x7fffffff;
const SPACE = 32;
const MINUS = 45;
const ZERO = 48;

function digitsOf(value: number): number {
  let width = 1;
  for (let limit = 10; limit <= value && width < 10; limit *= 10) width++;
  return width;
}
