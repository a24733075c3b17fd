/**
 * A reused piece of memory that a line of text is built in. It never grows: what does not fit is cut, and `isFull`
 * says so. Texts are byte strings (latin1).
 */
export class LineBuffer {
  readonly bytes: Buffer;
  readonly capacity: number;
  length = 0;
  isFull = false;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  clear(): void {
    this.length = 0;
    this.isFull = false;
  }

  byte(value: number): void {
    if (this.length < this.capacity) this.bytes[this.length++] = value;
    else this.isFull = true;
  }

  text(text: string): void {
    const size = text.length;
    const room = this.capacity - this.length;
    if (size > room) this.isFull = true;
    if (size <= 24 && size <= room) {
      const { bytes } = this;
      let at = this.length;
      for (let i = 0; i < size; i++) bytes[at++] = text.charCodeAt(i);
      this.length = at;
      return;
    }
    this.length += this.bytes.latin1Write(text, this.length, Math.min(size, room));
  }

  /** Copies `source[start, end)`. */
  copy(source: Buffer, start: number, end: number): void {
    const room = this.capacity - this.length;
    const size = Math.min(end - start, room);
    if (size < end - start) this.isFull = true;
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
    if (rest > 0x7fffffff) {
      this.text(String(rest));
      return;
    }
    const width = digitsOf(rest);
    if (this.length + width > this.capacity) {
      this.isFull = true;
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

  toText(): string {
    return this.bytes.latin1Slice(0, this.length);
  }
}

const MINUS = 45;
const ZERO = 48;

function digitsOf(value: number): number {
  let width = 1;
  for (let limit = 10; limit <= value && width < 10; limit *= 10) width++;
  return width;
}
