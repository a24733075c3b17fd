/**
 * Published request smuggling and splitting flaws of proxies and servers, each as the bytes that its kind of parser
 * misread. `{hidden}` is the request that must not be found; `{size}` its length in hexadecimal digits, `{length}` the
 * length of the whole body.
 */

export interface PublishedFlaw {
  readonly id: string;
  readonly product: string;
  /** What was misread. */
  readonly flaw: string;
  /** Header lines behind `POST / HTTP/1.1` and Host, or with `line` behind that. */
  readonly head: string;
  readonly line?: string;
  readonly body: string;
  /** `refused`: answered with an error, the origin sees nothing. `taken`: the origin sees one request. */
  readonly outcome: 'refused' | 'taken';
}

const CODED = 'Transfer-Encoding: chunked';
const LENGTH = 'Content-Length: {length}';
/** Read as chunks, the hidden request follows the body; read by its length, it is in it. */
const EARLY_END = '0\r\n\r\n{hidden}';
const IN_CHUNK = '{size}\r\n{hidden}\r\n0\r\n\r\n';
/** No beginning of a request. */
const IN_BODY = '0\r\n{hidden}';

type Short = readonly [id: string, product: string, flaw: string, head: string, body: string, line?: string];

const refused = ([id, product, flaw, head, body, line]: Short): PublishedFlaw => ({
  id,
  product,
  flaw,
  head,
  body,
  ...(line !== undefined && { line }),
  outcome: 'refused',
});

const taken = (short: Short): PublishedFlaw => ({ ...refused(short), outcome: 'taken' });

const FIELD_NAMES: readonly PublishedFlaw[] = [
  refused([
    'CVE-2021-40346',
    'HAProxy',
    'a name of 270 bytes overflowed its length and became content-length',
    `Content-Length0${'a'.repeat(255)}:\r\n${LENGTH}`,
    IN_BODY,
  ]),
  refused([
    'CVE-2023-25725',
    'HAProxy',
    'an empty name hid the fields behind it',
    `: x\r\n${LENGTH}`,
    IN_BODY,
  ]),
  refused([
    'CVE-2019-16276',
    'Go net/http',
    'a blank before the colon',
    `Transfer-Encoding : chunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused(['CVE-2021-22959', 'llhttp', 'a blank before the colon', 'Content-Length : {length}', IN_BODY]),
  refused([
    'CVE-2019-16869',
    'Netty',
    'a blank before the colon',
    `Transfer-Encoding\t: chunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2019-18678',
    'Squid',
    'a blank before the colon',
    `Content-Length : 3\r\n${LENGTH}`,
    IN_BODY,
  ]),
  refused(['CVE-2020-15810', 'Squid', 'a blank in a name', `Content Length: 3\r\n${LENGTH}`, IN_BODY]),
  refused([
    'CVE-2021-39214',
    'mitmproxy',
    'a blank in a name',
    `Transfer Encoding: chunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2019-20444',
    'Netty',
    'a field line without a colon',
    `Content-Length 3\r\n${LENGTH}`,
    IN_BODY,
  ]),
  refused([
    'CVE-2021-43797',
    'Netty',
    'control characters in a name',
    `\x0bTransfer-Encoding: chunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2020-8201',
    'Node.js',
    'a CR in a name was read as a hyphen',
    `Transfer\rEncoding: chunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2024-27982',
    'Node.js',
    'a blank before the first field',
    ` ${LENGTH}`,
    IN_BODY,
    'POST / HTTP/1.1\r\n X: y',
  ]),
];

const LINE_ENDS: readonly PublishedFlaw[] = [
  refused([
    'CVE-2023-30589',
    'llhttp',
    'a CR alone ended a field',
    `X: y\rTransfer-Encoding: chunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2022-35256',
    'llhttp',
    'a field that CR LF does not end',
    `X: y\n\rTransfer-Encoding: chunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused(['CVE-2022-32214', 'llhttp', 'a CR alone between fields', `${LENGTH}\r${CODED}`, EARLY_END]),
  refused([
    'CVE-2022-32215',
    'llhttp',
    'a coding folded over lines',
    `Transfer-Encoding: chunked\r\n , identity\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused(['CVE-2019-9900', 'Envoy', 'a NUL in a value', `X: \0\r\n${LENGTH}`, IN_BODY]),
  refused([
    'CVE-2020-1935',
    'Tomcat',
    'a CR without LF at the end of a line',
    `${CODED}\r\r\n${LENGTH}`,
    EARLY_END,
  ]),
  taken([
    'CVE-2019-16785',
    'Waitress',
    'a bare LF between fields: HAProxy takes it, and sends CR LF',
    `X: y\n${LENGTH}`,
    IN_BODY,
  ]),
  taken(['CVE-2021-37147', 'Traffic Server', 'a bare LF behind a coding', `${CODED}\nX: y`, IN_CHUNK]),
  taken([
    'CVE-2021-41136',
    'Puma',
    'a bare LF in a value began another field',
    `X: y\nZ: 1\r\n${LENGTH}`,
    IN_BODY,
  ]),
  taken(['CVE-2019-16792', 'Waitress', 'a folded length', 'Content-Length:\r\n {length}', IN_BODY]),
];

const LENGTHS: readonly PublishedFlaw[] = [
  refused([
    'CVE-2023-40225',
    'HAProxy',
    'an empty length went on beside a good one',
    `Content-Length:\r\n${LENGTH}`,
    IN_BODY,
  ]),
  refused(['CVE-2021-32715', 'hyper', 'a plus sign', 'Content-Length: +{length}', IN_BODY]),
  refused(['CVE-2023-40167', 'Jetty', 'a plus sign', 'Content-Length: +{length}', IN_BODY]),
  refused(['CVE-2022-24801', 'Twisted', 'a plus sign', 'Content-Length: +{length}', IN_BODY]),
  refused(['CVE-2020-10108', 'Twisted', 'two lengths', `Content-Length: 0\r\n${LENGTH}`, IN_BODY]),
  refused(['CVE-2017-7658', 'Jetty', 'two lengths', `${LENGTH}\r\nContent-Length: 0`, IN_BODY]),
  refused(['CVE-2019-20445', 'Netty', 'two lengths', `Content-Length: 1\r\n${LENGTH}`, IN_BODY]),
  refused([
    'CVE-2021-32565',
    'Traffic Server',
    'a length with letters behind it',
    'Content-Length: {length}a',
    IN_BODY,
  ]),
  refused(['CVE-2022-42252', 'Tomcat', 'a length that is no number', 'Content-Length: {length}_0', IN_BODY]),
  refused([
    'CVE-2023-47627',
    'aiohttp',
    'a length in other digits than 0 to 9',
    'Content-Length: \xb2{length}',
    IN_BODY,
  ]),
];

const CODINGS: readonly PublishedFlaw[] = [
  refused([
    'CVE-2019-18277',
    'HAProxy',
    'a vertical tab before chunked',
    `Transfer-Encoding: \x0bchunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2019-16789',
    'Waitress',
    'a vertical tab before chunked',
    `Transfer-Encoding: \x0bchunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2022-1705',
    'Go net/http',
    'a form feed before chunked',
    `Transfer-Encoding: \x0cchunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2020-11076',
    'Puma',
    'a NUL behind chunked',
    `Transfer-Encoding: chunked\0\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2022-32213',
    'llhttp',
    'a coding behind chunked',
    `Transfer-Encoding: chunked, identity\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2020-8287',
    'Node.js',
    'the second of two codings was ignored',
    `${CODED}\r\nTransfer-Encoding: chunked-false\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2021-21299',
    'hyper',
    'several codings',
    `${CODED}\r\nTransfer-Encoding: cow\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2019-16786',
    'Waitress',
    'a list of codings',
    `Transfer-Encoding: gzip, chunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2024-6827',
    'Gunicorn',
    'an unknown coding was ignored',
    `Transfer-Encoding: blah\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2024-1135',
    'Gunicorn',
    'conflicting codings',
    `Transfer-Encoding: identity\r\n${CODED}\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2020-15811',
    'Squid',
    'chunked was found anywhere in the list',
    `Transfer-Encoding: chunked, nothing\r\n${LENGTH}`,
    EARLY_END,
  ]),
  refused([
    'CVE-2020-7238',
    'Netty',
    'a blank line start before Transfer-Encoding',
    ` Transfer-Encoding: chunked\r\n${LENGTH}`,
    EARLY_END,
    'POST / HTTP/1.1',
  ]),
  refused([
    'CVE-2020-25613',
    'WEBrick',
    'chunked was found within a longer word',
    `Transfer-Encoding: xchunked\r\n${LENGTH}`,
    EARLY_END,
  ]),
  taken(['CVE-2005-2088', 'Apache httpd', 'a length beside a coding', `${LENGTH}\r\n${CODED}`, EARLY_END]),
  taken(['CVE-2020-10109', 'Twisted', 'a length beside a coding', `${CODED}\r\n${LENGTH}`, EARLY_END]),
  taken([
    'CVE-2020-1944',
    'Traffic Server',
    'a length beside a coding',
    `${CODED}\r\nContent-Length: 1`,
    EARLY_END,
  ]),
  taken([
    'CVE-2019-18802',
    'Envoy',
    'blanks behind the coding',
    `Transfer-Encoding: chunked \t\r\n${LENGTH}`,
    EARLY_END,
  ]),
  taken(['CVE-2021-33037', 'Tomcat', 'a coding in HTTP/1.0', CODED, IN_CHUNK, 'POST / HTTP/1.0']),
];

const CHUNKS: readonly PublishedFlaw[] = [
  refused([
    'CVE-2021-32714',
    'hyper',
    'a size of 2^64 and more wrapped around',
    CODED,
    `1000000000000000{size}\r\n{hidden}\r\n0\r\n\r\n`,
  ]),
  refused([
    'CVE-2017-7657',
    'Jetty',
    'a size overflowed',
    CODED,
    `FFFFFFFFFFFFFFFF{size}\r\n{hidden}\r\n0\r\n\r\n`,
  ]),
  refused([
    'CVE-2013-2028',
    'nginx',
    'a size became negative',
    CODED,
    `FFFFFFFFFFFFFFED\r\n{hidden}\r\n0\r\n\r\n`,
  ]),
  refused(['CVE-2022-24761', 'Waitress', '0x before a size', CODED, `0x{size}\r\n{hidden}\r\n0\r\n\r\n`]),
  refused([
    'CVE-2015-3183',
    'Apache httpd',
    'other characters in a size line',
    CODED,
    `{size} x\r\n{hidden}\r\n0\r\n\r\n`,
  ]),
  refused([
    'CVE-2025-43859',
    'h11',
    'anything was taken for the line end behind a chunk',
    CODED,
    `3\r\nabcxx{size}\r\n{hidden}\r\n0\r\n\r\n`,
  ]),
  refused([
    'CVE-2024-53868',
    'Traffic Server',
    'a malformed chunk went on',
    CODED,
    `3\r\nabcd\r\n{size}\r\n{hidden}\r\n0\r\n\r\n`,
  ]),
  refused(['CVE-2023-46846', 'Squid', 'blanks before a size', CODED, ` {size}\r\n{hidden}\r\n0\r\n\r\n`]),
  refused(['CVE-2025-30346', 'Varnish', 'a chunk line without a size', CODED, `;x\r\n{hidden}\r\n0\r\n\r\n`]),
  refused(['CVE-2023-45648', 'Tomcat', 'a trailer that is no field', CODED, `3\r\nabc\r\n0\r\n{hidden}`]),
  refused([
    'CVE-2025-53643',
    'aiohttp',
    'trailers were not read',
    CODED,
    '3\r\nabc\r\n0\r\nX: y\r\n{hidden}',
  ]),
  refused(['CVE-2023-40175', 'Puma', 'a trailer that is no field', CODED, '0\r\nX : y\r\n\r\n{hidden}']),
  taken([
    'CVE-2021-22960',
    'llhttp',
    'an extension is dropped on the way',
    CODED,
    '{size};x=y\r\n{hidden}\r\n0\r\n\r\n',
  ]),
  taken([
    'CVE-2025-22871',
    'Go net/http',
    'a bare LF ends a size line: HAProxy takes it, and sends CR LF',
    CODED,
    '{size}\n{hidden}\r\n0\r\n\r\n',
  ]),
  taken([
    'CVE-2025-55315',
    'Kestrel',
    'a line end within an extension',
    CODED,
    '{size};x="y\r\n{hidden}\r\n0\r\n\r\n',
  ]),
  taken([
    'CVE-2024-21647',
    'Puma',
    'an extension of any length',
    CODED,
    `{size};${'x'.repeat(4000)}\r\n{hidden}\r\n0\r\n\r\n`,
  ]),
];

const LINES: readonly PublishedFlaw[] = [
  refused([
    'CVE-2023-45539',
    'HAProxy',
    'a fragment in the target misled path_end',
    LENGTH,
    IN_BODY,
    'POST /index.html#.png HTTP/1.1\r\nHost: a',
  ]),
  refused([
    'CVE-2024-53008',
    'HAProxy',
    'Host and the authority of the target were two',
    LENGTH,
    IN_BODY,
    'POST http://b/ HTTP/1.1\r\nHost: a',
  ]),
  refused([
    'CVE-2013-4547',
    'nginx',
    'a blank and a NUL in the target',
    LENGTH,
    IN_BODY,
    'POST /a \0.php HTTP/1.1\r\nHost: a',
  ]),
  refused([
    'CVE-2016-8743',
    'Apache httpd',
    'other white space in the request line',
    LENGTH,
    IN_BODY,
    'POST\x0b/ HTTP/1.1\r\nHost: a',
  ]),
  refused(['CVE-2017-7656', 'Jetty', 'HTTP/0.9 with fields', LENGTH, IN_BODY, 'POST /\r\nHost: a']),
  refused([
    'CVE-2024-33452',
    'OpenResty',
    'a HEAD with a body in HTTP/1.0',
    LENGTH,
    IN_BODY,
    'HEAD / HTTP/1.0\r\nHost: a',
  ]),
  refused([
    'CVE-2018-8004',
    'Traffic Server',
    'a blank before the colon of Host',
    LENGTH,
    IN_BODY,
    'POST / HTTP/1.1\r\nHost : a',
  ]),
  refused([
    'CVE-2020-25097',
    'Squid',
    'a target with control characters',
    LENGTH,
    IN_BODY,
    'POST /\x01 HTTP/1.1\r\nHost: a',
  ]),
  taken([
    'CVE-2023-25690',
    'Apache httpd',
    'an encoded line end in the target',
    LENGTH,
    IN_BODY,
    'POST /%20HTTP/1.1%0d%0aX:%20y HTTP/1.1\r\nHost: a',
  ]),
];

export const PUBLISHED_FLAWS: readonly PublishedFlaw[] = [
  ...FIELD_NAMES,
  ...LINE_ENDS,
  ...LENGTHS,
  ...CODINGS,
  ...CHUNKS,
  ...LINES,
];

/** The bytes of a flaw, with this request hidden in it. */
export function bytesOf(
  { head, body, line = 'POST / HTTP/1.1\r\nHost: a' }: PublishedFlaw,
  hidden: string,
): string {
  const filled = body.replaceAll('{size}', hidden.length.toString(16)).replaceAll('{hidden}', hidden);
  return `${line}\r\n${head.replaceAll('{length}', String(filled.length))}\r\n\r\n${filled}`;
}
