/**
 * Requests that try to be read in two ways, made by a generator with a fixed seed. Each hides another request, for a
 * target under /smuggled/, where only a reader with another opinion about framing finds it. Texts are latin1.
 */

export interface SmugglingCase {
  readonly name: string;
  /** The target of the outer request; `/smuggled/<id>` is that of the hidden one. */
  readonly id: number;
  readonly bytes: string;
}

export const MARKER_PREFIX = '/smuggled/';

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const CODING_NAMES = [
  'Transfer-Encoding',
  'transfer-encoding',
  'TRANSFER-ENCODING',
  'tRANSFER-eNCODING',
  'Transfer-Encoding ',
  'Transfer-Encoding\t',
  ' Transfer-Encoding',
  '\tTransfer-Encoding',
  'Transfer_Encoding',
  'Transfer Encoding',
  'Transfer-\r\nEncoding',
  'X: y\r\n Transfer-Encoding',
  'X: y\rTransfer-Encoding',
  'X: y\nTransfer-Encoding',
  'Transfer-Encoding\0',
  '\0Transfer-Encoding',
  'Transfer-Encoding\x0b',
  'Transfer\x00-Encoding',
  'Transf\xe9r-Encoding',
  '"Transfer-Encoding"',
  'Transfer-Encoding:',
  ':Transfer-Encoding',
] as const;

const CODING_VALUES = [
  'chunked',
  'Chunked',
  'CHUNKED',
  ' chunked ',
  '\tchunked\t',
  '\x0bchunked',
  'chunked\x0b',
  '\x0cchunked',
  'chunked\0',
  'chunked;',
  'chunked;q=1',
  'chunked,',
  ',chunked',
  'chunked, chunked',
  'chunked,identity',
  'identity,chunked',
  'identity, chunked',
  'identity',
  'gzip, chunked',
  'chunked, gzip',
  'xchunked',
  'chunkedx',
  'chunke',
  '"chunked"',
  "'chunked'",
  'chunk\r\n ed',
  '\r\n chunked',
  '\r\n\tchunked',
  'chunked\r\n ',
  '\n chunked',
  '\r chunked',
  'x\r\nTransfer-Encoding: chunked',
  'chunked\r\nTransfer-Encoding: x',
  'chunked\r\nTransfer-Encoding: chunked',
  'chunked\r\nTransfer-Encoding: identity',
  '',
  ' ',
  'chunked chunked',
  'ch\xfcnked',
  'chunked\xa0',
] as const;

/** `#` stands for the length that covers the body. */
const LENGTHS = [
  '#',
  ' #',
  '# ',
  '\t#',
  '+#',
  '-#',
  '0#',
  '00000000000000000000000000#',
  '0x#',
  '#.0',
  '#e0',
  '#,#',
  '#, #',
  '#,0',
  '0,#',
  '0\r\nContent-Length: #',
  '#\r\nContent-Length: 0',
  '#\r\nContent-Length: #',
  '#\r\ncontent-length: 0#',
  '#;x',
  '# 0',
  '#\0',
  '\0#',
  '#\x0b',
  '\x0b#',
  '#\r\n ',
  '\r\n #',
  '#\n ',
  '"#"',
  '18446744073709551616',
  '18446744073709551617',
  '9223372036854775808',
  '4294967296',
  '-1',
  '',
  ' ',
  'NaN',
  '\xb2',
  '#\xa0',
  '1_0',
] as const;

const LENGTH_NAMES = [
  'Content-Length',
  'content-length',
  'CONTENT-LENGTH',
  'Content-Length ',
  'Content-Length\t',
  ' Content-Length',
  'Content_Length',
  'Content Length',
  'Content-Length\0',
  '\0Content-Length',
  'Content-Length:',
  'Content-Length\x0b',
  'Content-\r\n Length',
  'X: y\rContent-Length',
  'X: y\nContent-Length',
  '',
] as const;

/** `#` stands for the size of the chunk in hexadecimal digits. */
const SIZE_LINES = [
  '#\r\n',
  '#;x=y\r\n',
  '#;x="y;z"\r\n',
  '#;\r\n',
  '# \r\n',
  '#\t\r\n',
  ' #\r\n',
  '\t#\r\n',
  '0#\r\n',
  '0000000000000000000#\r\n',
  '00000000000000000000000000000000000000000000#\r\n',
  '0x#\r\n',
  '+#\r\n',
  '-#\r\n',
  '1000000000000000#\r\n',
  'FFFFFFFFFFFFFFFF#\r\n',
  '100000000#\r\n',
  '#\n',
  '#\r',
  '#\r\r\n',
  '#\n\r',
  '#;x\n',
  '#;x\ny\r\n',
  '#;x\ry\r\n',
  '#;\0\r\n',
  '#\0\r\n',
  '#\x0b\r\n',
  '#\x0c;x\r\n',
  '#,0\r\n',
  '#.0\r\n',
  '#h\r\n',
  '#g\r\n',
  '# 0\r\n',
  '# ;x\r\n',
  '#_0\r\n',
  '\r\n#\r\n',
  '\n#\r\n',
  '\r\n',
  ';x\r\n',
  'z\r\n',
  '#;x="\r\n',
  '#;x=\r\n ',
] as const;

const CHUNK_ENDS = [
  '\r\n',
  '\n',
  '\r',
  '',
  'xx',
  '\r\n\r\n',
  '\r\r\n',
  '\0\n',
  ' \r\n',
  '\n\n',
  '0\r\n',
] as const;

const LAST_CHUNKS = [
  '0\r\n\r\n',
  '00\r\n\r\n',
  '000000000000000000\r\n\r\n',
  '0;x\r\n\r\n',
  '0 \r\n\r\n',
  '0\n\n',
  '0\r\n\n',
  '0\n\r\n',
  '0\r\r\n\r\n',
  '0\r\nX: y\r\n\r\n',
  '0\r\nContent-Length: 100\r\n\r\n',
  '0\r\nTransfer-Encoding: chunked\r\n\r\n',
  '0\r\nHost: b\r\n\r\n',
  '0\r\nX: y\r\n z\r\n\r\n',
  '0\r\nX : y\r\n\r\n',
  '0\r\n: y\r\n\r\n',
  '0\r\nX\r\n\r\n',
  '0\r\nX: y\n\n',
  '0\r\nX: \0\r\n\r\n',
  '0\r\nX: y\rZ: 1\r\n\r\n',
  '0\r\n \r\n\r\n',
  '0x0\r\n\r\n',
  '-0\r\n\r\n',
  '0',
  '0\r\n',
  '0\r\nX: y\r\n',
  '0\r\nGET /smuggled/! HTTP/1.1\r\nHost: a\r\n\r\n',
] as const;

const LINE_ENDS = [
  '\r\n',
  '\n',
  '\r',
  '\r\r\n',
  '\n\r',
  '\r\n ',
  '\r \n',
  '\0\r\n',
  '\x0b\r\n',
  '\x85',
  '\u00a0\r\n',
] as const;

const REQUEST_LINES = [
  'POST /case/! HTTP/1.1',
  'POST  /case/! HTTP/1.1',
  'POST /case/!  HTTP/1.1',
  'POST\t/case/!\tHTTP/1.1',
  'POST\x0b/case/! HTTP/1.1',
  'POST /case/! HTTP/1.1 ',
  ' POST /case/! HTTP/1.1',
  'POST /case/! HTTP/1.0',
  'POST /case/! HTTP/1.2',
  'POST /case/! HTTP/1.10',
  'POST /case/! HTTP/2.0',
  'POST /case/! HTTP/0.9',
  'POST /case/! http/1.1',
  'POST /case/! HTTP/1.1x',
  'POST /case/!',
  'POST /case/! x HTTP/1.1',
  'POST /case/!\r HTTP/1.1',
  'POST /case/!\0 HTTP/1.1',
  'POST /case/!\x80 HTTP/1.1',
  'POST /case/!# HTTP/1.1',
  'POST /case/!%0d%0aX:%20y HTTP/1.1',
  'POST /case/!%00 HTTP/1.1',
  'POST http://a/case/! HTTP/1.1',
  'POST http://b/case/! HTTP/1.1',
  'POST http://a:80/case/! HTTP/1.1',
  'POST http://a@b/case/! HTTP/1.1',
  'POST //a/case/! HTTP/1.1',
  'POST http:///case/! HTTP/1.1',
  'POST case/! HTTP/1.1',
  'GET /case/! HTTP/1.1',
  'HEAD /case/! HTTP/1.1',
  'DELETE /case/! HTTP/1.1',
  'OPTIONS /case/! HTTP/1.1',
  'post /case/! HTTP/1.1',
  'P(ST /case/! HTTP/1.1',
  'GET /case/! HTTP/1.0',
] as const;

const HEADERS = [
  'X: y',
  'Host: b',
  'Host: a\r\nHost: a',
  'Host : a',
  'Host: a, b',
  'Host:',
  ': x',
  ':',
  'X',
  'X y: z',
  'X: \0',
  'X: \r',
  'X: a\r\n b',
  'X: a\r\n\tb: c',
  '\x0b: c',
  'X\xff: y',
  'Connection: close',
  'Connection: Content-Length',
  'Connection: Transfer-Encoding',
  'Connection: Host, close',
  'Connection: keep-alive, X\r\nX: 1',
  'Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
  'Connection: Upgrade\r\nUpgrade: foo',
  'Expect: 100-continue',
  'Expect: 100-continue, x',
  'TE: trailers, chunked',
  'Trailer: Content-Length',
  'Keep-Alive: timeout=5',
  `${'x'.repeat(255)}: y`,
  `${'x'.repeat(256)}: y`,
  `${'x'.repeat(300)}: y`,
  `Content-Length0${'a'.repeat(255)}:`,
  `X: ${'y'.repeat(14_000)}`,
] as const;

class Generator {
  readonly cases: SmugglingCase[] = [];
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  add(name: string, make: (marker: string) => string): void {
    const id = this.cases.length;
    const marker = `GET ${MARKER_PREFIX}${id} HTTP/1.1\r\nHost: a\r\n\r\n`;
    this.cases.push({ name, id, bytes: make(marker).replaceAll('!', String(id)) });
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!;
  }

  /** One of a list, but mostly its first: what is mutated elsewhere needs the rest to be right. */
  mostlyFirst<T>(list: readonly T[]): T {
    return this.#random() < 0.75 ? list[0]! : this.pick(list);
  }
}

const HEAD = 'POST /case/! HTTP/1.1\r\nHost: a\r\n';

/** A body that ends before the marker when read as chunks, and behind it when read by its length. */
function endsEarly(marker: string): string {
  return `0\r\n\r\n${marker}`;
}

/** The marker within a chunk. */
function withinChunk(marker: string): string {
  return `${marker.length.toString(16)}\r\n${marker}\r\n0\r\n\r\n`;
}

function lengthLine(name: string, value: string, body: string): string {
  return `${name}: ${value.replaceAll('#', String(body.length))}\r\n`;
}

/** All cases, in a fixed order. */
export function smugglingCorpus(seed = 20_260_112): SmugglingCase[] {
  const made = new Generator(seed);
  addCodings(made);
  addLengths(made);
  addChunks(made);
  addLines(made);
  addMixtures(made, 400);
  return made.cases;
}

/** Every spelling of Transfer-Encoding beside a length that covers everything, before and behind it. */
function addCodings(made: Generator): void {
  const spellings = [
    ...CODING_NAMES.map((name) => `${name}: chunked`),
    ...CODING_VALUES.map((value) => `Transfer-Encoding: ${value}`),
    ...CODING_VALUES.map((value) => `Transfer-Encoding:${value}`),
  ];
  for (const spelling of spellings) {
    for (const isFirst of [true, false]) {
      made.add(`${JSON.stringify(spelling)} ${isFirst ? 'before' : 'behind'} a length`, (marker) => {
        const body = endsEarly(marker);
        const length = lengthLine('Content-Length', '#', body);
        return `${HEAD}${isFirst ? `${spelling}\r\n${length}` : `${length}${spelling}\r\n`}\r\n${body}`;
      });
    }
    made.add(
      `${JSON.stringify(spelling)} alone`,
      (marker) => `${HEAD}${spelling}\r\n\r\n${withinChunk(marker)}`,
    );
  }
}

function addLengths(made: Generator): void {
  for (const value of LENGTHS) {
    made.add(`length ${JSON.stringify(value)}`, (marker) => {
      const body = `0\r\n${marker}`;
      return `${HEAD}${lengthLine('Content-Length', value, body)}\r\n${body}`;
    });
    made.add(`length ${JSON.stringify(value)} beside chunks`, (marker) => {
      const body = endsEarly(marker);
      return `${HEAD}${lengthLine('Content-Length', value, body)}Transfer-Encoding: chunked\r\n\r\n${body}`;
    });
  }
  for (const name of LENGTH_NAMES) {
    made.add(`length as ${JSON.stringify(name)}`, (marker) => {
      const body = `0\r\n${marker}`;
      return `${HEAD}${lengthLine(name, '#', body)}\r\n${body}`;
    });
    made.add(`length as ${JSON.stringify(name)} beside a good one`, (marker) => {
      const body = `0\r\n${marker}`;
      return `${HEAD}${lengthLine(name, '3', body)}${lengthLine('Content-Length', '#', body)}\r\n${body}`;
    });
  }
}

function addChunks(made: Generator): void {
  const head = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  for (const line of SIZE_LINES) {
    const sized = (size: number) => line.replaceAll('#', size.toString(16));
    made.add(
      `chunk size line ${JSON.stringify(line)}`,
      (marker) => `${head}${sized(marker.length)}${marker}\r\n0\r\n\r\n`,
    );
    made.add(
      `second chunk size line ${JSON.stringify(line)}`,
      (marker) => `${head}3\r\nabc\r\n${sized(marker.length)}${marker}\r\n0\r\n\r\n`,
    );
  }
  for (const end of CHUNK_ENDS)
    made.add(
      `chunk end ${JSON.stringify(end)}`,
      (marker) => `${head}3\r\nabc${end}${marker.length.toString(16)}\r\n${marker}\r\n0\r\n\r\n`,
    );
  for (const last of LAST_CHUNKS) {
    made.add(
      `last chunk ${JSON.stringify(last)}`,
      (marker) => `${head}${marker.length.toString(16)}\r\n${marker}\r\n${last}`,
    );
    // With `Connection: close` nothing behind the body is a request.
    made.add(
      `last chunk ${JSON.stringify(last)} and more`,
      (marker) =>
        `${HEAD}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n${last}${marker}`,
    );
  }
}

/** Line ends, request lines and other fields, each before a length that covers the marker. */
function addLines(made: Generator): void {
  const withBody = (head: string, marker: string) => {
    const body = `0\r\n${marker}`;
    return head.replaceAll('<length>', String(body.length)) + body;
  };
  for (const end of LINE_ENDS) {
    for (const where of [0, 1, 2, 3]) {
      made.add(`line end ${JSON.stringify(end)} at ${where}`, (marker) => {
        const ends = ['\r\n', '\r\n', '\r\n', '\r\n'];
        ends[where] = end;
        return withBody(
          `POST /case/! HTTP/1.1${ends[0]}Host: a${ends[1]}Content-Length: <length>${ends[2]}${ends[3]}`,
          marker,
        );
      });
    }
  }
  for (const line of REQUEST_LINES) {
    made.add(`request line ${JSON.stringify(line)}`, (marker) =>
      withBody(`${line}\r\nHost: a\r\nContent-Length: <length>\r\n\r\n`, marker),
    );
    made.add(
      `request line ${JSON.stringify(line)} and chunks`,
      (marker) => `${line}\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${withinChunk(marker)}`,
    );
  }
  for (const field of HEADERS) {
    made.add(`field ${JSON.stringify(field.slice(0, 60))}`, (marker) =>
      withBody(`POST /case/! HTTP/1.1\r\nHost: a\r\n${field}\r\nContent-Length: <length>\r\n\r\n`, marker),
    );
    made.add(
      `field ${JSON.stringify(field.slice(0, 60))} behind chunks`,
      (marker) => `${HEAD}Transfer-Encoding: chunked\r\n${field}\r\n\r\n${withinChunk(marker)}`,
    );
  }
}

/** Several mutations at once. The length always covers the body, the chunk always the marker. */
function addMixtures(made: Generator, count: number): void {
  for (let i = 0; i < count; i++) {
    const requestLine = made.mostlyFirst(REQUEST_LINES);
    const coding = `${made.mostlyFirst(CODING_NAMES)}:${made.mostlyFirst([' ', '', '\t', ' \t'])}${made.mostlyFirst(CODING_VALUES)}`;
    const sizeLine = made.mostlyFirst(SIZE_LINES);
    const chunkEnd = made.mostlyFirst(CHUNK_ENDS);
    const lastChunk = made.mostlyFirst(LAST_CHUNKS);
    const field = made.pick(HEADERS);
    const end = made.mostlyFirst(LINE_ENDS);
    const lengthName = made.pick(['', ...LENGTH_NAMES]);
    const lengthValue = made.mostlyFirst(LENGTHS);
    const isLengthFirst = made.pick([true, false]);
    made.add(`mixture ${i}`, (marker) => {
      const body = `${sizeLine.replaceAll('#', marker.length.toString(16))}${marker}${chunkEnd}${lastChunk}`;
      const length = lengthName === '' ? '' : lengthLine(lengthName, lengthValue, body);
      const framing = isLengthFirst ? `${length}${coding}${end}` : `${coding}${end}${length}`;
      return `${requestLine}\r\nHost: a\r\n${field}\r\n${framing}\r\n${body}`;
    });
  }
}
