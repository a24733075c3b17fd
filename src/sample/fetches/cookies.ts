/** Fetches of cookies, of the request and of the response (manual section 7.3.6). */

import type { HttpHead } from '../../http/head.ts';
import { arg } from '../../keyword/arg.ts';
import { CookieCursor } from '../cookie-values.ts';
import { defineFetch, type FetchEach, type FetchRun } from '../declare.ts';
import { HeaderCursor } from '../header-values.ts';
import { integerOrZero } from '../integer.ts';
import type { SampleValue } from '../sample.ts';
import type { StreamView } from '../stream-view.ts';

const GIVEN = 'GET / HTTP/1.1\r\ncookie: a=1; b = two; empty=; a=3\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\nset-cookie: id=7; path=/\r\nset-cookie: theme=dark\r\n\r\n';
const ofName = { name: arg.optional(arg.word('name'), '') };

type Side = 'request' | 'response';
type Read = (text: string) => SampleValue | undefined;
const asText: Read = (text) => text;

/** Walks over the cookies of a name on one side of a stream; an empty name means all. */
class CookieWalk {
  readonly #name: string;
  readonly #side: Side;
  readonly #lines: HeaderCursor;
  readonly #cookies: CookieCursor;
  #isInLine = false;

  constructor(name: string, side: Side) {
    this.#name = name;
    this.#side = side;
    this.#lines = new HeaderCursor(side === 'request' ? 'cookie' : 'set-cookie', 'line');
    this.#cookies = new CookieCursor(side);
  }

  get value(): string {
    return this.#cookies.value;
  }

  /** False when that side has no head. */
  start(stream: StreamView): boolean {
    const head: HttpHead | null = this.#side === 'request' ? stream.request : stream.response;
    if (head === null) return false;
    this.#lines.start(head);
    this.#isInLine = false;
    return true;
  }

  next(): boolean {
    for (;;) {
      while (this.#isInLine && this.#cookies.next())
        if (this.#name === '' || this.#cookies.name === this.#name) return true;
      this.#isInLine = this.#lines.next();
      if (!this.#isInLine) return false;
      this.#cookies.start(this.#lines.value);
    }
  }
}

/** The last cookie of the name; the first of all without a name. */
function one(side: Side, name: string, read: Read): FetchRun {
  const walk = new CookieWalk(name, side);
  return (stream) => {
    if (!walk.start(stream)) return undefined;
    let found: string | undefined;
    while (walk.next()) {
      found = walk.value;
      if (name === '') break;
    }
    return found === undefined ? undefined : read(found);
  };
}

function every(side: Side, name: string, read: Read): FetchEach {
  const walk = new CookieWalk(name, side);
  return (stream, visit) => {
    if (!walk.start(stream)) return false;
    while (walk.next()) {
      const value = read(walk.value);
      if (value !== undefined && visit(value, stream)) return true;
    }
    return false;
  };
}

function count(side: Side, name: string): FetchRun {
  const walk = new CookieWalk(name, side);
  return (stream) => {
    if (!walk.start(stream)) return undefined;
    let total = 0;
    while (walk.next()) total++;
    return total;
  };
}

export const cookieFetches = [
  defineFetch({
    name: 'req.cook',
    aliases: ['cook'],
    summary: 'The value of a request cookie: the last of its name, or the first of all.',
    args: ofName,
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'req.cook(a)', given: GIVEN, result: '3' },
      { text: 'req.cook(b)', given: GIVEN, result: 'two' },
      { text: 'req.cook(empty)', given: GIVEN, result: '' },
      { text: 'req.cook(A)', given: GIVEN, result: null },
      { text: 'req.cook', given: GIVEN, result: '1' },
    ],
    compile: ({ name }) => one('request', name, asText),
    compileEach: ({ name }) => every('request', name, asText),
  }),
  defineFetch({
    name: 'req.cook_cnt',
    aliases: ['cook_cnt'],
    summary: 'The number of request cookies of a name, or of all.',
    args: ofName,
    output: 'sint',
    needs: 'request-head',
    examples: [
      { text: 'req.cook_cnt(a)', given: GIVEN, result: '2' },
      { text: 'req.cook_cnt', given: GIVEN, result: '4' },
    ],
    compile: ({ name }) => count('request', name),
  }),
  defineFetch({
    name: 'req.cook_val',
    aliases: ['cook_val'],
    summary: "A request cookie's value as an integer.",
    args: ofName,
    output: 'sint',
    needs: 'request-head',
    examples: [{ text: 'req.cook_val(a)', given: GIVEN, result: '3' }],
    compile: ({ name }) => one('request', name, integerOrZero),
    compileEach: ({ name }) => every('request', name, integerOrZero),
  }),
  defineFetch({
    name: 'res.cook',
    aliases: ['scook'],
    summary: 'The value of a cookie that the response sets: the last of its name, or the first of all.',
    args: ofName,
    output: 'str',
    needs: 'response-head',
    examples: [
      { text: 'res.cook(id)', given: ANSWER, result: '7' },
      { text: 'res.cook(path)', given: ANSWER, result: null },
      { text: 'res.cook', given: ANSWER, result: '7' },
    ],
    compile: ({ name }) => one('response', name, asText),
    compileEach: ({ name }) => every('response', name, asText),
  }),
  defineFetch({
    name: 'res.cook_cnt',
    aliases: ['scook_cnt'],
    summary: 'The number of cookies of a name that the response sets, or of all.',
    args: ofName,
    output: 'sint',
    needs: 'response-head',
    examples: [{ text: 'res.cook_cnt', given: ANSWER, result: '2' }],
    compile: ({ name }) => count('response', name),
  }),
  defineFetch({
    name: 'res.cook_val',
    aliases: ['scook_val'],
    summary: "A response cookie's value as an integer.",
    args: ofName,
    output: 'sint',
    needs: 'response-head',
    examples: [{ text: 'res.cook_val(id)', given: ANSWER, result: '7' }],
    compile: ({ name }) => one('response', name, integerOrZero),
    compileEach: ({ name }) => every('response', name, integerOrZero),
  }),
];
