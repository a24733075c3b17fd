/** Answers that the proxy gives itself: redirects, returns, monitor, and what is counted of them. */
import {
  answers,
  ask,
  eof,
  type Family,
  get,
  type OracleCase,
  post,
  send,
} from '../../support/programs/oracle-case.ts';

const KEEPING: readonly string[] = [
  'redirect location /new',
  'redirect location /new code 301',
  'redirect location /new code 302',
  'redirect location /new code 303',
  'redirect location /new code 307',
  'redirect location /new code 308',
  'redirect prefix https://h',
  'redirect prefix /p',
  'redirect prefix / drop-query',
  'redirect prefix /p drop-query append-slash',
  'redirect scheme https',
  'redirect scheme https code 301',
  'redirect location /new set-cookie A=1',
  'redirect location /new clear-cookie A=',
  'redirect location "/%[path]?%[query]"',
  'http-request redirect location /new',
  'http-request redirect scheme https code 308',
  'http-response redirect location /new',
  'http-request return',
  'http-request return status 201',
  'http-request return status 204',
  'http-request return status 404 content-type text/plain string hello',
  'http-request return content-type text/plain lf-string "%[path] %[method]"',
  'http-request return content-type text/plain file <file:text>',
  'http-request return content-type text/plain lf-file <file:format>',
  'http-request return errorfile <file:page>',
  'http-request return status 403 default-errorfiles',
  'http-request return status 200 hdr X-A 1 hdr X-B "%[path]" content-type a/b string x',
  'http-response return status 202 content-type text/plain string replaced',
  'http-request auth',
  'http-request auth realm Inner',
  'monitor-uri /here',
];

const IS_CASE = ' if { path /here }';

function lineOf(text: string): string {
  if (text.startsWith('monitor')) return text;
  return `${text}${text.startsWith('http-response') ? ' if { status 200 } !{ res.hdr(x-probe) -m found }' : IS_CASE}`;
}

const answered: readonly OracleCase[] = KEEPING.flatMap((text) => [
  {
    name: text,
    with: [lineOf(text)],
    replies: { '/probe': 'HTTP/1.1 200 OK\r\nX-Probe: 1\r\nContent-Length: 0\r\n\r\n' },
    steps: [send(get(text.startsWith('monitor') ? '/here' : '/here?a=b')), answers(1)],
    ...(text.startsWith('monitor') ? { logs: 1 } : {}),
  },
  {
    name: `${text}, for a client that closes`,
    with: [lineOf(text)],
    steps: [send(get('/here', 'Connection: close')), eof],
    ...(text.startsWith('monitor') ? { logs: 0 } : {}),
  },
]);

const others: readonly OracleCase[] = [
  {
    name: 'a redirect for a POST closes',
    with: [`redirect location /new${IS_CASE}`],
    steps: [send(post('/here', 'abc')), eof],
  },
  {
    name: 'a redirect for HEAD',
    with: [`redirect location /new${IS_CASE}`],
    steps: [send(ask('HEAD /here HTTP/1.1', 'Connection: close')), eof],
  },
  {
    name: 'a return for HEAD has no body',
    with: [`http-request return content-type text/plain string hello${IS_CASE}`],
    steps: [send(ask('HEAD /here HTTP/1.1', 'Connection: close')), eof],
  },
  {
    name: 'a redirect for HTTP/1.0',
    with: ['redirect location /new'],
    steps: [send('GET / HTTP/1.0\r\n\r\n'), eof],
  },
  {
    name: 'monitor fail',
    with: ['monitor-uri /here', 'monitor fail if TRUE'],
    steps: [send(get('/here')), answers(1)],
    logs: 1,
  },
  {
    name: 'a redirect in a backend',
    with: [],
    back: [`http-request redirect location /new${IS_CASE}`],
    steps: [send(get('/here')), answers(1)],
  },
  {
    name: 'redirect ignore-empty with nothing to say',
    with: [`http-request redirect location %[req.hdr(x-none)] ignore-empty${IS_CASE}`],
    steps: [send(get('/here')), answers(1)],
  },
];

export const replies: Family = {
  name: 'answers of the proxy',
  files: {
    text: 'hello file\n',
    format: 'path %[path]\n',
    page: 'HTTP/1.1 404 Nope\r\nX-Own: 1\r\nContent-Type: text/x\r\nContent-Length: 4\r\n\r\nbody',
  },
  cases: [...answered, ...others],
};
