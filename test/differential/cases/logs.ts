/** Log lines by format, option and state. */
import {
  answers,
  eof,
  type Family,
  get,
  type OracleCase,
  ok,
  send,
  status,
} from '../../support/programs/oracle-case.ts';

/** Formats of one request and its answer. */
const FORMATS: readonly string[] = [
  '%ci %f %b %s %ST %B %U %ts %tsc',
  '%CC|%CS|%hr|%hs|%hrl|%hsl',
  '%ST %{+Q}r %{+Q}HM %{+Q}HU %{+Q}HP %{+Q}HQ %{+Q}HV',
  '%ac/%fc/%bc/%sc/%rc %sq/%bq',
  '%[src] %[dst] %{+Q}[str(a\\"b)]',
  '%{+E}[str("a]b")] %{+X}ST %{-Q}f',
  '%ST %ID %lc',
  '%sslc %sslv %bi %si',
];

/** Lines that fill what a format shows. */
const FILLED: { readonly [format: string]: readonly string[] } = {
  '%[var(txn.a)] %[var(txn.b)]': ['http-request set-var(txn.a) str(x)'],
  '%[capture.req.hdr(0)] %[capture.res.hdr(0)]': [
    'declare capture request len 10',
    'declare capture response len 10',
    'http-request capture req.hdr(user-agent) id 0',
    'http-response capture res.hdr(server) id 0',
  ],
  '%hr %hs %[capture.req.method] %[capture.req.uri]': ['capture request header User-Agent len 10'],
};

const formats: readonly OracleCase[] = [
  ...FORMATS.map((format) => ({ format, lines: [] })),
  ...Object.entries(FILLED).map(([format, lines]) => ({ format, lines })),
].map(({ format, lines }) => ({
  name: `log-format ${format}`,
  with: [...lines, `log-format '${format}'`],
  replies: { '*': status('404 Not Found', 'gone', 'Server: theirs') },
  steps: [send(get('/a?b=c', 'User-Agent: me')), answers(1)],
}));

const cases: readonly OracleCase[] = [
  ...formats,
  {
    name: 'option httplog clf',
    with: ['option httplog clf'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'capture request and response fields',
    with: [
      'capture request header Host len 20',
      'capture request header X-None len 5',
      'capture response header Server len 3',
    ],
    replies: { '*': ok('x', 'Server: theirs') },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'capture cookie',
    with: ['capture cookie SESS len 20'],
    replies: { '*': ok('x', 'Set-Cookie: SESSION=new; path=/') },
    steps: [send(get('/', 'Cookie: a=1; SESSION=old; b=2')), answers(1)],
  },
  {
    name: 'option logasap',
    with: ['option logasap'],
    replies: { '*': ok('x'.repeat(100)) },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'option dontlog-normal',
    with: ['option dontlog-normal'],
    replies: { '/': status('500 Oops', 'x') },
    steps: [send(get('/')), answers(1)],
    logs: 1,
  },
  {
    name: 'option log-separate-errors',
    with: ['option log-separate-errors'],
    replies: { '/': status('500 Oops', 'x') },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'http-request set-log-level silent',
    with: ['http-request set-log-level silent if { path / }'],
    steps: [send(get('/')), answers(1)],
    logs: 1,
  },
  {
    name: 'http-request set-log-level err',
    with: ['http-request set-log-level err'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'no log',
    with: ['no log'],
    steps: [send(get('/')), answers(1)],
    logs: 0,
  },
  {
    name: 'a request with quotes and control characters',
    steps: [send(get('/a"b?c\\d%0a')), answers(1)],
  },
  { name: 'a bad request in the log', steps: [send('BAD \x01\xff"\r\n\r\n'), eof] },
];

export const logs: Family = { name: 'log lines', cases };
