/** What health checks may meet: lines of a backend, options of its server, and how the server behaves. */
import type { Script } from '../support/worker-process/scripted-target.ts';

export interface HealthCase {
  readonly name: string;
  /** Lines of the backend. */
  readonly lines: readonly string[];
  /** Options of the server; `PORT` stands for the port of the scripted target. */
  readonly server?: string;
  readonly script: Script;
  /** Nobody listens there. */
  readonly isRefused?: boolean;
}

const OK =
  'HTTP/1.1 200 Reason Here\r\nContent-Length: 11\r\nX-A: one, two\r\nSet-Cookie: sessid=5\r\n\r\nhello world';
const BAD = 'HTTP/1.1 503 Reason Here\r\nContent-Length: 0\r\n\r\n';
const GONE = 'HTTP/1.0 404 Not Here\r\n\r\n';

function http(
  name: string,
  lines: readonly string[],
  script: readonly string[] = ['read', OK, '<close>'],
): HealthCase {
  return { name, lines: ['option httpchk', ...lines.map((line) => `http-check ${line}`)], script: [script] };
}

function tcp(name: string, lines: readonly string[], script: readonly string[] = []): HealthCase {
  return { name, lines: ['option tcp-check', ...lines.map((line) => `tcp-check ${line}`)], script: [script] };
}

const AGENT = 'agent-check agent-inter 60s agent-port PORT agent-send x\\n';
const QUICK_AGENT = 'agent-check agent-inter 60 agent-port PORT agent-send x\\n';

/** Sequences of answers come soon one behind the other; however slow the machine, no check of them times out. */
const PATIENT = 'timeout check 60s';

/** Nothing comes: the check lasts as long as `inter`, and comes again. */
function waiting(each: HealthCase): HealthCase {
  return { ...each, server: 'check inter 500' };
}

function agent(name: string, says: string, server = AGENT): HealthCase {
  return { name, lines: [], server, script: [['read', says, '<close>']] };
}

export const HEALTH_CASES: readonly HealthCase[] = [
  // Connections.
  { name: 'accepts', lines: [], script: [[]] },
  { name: 'refuses', lines: [], script: [], isRefused: true },
  { name: 'refuses-http', lines: ['option httpchk'], script: [], isRefused: true },
  { name: 'backup', lines: [], server: 'check inter 60s backup', script: [], isRefused: true },

  // Requests and statuses.
  http('plain', []),
  http('send', ['send meth GET uri /a ver HTTP/1.1 hdr Host x body abc']),
  http('send-formats', [
    'send uri-lf /a%[int(3)]-%[str(x)] body-lf b%[int(4)] hdr X-Y v%[int(5)] ver HTTP/1.1',
  ]),
  http('send-framing', [
    'send hdr Content-Length 5 hdr Transfer-Encoding chunked hdr Connection close body abc ver HTTP/1.1',
  ]),
  http('send-keep-alive', ['send hdr Connection keep-alive']),
  http('send-authority', ['send uri http://foo/bar ver HTTP/1.1 hdr Host baz']),
  http('connect-first', [
    'connect',
    'send meth GET uri /1',
    'expect status 200',
    'connect',
    'send meth GET uri /2',
    'expect string zz',
  ]),
  http('connect-implicit', [
    'connect',
    'send meth GET uri /1',
    'expect status 200',
    'connect',
    'send meth GET uri /2',
  ]),
  http('connect-elsewhere', ['connect port 1 comment z']),
  http('wrong-status', [], ['read', BAD, '<close>']),
  http('status-range', ['expect status 200,300-399 comment a on-success %[int(4)]yes']),
  http('status-outside', ['expect status 201 comment my-comment']),
  http('status-negated', ['expect ! status 200']),
  http('rstatus', ['expect rstatus ^3']),
  http('comment-line', ['comment blah', 'expect status 201']),
  http('two-expects', ['expect status 200', 'expect string nothere']),
  http('informational', [], ['read', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, '<close>']),
  http('error-status', ['expect status 201 error-status L4CON']),
  http('error-conditional', ['expect status 201 error-status L7OKC']),
  http('ok-conditional', ['expect status 200 ok-status L7OKC']),
  http('ok-layer6', ['expect status 200 on-success fine ok-status L6OK']),
  http('on-error', ['expect status 201 on-error oops%[int(5)] error-status L7RSP']),
  http('status-code', ['expect status 201 status-code int(77)']),
  http('early-answer', [], ['HTTP/1.0 200 early\r\n\r\n', '<close>']),

  // Headers and bodies.
  http('hdr', ['expect hdr name x-a value two']),
  http('hdr-missing', ['expect hdr name x-b comment cc']),
  http('hdr-negated', ['expect ! hdr name x-a']),
  http('hdr-regex', ['expect hdr name -m reg ^x.a$ value -m sub w']),
  http('hdr-format', ['expect hdr name-lf x-%[str(a)] value-lf %[str(one)]']),
  http('fhdr', ['expect fhdr name x-a value two']),
  http('fhdr-ends', ['expect fhdr name -m beg x- value -m end two']),
  http('string', ['expect string world']),
  http('string-missing', ['expect string zz comment str']),
  http('string-negated', ['expect ! string hello']),
  http('rstring', ['expect rstring w.*x']),
  http('string-format', ['expect string-lf wor%[str(ld)]']),
  http('no-body', ['expect string x'], ['read', 'HTTP/1.1 204 No\r\n\r\n']),
  http('body-early', ['expect string hello'], ['read', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhello']),
  http(
    'body-cut',
    ['expect string zz'],
    ['read', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhello', '<close>'],
  ),
  waiting(
    http('body-waits', ['expect string zz'], ['read', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhello']),
  ),
  http(
    'body-chunks',
    ['expect string ello'],
    [
      'read',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n',
      'pause',
      '2\r\nlo\r\n0\r\n\r\n',
    ],
  ),
  http(
    'body-too-long',
    ['expect string end'],
    ['read', `HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(59_997)}end`, '<close>'],
  ),
  http('min-recv', ['expect min-recv 20 string hello']),
  waiting(
    http(
      'min-recv-waits',
      ['expect min-recv 20 rstring hello'],
      ['read', 'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nhello'],
    ),
  ),
  http('head-only', ['send meth HEAD'], ['read', 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n']),

  // What goes wrong.
  waiting(http('silent', [], ['read'])),
  waiting(http('silent-status', ['expect status 201 tout-status L6TOUT comment tt'], ['read'])),
  http('closes', [], ['read', '<close>']),
  http('closes-comment', ['expect status 200 comment cc'], ['read', '<close>']),
  http('resets', [], ['read', '<reset>']),
  http('half-a-head', [], ['read', 'HTTP/1.1 200 OK\r\n', '<close>']),
  http('garbage', [], ['read', 'SSH-2.0\r\n']),
  http('no-version', [], ['read', 'hello', '<close>']),
  http('bad-length', [], ['read', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', '<close>']),
  waiting(http('unfinished-line', [], ['read', 'HTTX'])),

  // disable-on-404, and sequences that count attempts.
  http('gone', ['disable-on-404'], ['read', GONE, '<close>']),
  http('gone-expected', ['disable-on-404', 'expect string zz'], ['read', GONE, '<close>']),
  http('gone-plain', [], ['read', GONE, '<close>']),
  {
    name: 'comes-and-goes',
    lines: ['option httpchk', PATIENT],
    server: 'check inter 60 fall 3 rise 2',
    script: [OK, OK, BAD, BAD, OK, BAD, BAD, BAD, BAD, OK, BAD, OK, OK].map((text) => [
      'read',
      text,
      '<close>',
    ]),
  },
  {
    name: 'gone-and-back',
    lines: ['option httpchk', 'http-check disable-on-404', PATIENT],
    server: 'check inter 60 fall 2',
    script: [OK, GONE, OK, GONE, BAD, BAD, GONE, OK, GONE, OK].map((text) => ['read', text, '<close>']),
  },
  // Sequences.
  tcp('tcp-empty', []),
  tcp('tcp-connect', ['connect']),
  tcp('tcp-send', ['send PING\\r\\n'], ['read', 'PONG']),
  tcp('tcp-ping', ['send PING\\r\\n', 'expect string PONG'], ['read', 'PONG']),
  tcp('tcp-binary', ['send-binary 50494e47', 'expect binary 504f4e47'], ['read', 'PONG']),
  tcp(
    'tcp-formats',
    ['send-lf X%[int(4)]\\n', 'send-binary-lf 41%[int(42)]', 'expect string-lf P%[int(4)]'],
    ['read', 'P4'],
  ),
  tcp(
    'tcp-sequence',
    ['send A comment one', 'expect string 1', 'send B comment two', 'expect string 2 comment three'],
    ['read', '1', 'read', '2'],
  ),
  waiting(
    tcp(
      'tcp-sequence-stops',
      ['send A comment one', 'expect string 1', 'send B comment two', 'expect string 2 comment three'],
      ['read', '1', 'read', '3'],
    ),
  ),
  tcp('tcp-banner', ['expect rstring ^P.NG'], ['PONG']),
  tcp('tcp-banner-other', ['expect string PONG'], ['PING', '<close>']),
  waiting(tcp('tcp-banner-waits', ['expect string PONG'], ['PING'])),
  tcp('tcp-empty-answer', ['expect string PONG'], ['<close>']),
  tcp('tcp-reset', ['expect string PONG'], ['pause', '<reset>']),
  tcp('tcp-negated', ['expect ! string PONG'], ['PONG']),
  waiting(tcp('tcp-negated-waits', ['expect ! string PONG'], ['PING'])),
  tcp('tcp-negated-ends', ['expect ! string PONG'], ['PING', '<close>']),
  tcp('tcp-regex', ['expect rstring ^P.NG$ comment rx'], ['PONX', '<close>']),
  tcp('tcp-binary-other', ['expect binary 504f4e47'], ['XXXXXX', '<close>']),
  tcp('tcp-rbinary', ['expect rbinary ^604F'], ['PONG', '<close>']),
  tcp('tcp-min-recv', ['expect min-recv 4 rstring NG'], ['PO', 'pause', 'NG']),
  tcp(
    'tcp-statuses',
    ['expect error-status L7STS on-error bad%[int(3)] status-code int(5) string PONG'],
    ['PANG', '<close>'],
  ),
  tcp('tcp-ok-status', ['expect ok-status L6OK on-success great string PONG'], ['PONG']),
  waiting(tcp('tcp-timeout-status', ['expect tout-status L4TOUT string PONG'], [])),
  tcp('tcp-two-ports', ['connect linger', 'expect string A', 'connect port 1', 'expect string B'], ['AA']),
  tcp('tcp-same-bytes', ['expect string 1', 'expect string 2'], ['12']),
  waiting(tcp('tcp-forgets', ['expect string 1', 'send Q', 'expect string 2'], ['12', 'read'])),
  tcp('tcp-comments', ['comment C1', 'send x', 'comment C2', 'expect string PONG'], ['XXXX', '<close>']),
  tcp('tcp-control-characters', ['expect string nl\\tx'], ['nn', '<close>']),
  tcp('tcp-long', [`expect string ${'a'.repeat(200)}`], ['bbb', '<close>']),

  // Agents.
  agent('agent-up', 'up\n'),
  agent('agent-down', 'down #because of me\n'),
  agent('agent-half', '50%\n', `weight 30 ${AGENT}`),
  agent('agent-none', '0%\n'),
  agent('agent-drain', 'drain\n'),
  agent('agent-maint', 'maint\n'),
  agent('agent-maint-down', 'maint down\n'),
  agent('agent-drain-up', 'drain up\n', `check inter 60s ${AGENT}`),
  agent('agent-limit', 'up,50%,maxconn:3\n', `weight 10 ${AGENT}`),
  agent('agent-unknown', 'hello\n'),
  agent('agent-remark', 'up bogus\n'),
  agent('agent-warns', '50.5%\n'),
  agent('agent-with-check', 'down\n', `check inter 60s ${AGENT}`),
  agent('agent-closes', ''),
  {
    name: 'agent-refuses',
    lines: [],
    server: 'check inter 60s port PORT agent-check agent-inter 60s agent-port 1',
    script: [[]],
  },
  {
    name: 'agent-sequence',
    lines: [PATIENT],
    server: QUICK_AGENT,
    script: [
      'down\n',
      'down\n',
      'up\n',
      'up\n',
      'drain\n',
      'up\n',
      'ready\n',
      'maint\n',
      'up\n',
      'ready\n',
      'up\n',
    ].map((text) => ['read', text, '<close>']),
  },
];
