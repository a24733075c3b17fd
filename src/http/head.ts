/**
 * The head of an HTTP message, independent of the version that carried it: a start line and header fields as
 * offsets over bytes, with edits beside them. A codec fills one (`src/http1/parse-head.ts`), rules read and edit
 * it, a codec encodes it. Untouched fields are copied as bytes; strings are made only when somebody asks.
 *
 * Bytes: `bytes` belongs to whoever set it; a head that must outlive the read that filled it is retained by the
 * stream, which has `retainIn` copy the range `start..end` into a buffer of its own.
 */
import type { HeaderId } from './header-id.ts';

/** How the body is delimited (RFC 9112 §6.3). */
export const BodyKind = { NONE: 0, LENGTH: 1, CHUNKED: 2, UNTIL_CLOSE: 3, TUNNEL: 4 } as const;
export type BodyKind = (typeof BodyKind)[keyof typeof BodyKind];

/** How far a head has been parsed: nothing yet, within the start line, within the header fields, or all of it. */
export const HeadPhase = { FRESH: 0, START_LINE: 1, FIELDS: 2, COMPLETE: 3 } as const;
export type HeadPhase = (typeof HeadPhase)[keyof typeof HeadPhase];

/** Fields of one row of the header table: offsets of name and value in `bytes`, the name's id, and flags. */
export const FIELD = {
  NAME_START: 0,
  NAME_END: 1,
  VALUE_START: 2,
  VALUE_END: 3,
  ID: 4,
  FLAGS: 5,
  STRIDE: 6,
} as const;
/**
 * Flags of a header row. CANONICAL: the line stands in `bytes` as `name: value\r\n` and may be copied whole.
 * REPLACED: its value stands in `replaced` and not in `bytes`.
 */
export const FIELD_FLAG = { REMOVED: 1, CANONICAL: 2, REPLACED: 4 } as const;

/** A field added by a rule, in order; `name` is lower case as HAProxy sends it. Values are byte strings. */
export interface AddedField {
  name: string;
  value: string;
}

/** The value that a rule put in the place of a parsed one. */
export interface ReplacedValue {
  readonly row: number;
  value: string;
}

/** The most header fields a head may have, unless `tune.http.maxhdr` says otherwise (manual section 3.2). */
export const MAX_HEADERS_DEFAULT = 101;

export class HttpHead {
  bytes: Buffer;
  /** The head's range in `bytes`, the empty line included; while it is incomplete, all of it that has come. */
  start = 0;
  end = 0;
  /** Where the start line begins (empty lines may stand before it) and the first header line follows. */
  lineStart = 0;
  lineEnd = 0;
  /** The start line stands in `bytes` as it is sent: single blanks, HTTP/1.1, CRLF. */
  isLineCanonical = false;
  /** Progress of a head that came in part; owned by the parser. Offsets count from `start`. */
  phase: HeadPhase = HeadPhase.FRESH;
  parsedTo = 0;
  scannedTo = 0;
  /** Request: the method as text (one string per known method, never allocated); response: ''. */
  method = '';
  /** Request target as sent, as offsets; a rule that rewrites it sets `replacedTarget`. */
  targetStart = 0;
  targetEnd = 0;
  replacedTarget: string | null = null;
  replacedMethod: string | null = null;
  /** The target as the client sent it but for a default port, where parsing took one away. */
  normalTarget: string | null = null;
  /** 1.0 is 10, 1.1 is 11; other minor versions keep their digit. */
  version = 11;
  status = 0;
  reasonStart = 0;
  reasonEnd = 0;
  replacedReason: string | null = null;
  fieldCount = 0;
  readonly fields: Int32Array;
  readonly added: AddedField[] = [];
  readonly replaced: ReplacedValue[] = [];
  /** How names are spelled when it is sent, by their lower case (`h1-case-adjust`); null: in lower case. */
  nameCase: ReadonlyMap<string, string> | null = null;
  bodyKind: BodyKind = BodyKind.NONE;
  /** Of a body with BodyKind.LENGTH, in bytes. */
  contentLength = 0;
  /** What the Connection field said; see connectionTokens in src/http1. */
  saysClose = false;
  saysKeepAlive = false;
  saysUpgrade = false;
  expectsContinue = false;
  /** Framed in a way that is known from smuggling attacks: close behind this exchange (RFC 9112 §6.1). */
  isInsecurelyFramed = false;

  constructor(maxHeaders: number = MAX_HEADERS_DEFAULT) {
    this.bytes = EMPTY;
    this.fields = new Int32Array((maxHeaders + 1) * FIELD.STRIDE);
  }

  /** Forgets the message and its edits; the table is reused. */
  reset(): void {
    this.bytes = EMPTY;
    this.start = this.end = 0;
    this.lineStart = this.lineEnd = 0;
    this.isLineCanonical = false;
    this.phase = HeadPhase.FRESH;
    this.parsedTo = this.scannedTo = 0;
    this.method = '';
    this.targetStart = this.targetEnd = 0;
    this.replacedTarget = this.replacedMethod = this.replacedReason = this.normalTarget = null;
    this.version = 11;
    this.status = 0;
    this.reasonStart = this.reasonEnd = 0;
    this.fieldCount = 0;
    if (this.added.length > 0) this.added.length = 0;
    if (this.replaced.length > 0) this.replaced.length = 0;
    this.nameCase = null;
    this.bodyKind = BodyKind.NONE;
    this.contentLength = 0;
    this.saysClose = this.saysKeepAlive = this.saysUpgrade = this.expectsContinue = false;
    this.isInsecurelyFramed = false;
  }

  /** Copies the head to the beginning of `owned` and makes the offsets point there. `owned` must be large enough. */
  retainIn(owned: Buffer): void {
    this.bytes.copy(owned, 0, this.start, this.end);
    this.moveTo(owned, 0);
  }

  /** Makes the offsets point to the same head at `start` in `bytes`, where its owner has copied it. */
  moveTo(bytes: Buffer, start: number): void {
    const shift = start - this.start;
    this.bytes = bytes;
    if (shift === 0) return;
    this.start += shift;
    this.end += shift;
    this.lineStart += shift;
    this.lineEnd += shift;
    if (this.status === 0) {
      this.targetStart += shift;
      this.targetEnd += shift;
    } else {
      this.reasonStart += shift;
      this.reasonEnd += shift;
    }
    const { fields } = this;
    const limit = this.fieldCount * FIELD.STRIDE;
    for (let row = 0; row < limit; row += FIELD.STRIDE) {
      fields[row]! += shift;
      fields[row + 1]! += shift;
      fields[row + 2]! += shift;
      fields[row + 3]! += shift;
    }
  }

  /** The request target, after rewriting. */
  target(): string {
    return this.replacedTarget ?? this.bytes.latin1Slice(this.targetStart, this.targetEnd);
  }

  /** The request target as the client sent it; a default port beside its scheme is left out. */
  requestTarget(): string {
    return this.normalTarget ?? this.bytes.latin1Slice(this.targetStart, this.targetEnd);
  }

  /** The method that is sent on, after rewriting. */
  sentMethod(): string {
    return this.replacedMethod ?? this.method;
  }

  reason(): string {
    return this.replacedReason ?? this.bytes.latin1Slice(this.reasonStart, this.reasonEnd);
  }

  /** The row of the first field of this name that is not removed, at or after `from`; -1 when there is none. */
  findRow(id: HeaderId, name: string, from = 0): number {
    const { fields } = this;
    const limit = this.fieldCount * FIELD.STRIDE;
    for (let row = from; row < limit; row += FIELD.STRIDE) {
      if (fields[row + FIELD.ID] !== id || fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) continue;
      if (id !== 0 || this.#hasName(row, name)) return row;
    }
    return -1;
  }

  #hasName(row: number, name: string): boolean {
    const start = this.fields[row]!;
    if (this.fields[row + 1]! - start !== name.length) return false;
    const { bytes } = this;
    for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  nameAt(row: number): string {
    return this.bytes.latin1Slice(this.fields[row]!, this.fields[row + 1]!);
  }

  valueAt(row: number): string {
    if ((this.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REPLACED) !== 0) return this.#replacement(row).value;
    return this.bytes.latin1Slice(this.fields[row + 2]!, this.fields[row + 3]!);
  }

  #replacement(row: number): ReplacedValue {
    const { replaced } = this;
    for (let i = 0; i < replaced.length; i++) if (replaced[i]!.row === row) return replaced[i]!;
    throw new Error(`row ${row} has no value`);
  }

  /** Gives a row another value, without CR, LF or NUL; the field keeps its place among the others. */
  replaceRow(row: number, value: string): void {
    const flags = this.fields[row + FIELD.FLAGS]!;
    if ((flags & FIELD_FLAG.REPLACED) !== 0) {
      this.#replacement(row).value = value;
      return;
    }
    this.fields[row + FIELD.FLAGS] = (flags & ~FIELD_FLAG.CANONICAL) | FIELD_FLAG.REPLACED;
    this.replaced.push({ row, value });
  }

  /** Gives all fields of a name the values that `map` makes of theirs; undefined leaves one as it is. */
  mapValues<T>(
    id: HeaderId,
    name: string,
    map: (value: string, argument: T) => string | undefined,
    argument: T,
  ): void {
    for (let row = this.findRow(id, name); row >= 0; row = this.findRow(id, name, row + FIELD.STRIDE)) {
      const value = map(this.valueAt(row), argument);
      if (value !== undefined) this.replaceRow(row, value);
    }
    const { added } = this;
    for (let i = 0; i < added.length; i++) {
      if (added[i]!.name !== name) continue;
      added[i]!.value = map(added[i]!.value, argument) ?? added[i]!.value;
    }
  }

  /** All values of a field, whole lines, in order. `name` must be lower case. */
  values(id: HeaderId, name: string): string[] {
    const values: string[] = [];
    for (let row = this.findRow(id, name); row >= 0; row = this.findRow(id, name, row + FIELD.STRIDE))
      values.push(this.valueAt(row));
    for (const field of this.added) if (field.name === name) values.push(field.value);
    return values;
  }

  /** Adds a field behind the others. `name` must be lower case and a token, `value` without CR, LF or NUL. */
  add(name: string, value: string): void {
    this.added.push({ name, value });
  }

  /** Removes all fields of a name. */
  remove(id: HeaderId, name: string): void {
    for (let row = this.findRow(id, name); row >= 0; row = this.findRow(id, name, row + FIELD.STRIDE))
      this.removeRow(row);
    for (let i = this.added.length - 1; i >= 0; i--)
      if (this.added[i]!.name === name) this.added.splice(i, 1);
  }

  removeRow(row: number): void {
    this.fields[row + FIELD.FLAGS]! |= FIELD_FLAG.REMOVED;
  }

  /** Visits the fields that are left, in the order they are sent. */
  forEachField(visit: (name: string, value: string) => void): void {
    const limit = this.fieldCount * FIELD.STRIDE;
    for (let row = 0; row < limit; row += FIELD.STRIDE) {
      if ((this.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) === 0)
        visit(this.nameAt(row), this.valueAt(row));
    }
    for (const { name, value } of this.added) visit(name, value);
  }

  /** Removes the fields whose lower-case name the predicate accepts. */
  removeWhere(isWanted: (name: string) => boolean): void {
    const limit = this.fieldCount * FIELD.STRIDE;
    for (let row = 0; row < limit; row += FIELD.STRIDE) {
      if ((this.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) === 0 && isWanted(this.nameAt(row)))
        this.removeRow(row);
    }
    for (let i = this.added.length - 1; i >= 0; i--)
      if (isWanted(this.added[i]!.name)) this.added.splice(i, 1);
  }

  set(id: HeaderId, name: string, value: string): void {
    this.remove(id, name);
    this.add(name, value);
  }
}

const EMPTY = Buffer.alloc(0);
