/** What log lines tell of captured headers and cookies, from HAProxy and Fairlead on one configuration. */
import { describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions } from '../support/programs/arena.ts';
import { type Case, closes, request, response } from '../support/programs/exchanges.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

interface Capture {
  readonly name: string;
  readonly lines: readonly string[];
  readonly sent: string;
  readonly count?: number;
  readonly differsBecause?: string;
}

const ALL =
  "log-format '%hr|%hs|%hrl|%hsl|%CC|%CS|%{+Q}hr|%{+Q}hs|%{+Q}hrl|%{+Q}hsl|%{+Q}CC|%{+Q}CS|%tsc|%ST'";
const FIELDS = [
  'X-A: one',
  'X-A: two, three',
  'X-L: abcdefghij{|}"#\x01\xe9\\]z',
  'Cookie: a=b; SESSID=12345; SESSION2=y',
  'X-Empty:',
  'Cookie: SESSID=late',
  'Connection: close',
];
const GET = request('GET /a', FIELDS);
const PLAIN_GET = GET.replace('\x01', '');

const headers = (name: string, ...lines: readonly string[]): Capture => ({
  name,
  lines: [ALL, ...lines],
  sent: GET,
});

const cookie = (sent: string, target = '/none'): Capture => ({
  name: `cookies ${JSON.stringify(sent)} to ${target}`,
  lines: [ALL, 'capture cookie SESS len 20'],
  sent: request(`GET ${target}`, [...(sent === '' ? [] : [`Cookie: ${sent}`]), 'Connection: close']),
});

const outcome = (name: string, ...lines: readonly string[]): Capture => ({
  name,
  lines: [
    ALL,
    'capture cookie SESS len 20',
    'capture request header X-A len 10',
    'capture response header X-A len 10',
    ...lines,
  ],
  sent: GET,
});

const fetches = (name: string, sent: string): Capture => ({
  name: `fetches of captures ${name}`,
  lines: [
    "log-format '%[capture.req.hdr(0)] %[capture.req.hdr(1)] %{+Q}[capture.req.hdr(9)] %[capture.req.method] %[capture.req.uri] %[capture.req.ver] %[capture.res.hdr(0)] %{+Q}[capture.res.hdr(1)] %[capture.res.ver]'",
    'capture request header X-A len 9',
    'capture request header X-L len 100',
    'capture response header X-L len 9',
    'http-request set-path /rewritten',
  ],
  sent,
});

const captures: readonly Capture[] = [
  headers('one request header', 'capture request header X-A len 32'),
  headers(
    'several request headers, cut, missing and empty',
    'capture request header X-A len 3',
    'capture request header x-l len 15',
    'capture request header none len 5',
    'capture request header X-Empty len 5',
  ),
  headers(
    'response headers',
    'capture response header X-A len 32',
    'capture response header X-L len 100',
    'capture response header none len 5',
  ),
  headers('both sides', 'capture request header Host len 32', 'capture response header X-A len 100'),
  headers('a length of 1', 'capture request header X-A len 1'),
  headers('a length of 0', 'capture request header X-A len 0'),
  headers(
    'slots that nothing fills',
    'declare capture request len 10',
    'declare capture response len 4',
    'capture request header Host len 10',
  ),
  headers(
    'rules that change the headers',
    'http-request set-header X-A new',
    'capture request header X-A len 32',
    'http-response set-header X-A newer',
    'capture response header X-A len 32',
  ),
  {
    name: 'escaped unsafe bytes',
    lines: [
      "log-format '%{+E}hr|%{+E,+Q}hr|%{+E}hrl|%{+E}CC|%{+E,+Q}CC'",
      'capture request header X-L len 60',
      'capture cookie SESS len 30',
    ],
    sent: request('GET /', [...FIELDS, 'Cookie: x=y']),
  },
  headers('a prefix of a cookie', 'capture cookie SESS len 32'),
  headers('a whole name of a cookie, cut', 'capture cookie SESSID= len 8'),
  headers('the name of a later cookie', 'capture cookie SESSION2= len 63'),
  headers('no such cookie', 'capture cookie none len 63'),
  headers('a part of a name', 'capture cookie ESS len 63'),
  ...[
    ' a=b ;  SESSID="x y;z" ; SESSQ=1 ',
    'a="SESS=1;b" ; SESSID="x, y;z"; c=d',
    'a=b, SESSID=x',
    'SESS; b=c',
    'SESS; SESSA=c',
    'SESSID=; b=c',
    '$Version=1; SESSID=1; $Path=/',
    'SESSID=a#"{|}\xe9',
    'sessid=2',
    'SESSID=1234567890123456789012345',
  ].map((sent) => cookie(sent)),
  ...['/set', '/set-list', '/set-bare', '/set-several'].map((target) => cookie('', target)),
  ...[cookie('SESSID = "x y;z"'), cookie('', '/set-quoted')].map((capture) => ({
    ...capture,
    differsBecause: 'HAProxy takes the blanks around = out of the cookie that it passes on',
  })),
  {
    ...cookie('SESSID=\x01'),
    differsBecause: 'control bytes of cookies are encoded, as manual section 8.6 says',
  },
  outcome('a redirect', 'http-request redirect location /x'),
  outcome('a refusal', 'http-request deny'),
  outcome('an answer by a rule', 'http-request return'),
  outcome('a refused response', 'http-response deny'),
  outcome('an answer in place of a response', 'http-response return status 200 hdr set-cookie SESS=mine'),
  outcome(
    'cookies set by rules',
    'http-request set-header Cookie SESS=a',
    'http-response set-header Set-Cookie SESS=b',
  ),
  outcome('cookies taken by rules', 'http-request del-header Cookie', 'http-response del-header Set-Cookie'),
  outcome('rules behind the response', 'http-after-response set-header Set-Cookie SESS=late'),
  { ...outcome('no request'), sent: 'BAD\r\n\r\n' },
  {
    ...outcome('a second request without them', 'http-request return'),
    sent: `GET /1 HTTP/1.1\r\nHost: a\r\nx-a: 1\r\nCookie: SESS=1\r\n\r\nGET /2 HTTP/1.0\r\n\r\n`,
    count: 2,
  },
  {
    name: 'a TCP session',
    lines: [
      'mode tcp',
      "log-format '%hr|%hs|%hrl|%hsl|%{+Q}hr|%ts'",
      'capture request header X-A len 10',
      'capture request header X-L len 10',
      'capture response header X-A len 10',
    ],
    sent: GET,
  },
  fetches('of a request', PLAIN_GET),
  fetches('in absolute form', 'GET http://x/a?b HTTP/1.0\r\nHost: x\r\nX-A: q "w" {}|\r\n\r\n'),
  fetches('of an asterisk', request('OPTIONS *', ['Connection: close'])),
  {
    name: 'fetches of captures in rules',
    lines: [
      "log-format '%hr %[capture.req.hdr(0)] %ST'",
      'capture request header X-A len 3',
      'capture response header X-A len 2',
      'http-request set-header X-Q %[capture.req.hdr(0)]-%[capture.req.uri]-%[capture.req.method]',
      'http-response set-header X-B %[capture.req.hdr(0)]-%[capture.req.uri]-%[capture.res.ver]-%[capture.res.hdr(0)]',
    ],
    sent: GET,
  },
];

const closed = (fields: readonly string[]) =>
  `${response('200 OK', 'hi', [...fields, 'Connection: close'])}<close>`;

const options: ArenaOptions = {
  listeners: captures.map((_, i) => `l${i}`),
  origins: {
    o: {
      '*': closed([
        'X-A: one',
        'X-A: two, three',
        'X-L: abcdefghij{|}"#\x01\xe9\\]z',
        'Set-Cookie: SESSID=abcdefgh; path=/',
        'Set-Cookie: SESSION2=zz',
      ]),
      '/none': closed([]),
      '/set': closed(['Set-Cookie: SESSX=2; Path=/']),
      '/set-quoted': closed(['Set-Cookie:  SESSX = "q;x" ; path=/']),
      '/set-list': closed(['Set-Cookie: other=1, SESSX=2']),
      '/set-bare': closed(['Set-Cookie: SESS']),
      '/set-several': closed(['Set-Cookie: SESSA; x=y', 'Set-Cookie: SESSB=', 'Set-Cookie: SESSC=1']),
    },
  },
  config: (ports) => `
global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
${captures.map(({ lines }, i) => proxyOf(lines, i, ports)).join('')}`,
};

function proxyOf(lines: readonly string[], i: number, ports: { readonly [name: string]: number }): string {
  return [
    `listen p${i}`,
    `bind "fd@\${l${i}}"`,
    `log 127.0.0.1:${ports['log']} format raw local0`,
    ...lines,
    `server o 127.0.0.1:${ports['o']}\n`,
  ].join('\n  ');
}

function caseOf({ name, sent, count = 1, differsBecause }: Capture, i: number): Case {
  return {
    ...closes(`captures: ${name}`, { to: `l${i}`, bytes: sent }),
    lines: count,
    ...(differsBecause !== undefined && { differsBecause }),
  };
}

describe('HAProxy and Fairlead agree on', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, captures.map(caseOf));
});
