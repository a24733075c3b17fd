/** Log formats, headers and occasions of one table through HAProxy and Fairlead: the lines must be the same. */
import { describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import { type Case, closes, request, response } from '../support/programs/exchanges.ts';
import { playSideBySide, type Site } from '../support/programs/side-by-side.ts';

interface Logging {
  /** Lines of the proxy. */
  readonly lines: readonly string[];
  readonly sent: string;
  /** How many lines come of it. */
  readonly count: number;
  /** Arguments of the `log` line before the facility. */
  readonly target?: string;
  readonly levels?: string;
  readonly mode?: 'tcp';
}

const GET = request('GET /p/a?b=c', ['Connection: close']);
const CLOSED = ['Connection: close'];

const format = (text: string, sent: string = GET): Logging => ({
  lines: [`log-format '${text}'`],
  sent,
  count: 1,
  target: 'format raw',
});

/** HAProxy 2.6 writes a line twice that needs only the request, when a server answers: so none does here. */
const requestFormat = (text: string, sent: string = GET): Logging => {
  const logging = format(text, sent);
  return { ...logging, lines: [...logging.lines, 'http-request return'] };
};

const URI = '%r|%HM|%HU|%HP|%HPO|%HQ|%HV|%{+Q}HQ|%{+E}HU';

const formats: readonly Logging[] = [
  ...[
    'plain  two   three',
    '  lead %hr %hs  trail  ',
    'a %hr%{+Q}hs%hrl%{+Q}hsl b',
    'a %ID b %{+Q}ID',
    'a\t\tb \t c\t',
    '100%% of %ST',
    '50%, %-x',
    '%B|%U|%ST|%rc|%sq|%bq|%lc|%rt',
    '%ac/%fc/%bc/%sc',
    '%CC|%CS|%{+Q}CC|%sslc|%sslv|%{+Q}sslv',
    '%ci|%fi|%{+Q}ci|%{+X}ci|%{+X,+Q}fi',
    '%bi|%si|%{+Q}bi|%{+X}si',
    '%b|%f|%ft|%s|%{+Q}s',
    '%ts|%tsc|%{+Q}tsc',
    '%{+X}ST %{+X}B %{+X}rt',
    '%{+Q}o %r %ST %b %s %ID %ts',
    '%{+Q}[str()] %[str()] %[int(5)]%[bool(true)]%[src]',
    '%{+X}[src] %{+X}[int(255)]',
    '%[str( a )]  b',
    '%{+Q}[str(a\\"b\\c)] %{+E}[str(a\\"b\\c)]',
    'café %[str(é),length] %[str(é)] %[str(é),hex]',
    '%[src]]',
    '%H|%{+Q}H',
  ].map((text) => format(text)),
  ...[
    '%{+Q}o%{-Q}r|%r',
    'a%{+Q}o %r',
    '%{+Q,-Q}r %{Q}r %{+Z}r %{ +Q}r %{ +Q }r %{}r %{,+Q}r',
    '%bi|%bp|%si|%sp|%{+Q}bi|%{+Q}bp|%{+X}si|%{+X}sp|%Tw|%Tc|%Tr|%Td',
  ].map((text) => requestFormat(text)),
  ...[
    'GET /x HTTP/1.0\r\n\r\n',
    request('OPTIONS *', CLOSED),
    request('GET /a]\\{|}~$,;:@!*()?q]=1\\', CLOSED),
    'GET http://a.b:80/x?y HTTP/1.1\r\nHost: a.b:80\r\nConnection: close\r\n\r\n',
    'GET http://a.b HTTP/1.1\r\nHost: a.b\r\nConnection: close\r\n\r\n',
    'BAD\r\n\r\n',
    'GET /x HTTP/1.1\r\nHo st: x\r\n\r\n',
  ].map((sent) => requestFormat(URI, sent)),
  ...[1009, 1010, 1017, 1018, 1100].map((length) =>
    requestFormat('%r|%HV|%HU|%HQ|%HP|%HPO', request(`GET /${'x'.repeat(length - 3)}?y`, CLOSED)),
  ),
  format('%TR|%Tq|%Th|%Tw|%Tc|%Tr|%Td|%ST|%tsc|%B|%U|%s|%b', 'BAD\r\n\r\n'),
];

const headers: readonly Logging[] = [
  '',
  'format rfc3164',
  'format local',
  'format priority',
  'format short',
  'format raw',
].map((target) => ({ ...requestFormat('m %HU'), target }));

const long = request(`GET /${'x'.repeat(200)}`, CLOSED);

const limits: readonly Logging[] = [
  ...['len 80', 'len 80 format raw', 'len 100 format priority'].map((target) => ({
    ...requestFormat('m %HU', long),
    target,
  })),
  ...[74, 75, 76, 77].map((length) => ({
    ...requestFormat('m %HU', request(`GET /${'x'.repeat(length)}`, CLOSED)),
    target: 'len 80 format raw',
  })),
  { ...requestFormat('m %HU'), target: 'format short', levels: 'debug debug' },
  { ...requestFormat('m %HU'), target: 'format short', levels: 'info warning' },
  { ...requestFormat('m %HU'), target: 'format short', levels: 'notice', count: 0 },
  ...['err', 'emerg', 'debug'].map((level) => ({
    lines: ["log-format 'm %ST'", `http-request set-log-level ${level}`, 'http-request deny'],
    sent: GET,
    count: 1,
    target: 'format short',
  })),
  {
    lines: ["log-format 'm %ST'", 'http-request set-log-level silent'],
    sent: GET,
    count: 0,
  },
  { lines: ["log-format 'm %ST'", 'log-tag shop'], sent: GET, count: 1 },
];

const two = request('GET /1') + request('GET /2', CLOSED);

const occasions: readonly Logging[] = [
  { lines: [], sent: two, count: 2 },
  { lines: ['option dontlognull'], sent: GET, count: 1 },
  { lines: [], sent: 'BAD\r\n\r\n', count: 0 },
  { lines: ['option httplog'], sent: two, count: 2 },
  { lines: ['option httplog clf'], sent: GET, count: 1 },
  { lines: ['option tcplog'], sent: GET, count: 1 },
  { lines: ["log-format '%ci %b/%s %ST +B %ts %ac/%fc/%bc %r'", 'option logasap'], sent: two, count: 2 },
  { lines: ["log-format '%ac/%fc/%bc B%{+Q}B'", 'option logasap'], sent: GET, count: 1 },
  {
    lines: ["log-format '+%ST %tsc %B'", 'option logasap', 'http-request deny deny_status 404'],
    sent: GET,
    count: 1,
  },
  { lines: ['option httplog', 'no log'], sent: GET, count: 0 },
  { mode: 'tcp', lines: [], sent: GET, count: 1 },
  { mode: 'tcp', lines: ['option tcplog'], sent: GET, count: 1 },
  { mode: 'tcp', lines: ['option tcplog', 'option logasap'], sent: GET, count: 1 },
  {
    mode: 'tcp',
    lines: ["log-format '%ts|%tsc|%ST|%ci|%si|%bi|%ID|%hr|%rc|%U|%B|%s|%b|%f'"],
    sent: GET,
    count: 1,
  },
];

const all: readonly Logging[] = [...formats, ...headers, ...limits, ...occasions];

const options: Site = {
  tellsRequests: true,
  listeners: all.map((_, i) => `l${i}`),
  origins: { o: { '*': `${response('200 OK', 'hi', ['Connection: close'])}<close>` } },
  config: (ports) => `
global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
${all.map((logging, i) => proxyOf(logging, i, ports)).join('')}`,
};

function proxyOf(
  { lines, target = '', levels = '', mode }: Logging,
  i: number,
  ports: { readonly [name: string]: number },
): string {
  return [
    `listen p${i}`,
    `mode ${mode ?? 'http'}`,
    `bind "fd@\${l${i}}"`,
    `log 127.0.0.1:${ports['log']} ${target} local0 ${levels}`,
    ...lines,
    `server o 127.0.0.1:${ports['o']}\n`,
  ].join('\n  ');
}

function caseOf({ lines, sent, count, target = '', levels = '', mode }: Logging, i: number): Case {
  const first = sent.split('\r\n')[0]!.slice(0, 40);
  const name = [mode, ...lines, target, levels, `on ${first}`, sent.length].filter(Boolean).join(' · ');
  return { ...closes(name, { to: `l${i}`, bytes: sent }), lines: count };
}

describe('HAProxy and Fairlead agree on', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, all.map(caseOf));
});
