/** HTTP/1 heads and chunked bodies read the plain way, with strings and regular expressions: the oracle of the fuzzers. */

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
const REQUEST_LINE = new RegExp(`^(${TOKEN}+)[ \\t]+([!-"$-~]+)[ \\t]+HTTP/(\\d)\\.(\\d)$`);
const FIELD = new RegExp(`^(${TOKEN}{1,255}):([\\s\\S]*)$`);

export interface PlainHead {
  readonly length: number;
  readonly method: string;
  readonly target: string;
  readonly version: number;
  /** `name: value`, but for Connection, Content-Length, Transfer-Encoding, Host and Upgrade. */
  readonly lines: readonly string[];
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly bodyKind: 'none' | 'length' | 'chunked';
  readonly contentLength: number;
}

/** The head at the beginning of `text`; 'incomplete' without an empty line, 'bad' when it must be refused. */
export function readHead(text: string): PlainHead | 'incomplete' | 'bad' {
  const leading = /^(?:\r?\n)*/.exec(text)![0].length;
  const end = /\n\r?\n/.exec(text.slice(leading));
  if (end === null) return 'incomplete';
  const length = leading + end.index + end[0].length;
  const lines = text
    .slice(leading, leading + end.index)
    .replace(/\r?\n[ \t]/g, fold)
    .replace(/\r?\n[ \t]/g, fold);
  const [startLine = '', ...fieldLines] = `${lines}\n`
    .replaceAll('\r\n', '\n')
    .slice(0, -1)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  if (/[\r\0]/.test(lines.replaceAll('\r\n', '\n').replace(/\r$/, ''))) return 'bad';
  const start = REQUEST_LINE.exec(startLine);
  if (start === null || fieldLines.length > 100) return 'bad';
  const fields = fieldLines.map((line) => FIELD.exec(line));
  if (fields.some((field) => field === null)) return 'bad';
  const pairs = fields.map(
    (field) => [field![1]!.toLowerCase(), field![2]!.replace(/^[ \t]+|[ \t]+$/g, '')] as const,
  );
  const framing = readFraming(pairs, Number(start[3]) * 10 + Number(start[4]), start[1]!);
  return framing === 'bad'
    ? 'bad'
    : {
        length,
        method: start[1]!,
        target: start[2]!,
        version: Number(start[3]) * 10 + Number(start[4]),
        ...framing,
      };
}

function fold(lineEnd: string): string {
  return ' '.repeat(lineEnd.length - 1) + lineEnd.slice(-1);
}

type Framing = Pick<PlainHead, 'lines' | 'close' | 'keepAlive' | 'bodyKind' | 'contentLength'>;

function readFraming(
  pairs: readonly (readonly [string, string])[],
  version: number,
  method: string,
): Framing | 'bad' {
  const valuesOf = (name: string): string[] =>
    pairs.filter(([key]) => key === name).map(([, value]) => value);
  const hosts = new Set(valuesOf('host').map((value) => value.toLowerCase()));
  const lengths = valuesOf('content-length')
    .flatMap((value) => value.split(','))
    .map((value) => value.replace(/^[ \t]+|[ \t]+$/g, ''));
  const codingFields = valuesOf('transfer-encoding');
  const codings = codingFields
    .join(',')
    .toLowerCase()
    .split(',')
    .map((value) => value.replace(/^[ \t]+|[ \t]+$/g, ''));
  while (codings.length > 1 && codings.at(-1) === '') codings.pop();
  if (hosts.size > 1 || codingFields.includes('')) return 'bad';
  if (
    lengths.some((value) => !/^\d+$/.test(value) || !Number.isSafeInteger(Number(value))) ||
    new Set(lengths.map(Number)).size > 1
  )
    return 'bad';
  const isChunked = codingFields.length > 0;
  if (isChunked && (codings.length !== 1 || codings[0] !== 'chunked')) return 'bad';
  const contentLength = isChunked ? 0 : Number(lengths[0] ?? 0);
  const hasBody = isChunked || contentLength > 0;
  if (hasBody && version <= 10 && /^(GET|HEAD|DELETE)$/.test(method)) return 'bad';
  const tokens = valuesOf('connection')
    .flatMap((value) => value.toLowerCase().split(','))
    .map((value) => value.replace(/^[ \t]+|[ \t]+$/g, ''));
  const isInsecure = isChunked && (lengths.length > 0 || version <= 10);
  return {
    lines: pairs.filter(([name]) => !SETTLED.has(name)).map(([name, value]) => `${name}: ${value}`),
    close: tokens.includes('close') || isInsecure,
    keepAlive: tokens.includes('keep-alive'),
    bodyKind: isChunked ? 'chunked' : hasBody ? 'length' : 'none',
    contentLength,
  };
}

export const SETTLED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'host',
  'upgrade',
]);

export interface PlainBody {
  readonly body: string;
  /** Characters of the input that belong to it. */
  readonly length: number;
}

/** The chunked body at the beginning of `text`, without trailers' contents. */
export function readChunked(text: string): PlainBody | 'incomplete' | 'bad' {
  let rest = text;
  let body = '';
  for (;;) {
    const line = /^([0-9a-fA-F]{1,32})[ \t]*(?:;[^\r\n]*)?\r?\n/.exec(rest);
    if (line === null) return /\n/.test(rest.slice(0, 15_000)) ? 'bad' : 'incomplete';
    const size = Number.parseInt(line[1]!, 16);
    if (!Number.isSafeInteger(size)) return 'bad';
    rest = rest.slice(line[0].length);
    if (size === 0) break;
    if (rest.length < size) return 'incomplete';
    body += rest.slice(0, size);
    rest = rest.slice(size);
    const lineEnd = /^\r?\n/.exec(rest);
    if (lineEnd === null) return rest === '' || rest === '\r' ? 'incomplete' : 'bad';
    rest = rest.slice(lineEnd[0].length);
  }
  const empty = /^\r?\n/.exec(rest);
  if (empty !== null) return { body, length: text.length - rest.length + empty[0].length };
  return rest === '' || rest === '\r' ? 'incomplete' : 'bad';
}
