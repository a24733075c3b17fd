/** The request target of a head as bytes, rewritten or not. One object serves one balancer, again and again. */
import type { HttpHead } from '../http/head.ts';

const SLASH = 47;
const COLON = 58;
const QUESTION_MARK = 63;
const NO_BYTES = Buffer.alloc(0);

export class TargetBytes {
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;

  take(head: HttpHead): void {
    const text = head.replacedTarget ?? head.normalTarget;
    if (text === null) {
      this.bytes = head.bytes;
      this.start = head.targetStart;
      this.end = head.targetEnd;
      return;
    }
    this.bytes = Buffer.from(text, 'latin1');
    this.start = 0;
    this.end = text.length;
  }

  /** Where the path begins: behind scheme and authority of an absolute target. `end` where there is none. */
  pathStart(): number {
    const { bytes, start, end } = this;
    if (bytes[start] === SLASH) return start;
    for (let at = start; at + 2 < end && bytes[at] !== QUESTION_MARK; at++) {
      if (bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) continue;
      const path = bytes.indexOf(SLASH, at + 3);
      return path < 0 || path > end ? end : path;
    }
    return end;
  }

  /** Where the query begins, behind its question mark; `end` where there is none. */
  queryStart(): number {
    for (let at = this.start; at < this.end; at++) if (this.bytes[at] === QUESTION_MARK) return at + 1;
    return this.end;
  }
}
