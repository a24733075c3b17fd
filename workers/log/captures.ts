/** Keeping parts of messages for log lines and rules: `capture …` and `declare capture` (manual sections 8.7 and 8.8). */
import type { HttpHead } from '../../src/http/head.ts';
import { FIELD } from '../../src/http/head.ts';
import { type HeaderId, headerIdOf } from '../../src/http/header-id.ts';
import { CookieCursor } from '../../src/sample/cookie-values.ts';
import { HeaderCursor } from '../../src/sample/header-values.ts';
import type { CapturedCookie, CaptureSlot } from '../../src/settings/captures.ts';

interface Slot {
  /** Lower case; '' for a slot that only rules fill. */
  readonly name: string;
  readonly id: HeaderId;
  readonly maxBytes: number;
}

/** What a frontend captures, compiled. Slots stand in the order of their lines. */
export interface CapturePlan {
  readonly request: readonly Slot[];
  readonly response: readonly Slot[];
  readonly cookie: CookieCapture | null;
}

/** Null where nothing is captured. */
export function compileCaptures(
  slots: readonly CaptureSlot[],
  cookie: CapturedCookie | undefined,
): CapturePlan | null {
  if (slots.length === 0 && cookie === undefined) return null;
  return {
    request: slotsOf(slots, 'request'),
    response: slotsOf(slots, 'response'),
    cookie: cookie === undefined ? null : new CookieCapture(cookie),
  };
}

function slotsOf(slots: readonly CaptureSlot[], side: CaptureSlot['side']): Slot[] {
  return slots
    .filter((slot) => slot.side === side)
    .map(({ header, maxBytes }) => ({ name: header ?? '', id: headerIdOf(header ?? ''), maxBytes }));
}

/** Writes the last line of each captured header to its slot, or null. */
export function captureHeaders(slots: readonly Slot[], head: HttpHead, values: (string | null)[]): void {
  for (let i = 0; i < slots.length; i++) values[i] = lastLine(head, slots[i]!);
}

function lastLine(head: HttpHead, { name, id, maxBytes }: Slot): string | null {
  if (name === '') return null;
  let last = -1;
  for (let row = head.findRow(id, name); row >= 0; row = head.findRow(id, name, row + FIELD.STRIDE))
    last = row;
  if (last < 0) return null;
  const start = head.fields[last + FIELD.VALUE_START]!;
  return head.bytes.latin1Slice(start, Math.min(head.fields[last + FIELD.VALUE_END]!, start + maxBytes));
}

/** Finds the captured cookie, the first whose `name=value` begins as configured. */
export class CookieCapture {
  readonly #prefix: string;
  readonly #maxBytes: number;
  readonly #requestLines = new HeaderCursor('cookie', 'line');
  readonly #responseLines = new HeaderCursor('set-cookie', 'line');
  readonly #requestCookies = new CookieCursor('request');
  readonly #responseCookies = new CookieCursor('response');

  constructor({ prefix, maxBytes }: CapturedCookie) {
    this.#prefix = prefix;
    this.#maxBytes = maxBytes;
  }

  ofRequest(head: HttpHead): string | null {
    return this.#find(head, this.#requestLines, this.#requestCookies);
  }

  ofResponse(head: HttpHead): string | null {
    return this.#find(head, this.#responseLines, this.#responseCookies);
  }

  #find(head: HttpHead, lines: HeaderCursor, cookies: CookieCursor): string | null {
    for (lines.start(head); lines.next(); ) {
      for (cookies.start(lines.value); cookies.next(); ) {
        const text = `${cookies.name}=${cookies.value}`;
        if (text.startsWith(this.#prefix)) return text.slice(0, this.#maxBytes);
      }
    }
    return null;
  }
}
