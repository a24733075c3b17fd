/**
 * Rules of one table through HAProxy and Fairlead: what clients and origins got of them must be the same bytes. Log
 * lines are compared without their byte counts, which HAProxy takes from its inner form of messages.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions } from '../support/programs/arena.ts';
import { type Case, closes, request, response, staysOpen } from '../support/programs/exchanges.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-actions-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, 'utf8');
  return path;
}

const BODY = file('body.txt', 'hello file\n');
const EMPTY = file('empty.txt', '');
const FORMAT = file('body.lf', 'f %[path] é\nline2\n');
const PAGE = file(
  'page.http',
  'HTTP/1.1 404 Nope\r\nX-Own: 1\r\nContent-Type: text/x\r\nContent-Length: 4\r\n\r\nbody',
);
const OLD_PAGE = file(
  'old.http',
  'HTTP/1.0 200 OK\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<html>x</html>\n',
);

const RICH = request('GET /p/a?q=1&r', ['X-A: one', 'x-b: 1, 2 ,3', 'X-B: 4', 'Cookie: a=1; b=2']);
const ESCAPED = request('GET /a%0d%0ab%e9%22c');

interface Rule {
  /** Lines of the proxy, after each other. */
  readonly lines: readonly string[];
  /** The request; by default one with several headers. */
  readonly sent?: string;
  /** The connection ends behind the answer. */
  readonly isLast?: boolean;
}

const rule = (...lines: string[]): Rule => ({ lines });
const onRequest = (sent: string, ...lines: string[]): Rule => ({ lines, sent });

/** For answers behind which Fairlead does not use the server's connection again, as HAProxy does. */
const once = (...lines: string[]): Rule => ({
  lines,
  sent: request('GET /', ['Connection: close']),
  isLast: true,
});

const POST = request('POST /a', ['Content-Length: 3'], 'abc');
const ABSOLUTE = 'GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n';
const STAR = 'OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n';

const replies: readonly Rule[] = [
  rule('http-request return'),
  ...[204, 205, 299, 302, 304, 418, 503, 599].map((status) => rule(`http-request return status ${status}`)),
  rule('http-request return status 200 content-type text/plain string hello'),
  rule('http-request return content-type text/plain string hello hdr X-A a hdr x-b "%[path]" hdr X-A 2'),
  rule('http-request return hdr X-A 1'),
  rule('http-request return content-type "text/plain; charset=utf-8" string "é"'),
  rule('http-request return content-type text/plain string "a\\nb"'),
  rule(
    'http-request return content-type text/plain lf-string "é %[str(é),length] %[str(é),hex] %[str(\\xe9),hex]"',
  ),
  rule(
    'http-request return content-type text/plain lf-string "%[str(é),url_enc] %[str(ÉÀ),lower,hex] %ST %b %s"',
  ),
  onRequest(ESCAPED, 'http-request return content-type text/plain lf-string "%[path,url_dec] %HU"'),
  rule(`http-request return content-type text/plain file ${BODY}`),
  rule(`http-request return file ${EMPTY}`),
  rule(`http-request return content-type text/plain lf-file ${FORMAT}`),
  rule(`http-request return errorfile ${PAGE}`),
  rule(`http-request return status 418 errorfile ${PAGE}`),
  { lines: [`http-request return errorfile ${OLD_PAGE}`], isLast: true },
  rule('http-request return status 404 default-errorfiles'),
  onRequest(request('HEAD /'), 'http-request return content-type text/plain string hello'),
  onRequest(
    'GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n',
    'http-request return content-type text/plain string hello',
  ),
  onRequest(
    request('POST /', ['Content-Length: 5'], 'abcde'),
    'http-request return content-type text/plain string read',
  ),
  onRequest(request('POST /', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\n\r\n'), 'http-request deny'),
  rule('http-request deny'),
  rule('http-request deny deny_status 429'),
  rule('http-request deny status 429'),
  rule('http-request deny deny_status 403 content-type text/plain string no'),
  rule('http-request deny content-type text/plain lf-string "no %[src]" hdr X-Y z'),
  rule('http-request deny hdr X-Y z'),
  rule(`http-request deny errorfile ${PAGE}`),
  rule(`errorfile 403 ${PAGE}`, 'http-request deny'),
  { lines: [`errorfile 403 ${OLD_PAGE}`, 'http-request deny'], isLast: true },
  once('http-response deny'),
  once('http-response deny status 403'),
  once('http-response return status 404 content-type text/plain string gone'),
  rule('http-request allow', 'http-request deny'),
  rule('http-request deny if FALSE', 'http-request deny deny_status 429 unless TRUE'),
  onRequest(request('GET /%c3%a9'), 'http-request deny if { path,url_dec -m str /é }'),
  onRequest(request('GET /x%c3%a9'), 'http-request deny if { path,url_dec -m reg ^/.é$ }'),
  onRequest(request('GET /x%c3%a9'), 'http-request deny if { path,url_dec -m end é }'),
];

const redirects: readonly Rule[] = [
  rule('http-request redirect location http://x/%[path]?a=%[src]'),
  rule('http-request redirect location "/é b"'),
  onRequest(ESCAPED, 'http-request redirect location "%[path,url_dec]"'),
  ...[301, 303, 307, 308].map((code) => rule(`http-request redirect location http://x/ code ${code}`)),
  rule('http-request redirect code 301 location http://x/'),
  rule('http-request redirect location http://x/ set-cookie SEEN=1'),
  rule('http-request redirect location http://x/ clear-cookie USERID='),
  rule('http-request redirect location "%[req.hdr(none)]"'),
  rule('http-request redirect location "%[req.hdr(none)]" ignore-empty'),
  ...['http://y', 'http://y/', '/', '"%[str(/)]"', '"%[req.hdr(none)]" ignore-empty'].map((prefix) =>
    rule(`http-request redirect prefix ${prefix}`),
  ),
  rule('http-request redirect prefix http://y drop-query'),
  rule('http-request redirect prefix http://y drop-query append-slash'),
  rule('http-request redirect prefix http://y append-slash'),
  onRequest(ABSOLUTE, 'http-request redirect prefix http://y'),
  onRequest(STAR, 'http-request redirect prefix http://y'),
  rule('http-request redirect scheme https'),
  rule('http-request redirect scheme https code 301 drop-query'),
  onRequest(STAR, 'http-request redirect scheme https'),
  { lines: ['http-request redirect location http://x/'], sent: POST, isLast: true },
  onRequest(request('HEAD /a'), 'http-request redirect location http://x/'),
  once('http-response redirect location http://x/%[res.hdr(x-up)]'),
  once('http-response redirect location http://x/ code 301 set-cookie A=1'),
  rule('redirect location http://x/%[path]'),
  rule('redirect prefix http://y drop-query if { path /none }', 'redirect scheme https'),
  rule('redirect prefix /'),
  rule('redirect location /é'),
  rule('http-request allow', 'redirect location /x'),
  rule('http-request deny', 'redirect scheme https'),
  rule('redirect location http://x/ set-cookie A=%ci'),
];

const headers: readonly Rule[] = [
  rule('http-request set-header X-A new'),
  rule('http-request set-header X-B "%[req.hdr(x-b)],%[src]"'),
  rule('http-request add-header X-B new'),
  rule('http-request add-header x-new "a  b "'),
  rule('http-request set-header x-new "%[req.hdr(none)]"'),
  rule('http-request set-header Host other'),
  onRequest(ABSOLUTE, 'http-request set-header Host other'),
  rule('http-request set-header X-New "é %[str(é)]"'),
  rule('http-request set-header X-A "%{+Q}[src]|%{+Q}ci|%{+X}ci|%{+E}[str(a]b)]|%[req.hdr(x-a),upper]"'),
  rule('http-request del-header host'),
  rule('http-request del-header X-B'),
  ...['x- -m beg', 'X- -m beg', '-a -m end', '- -m sub', '^X-.$ -m reg', '^x-[ab]$ -m reg', 'x-a -m str'].map(
    (args) => rule(`http-request del-header ${args}`),
  ),
  rule('http-response set-header X-Up 2'),
  rule('http-response add-header X-Up "%ST %b %s"'),
  rule('http-response del-header set-cookie'),
  rule('http-after-response set-header X-Up 3'),
  rule('http-after-response set-header X-After "%[status]"', 'http-request deny'),
  rule('http-after-response del-header cache-control', 'http-request deny'),
  rule('http-after-response add-header X-After 1', 'http-request redirect location /'),
  rule('http-after-response allow', 'http-after-response set-header X 1'),
  rule('http-request replace-header X-A on(.) two\\\\1'),
  rule("http-request replace-header X-A o(n) '<\\1\\0\\2\\\\>%ci'"),
  rule("http-request replace-header X-B (.*) '[\\1]'"),
  rule('http-request replace-header x-b ^4$ four'),
  rule("http-request replace-header Cookie a=([^;]*);(.*) 'a=\\1;x=%ci;\\2'"),
  rule("http-request replace-value X-B ^(.)$ 'v\\1'"),
  rule('http-request replace-value X-B 2 two'),
  onRequest(
    request('GET /', ['X-F: 192.168.10.1, 192.168.13.24,, 10.0.0.37 ,"192.168.1.1,192.168.2.2"']),
    "http-request replace-value X-F ^192\\.168\\.(.*)$ '172.16.\\1'",
  ),
  rule('http-response replace-value Cache-control ^public$ private'),
  rule("http-response replace-header Set-Cookie (C=[^;]*);(.*) '\\1;x;\\2'"),
  rule('http-after-response replace-header Set-Cookie D=2 D=3'),
];

const targets: readonly Rule[] = [
  ...['/new', '/%[hdr(host)]%[path]', 'new', '/x?y', '/é'].map((path) =>
    rule(`http-request set-path ${path}`),
  ),
  onRequest(ABSOLUTE, 'http-request set-path /new'),
  onRequest(STAR, 'http-request set-path /new'),
  onRequest('GET http://h HTTP/1.1\r\nHost: h\r\n\r\n', 'http-request set-path /new'),
  rule('http-request set-pathq /new'),
  rule('http-request set-pathq /new?z=1'),
  onRequest(ABSOLUTE, 'http-request set-pathq /new'),
  ...['z=2', '?z=2', '"%[req.hdr(none)]"'].map((query) => rule(`http-request set-query ${query}`)),
  onRequest(request('GET /a'), 'http-request set-query z=1'),
  onRequest(request('GET /a'), 'http-request set-query "%[req.hdr(none)]"'),
  onRequest(STAR, 'http-request set-query z=1'),
  rule('http-request set-uri /u?v'),
  rule('http-request set-uri http://other/u?v'),
  onRequest(request('OPTIONS /x'), 'http-request set-uri *'),
  rule('http-request set-method POST'),
  rule('http-request set-method "%[method,lower]"'),
  rule("http-request replace-path (.*) '/foo\\1'"),
  rule("http-request replace-path /p/(.*) '/\\1'"),
  rule('http-request replace-path ^/none x'),
  onRequest(ABSOLUTE, "http-request replace-path (.*) '/foo\\1'"),
  onRequest(STAR, "http-request replace-path (.*) '/foo\\1'"),
  rule("http-request replace-pathq '([^?]*)(\\?(.*))?' '\\1/foo\\2'"),
  onRequest(ABSOLUTE, "http-request replace-uri ^http://(.*) 'https://\\1'"),
  rule("http-request replace-uri '([^/:]*://[^/]*)?(.*)' '\\1/foo\\2'"),
  rule('http-request set-path /new', 'http-request set-header X-L "%[path] %HU %r %[url] %[base]"'),
];

const statuses: readonly Rule[] = [
  ...['431', '503 reason "Slow Down"', '999', '204', '304', '299', '200 reason "Fein é"'].map((args) =>
    rule(`http-response set-status ${args}`),
  ),
  rule('http-after-response set-status 418', 'http-request deny'),
  rule('http-after-response set-status 200 reason "Fein"', 'http-request deny'),
];

const all: readonly Rule[] = [...replies, ...redirects, ...headers, ...targets, ...statuses];

const options: ArenaOptions = {
  listeners: all.map((_, i) => `l${i}`),
  origins: {
    o: {
      '*': response('200 OK', 'hi', [
        'X-Up: 1',
        'Cache-Control: max-age=3600, public',
        'Set-Cookie: C=1; expires=Tue, 14',
        'set-cookie: D=2',
      ]),
    },
  },
  config: (ports) => `
global
  log 127.0.0.1:${ports['log']} local0
  nbthread 1
defaults
  mode http
  log global
  log-format "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %{+Q}r"
  timeout client 30s
  timeout server 30s
  timeout connect 5s
${all.map(({ lines }, i) => `listen p${i}\n  bind "fd@\${l${i}}"\n${lines.map((line) => `  ${line}\n`).join('')}  server o 127.0.0.1:${ports['o']}\n`).join('')}`,
};

function caseOf({ lines, sent = RICH, isLast = false }: Rule, i: number): Case {
  const name = `${lines.join(' · ').replaceAll(folder, '')}${sent === RICH ? '' : ` on ${sent.split('\r\n')[0]}`}`;
  if (isLast) return closes(name, { to: `l${i}`, bytes: sent });
  return staysOpen(name, { to: `l${i}`, bytes: sent, heads: sent.startsWith('HEAD') ? [0] : [] });
}

describe('HAProxy and Fairlead agree on', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, all.map(caseOf));
});
