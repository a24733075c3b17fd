/**
 * Configurations that a real HAProxy checks with `-c` and we load: both accept or both refuse, and warn of the same
 * proxies. Where we differ on purpose, the table says why.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfiguration } from '../../config/load.ts';
import { proxyOptions } from '../../src/catalog.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { TEST_FACTS } from '../support/link-text.ts';
import { findProgram, skipUnless } from '../support/oracle.ts';

const skip = skipUnless('haproxy');

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-check-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Verdict {
  readonly isAccepted: boolean;
  /** How many warnings, when accepted; a text that is refused is not checked to its end. */
  readonly warnings: number;
}

/** Exit code 2: nothing is wrong, and there is nothing to listen on. */
function askHaproxy(file: string): Verdict {
  const { status, stdout, stderr } = spawnSync(findProgram('haproxy')!, ['-c', '-f', file], {
    encoding: 'latin1',
  });
  const isAccepted = status === 0 || status === 2;
  return { isAccepted, warnings: isAccepted ? ((stdout + stderr).match(/^\[WARNING\]/gm)?.length ?? 0) : 0 };
}

async function askOurselves(file: string): Promise<Verdict> {
  const { model, diagnostics } = await loadConfiguration({
    files: [file],
    environment: new Map(),
    facts: TEST_FACTS,
  });
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  return { isAccepted: model !== null, warnings: model === null ? 0 : warnings };
}

function write(text: string): string {
  const file = join(folder, 'test.cfg');
  writeFileSync(file, text);
  return file;
}

const QUIET = 'defaults\n mode http\n timeout client 1s\n timeout connect 1s\n timeout server 1s\n';

/** Bodies of a `listen` section in mode http, that both judge alike. */
const LINES: readonly string[] = [
  // Servers and their options.
  'server a 127.0.0.1:80',
  'server a 127.0.0.1',
  'server a :80',
  'server a 127.0.0.1:+5',
  'server a /tmp/s',
  'server a [::1]:80',
  'server',
  'server a',
  'server a/b 127.0.0.1:80',
  'server a 127.0.0.1:80-90',
  'server a 127.0.0.1:99999',
  'server a 127.0.0.1:80 cheek',
  'server a 127.0.0.1:80 weight 0',
  'server a 127.0.0.1:80 weight 256',
  'server a 127.0.0.1:80 weight 257',
  'server a 127.0.0.1:80 weight -1',
  'server a 127.0.0.1:80 check inter 2s rise 1 fall 1',
  'server a 127.0.0.1:80 check inter',
  'server a 127.0.0.1:80 inter 0',
  'server a 127.0.0.1:80 inter 2x',
  'server a 127.0.0.1:80 fall 0',
  'server a 127.0.0.1:80 rise -1',
  'server a 127.0.0.1:80 rise x',
  'server a 127.0.0.1:80 id 0',
  'server a 127.0.0.1:80 id 5',
  'server a 127.0.0.1:80 disabled enabled backup no-backup check no-check',
  'server a 127.0.0.1:80 init-addr none',
  'server a 127.0.0.1:80 init-addr last,libc,none',
  'server a 127.0.0.1:80 init-addr foo',
  'server a 127.0.0.1 check',
  'server a 127.0.0.1 check port 80',
  'server a 127.0.0.1:80 addr 127.0.0.2 check',
  'server a 127.0.0.1:80 no-ssl no-send-proxy',
  'server a 127.0.0.1:1\n server b 127.0.0.1:2',
  'server a 127.0.0.1:1 id 3\n server b 127.0.0.1:2 id 3',
  'default-server',
  'default-server inter 5s weight 3',
  'default-server cheek',
  'default-server 127.0.0.1:80',
  // Listeners.
  'bind :18001',
  'bind',
  'bind 127.0.0.1',
  'bind :99999',
  'bind :0',
  'bind :18002-18001',
  'bind :18001-18003,127.0.0.1:18010',
  'bind 300.1.1.1:80',
  'bind /tmp/config-check.sock mode 600 user root',
  'bind /tmp/config-check.sock mode 999',
  'bind :18001 tfoo',
  'bind :18001 name',
  'bind :18001 name x maxconn 5',
  'bind :18001 id 3',
  'bind :18001,:18002 id 3',
  'bind :18001 id 3\n bind :18002 id 3',
  'bind :18001 maxconn -1',
  'bind :18001 backlog 5',
  'bind :18001 nice 1025',
  'bind :18001 nice -5',
  'bind :18001 level admin',
  'bind :18001 level boss',
  'bind :18001 v4v6',
  'bind :18001 defer-accept',
  'bind :18001 tfo',
  'bind :18001 mss 1400',
  'bind :18001 mss 70000',
  'bind :18001 tcp-ut 5s',
  'bind :18001 tcp-ut x',
  'bind :18001 thread all',
  'bind :18001 thread x',
  'bind :18001 shards by-thread',
  'bind :18001 expose-fd listeners',
  'bind :18001 expose-fd x',
  // Rules and conditions.
  'http-request deny',
  'http-request deny if TRUE',
  'http-request deny unless { path / }',
  'http-request deny if foo',
  'http-request deny if { path /',
  'http-request dney',
  'http-request',
  'http-request deny deny_status 429',
  'http-request set-header a b',
  'http-request set-header a',
  'http-request add-header a b if { method GET }',
  'http-request del-header a',
  'http-request redirect location /x',
  'http-request return status 200',
  'http-response set-header a b',
  'http-after-response set-header a b',
  'http-request deny\n http-request allow',
  'use_backend b if TRUE\n http-request deny',
  'acl a path /\n http-request deny if a',
  'acl a path /',
  'acl a',
  'acl',
  'acl a nosuchfetch x',
  'acl a/b path /',
  'use_backend b',
  'use_backend l',
  'use_backend b if TRUE',
  'use_backend l TRUE',
  'use_backend nope if TRUE',
  'use_backend',
  'default_backend b',
  'default_backend l',
  'default_backend nope',
  'default_backend l if TRUE',
  'default_backend',
  // Options and values.
  'option httplog',
  'option httplog clf',
  'option httplog x',
  'option tcplog',
  'option dontlognull',
  'no option dontlognull',
  'no option httplog',
  'no timeout client 1s',
  'option',
  'option foo',
  'option forwardfor',
  'option forwardfor except 10.0.0.0/8 header X-A if-none',
  'option forwardfor except',
  'option forwardfor except x',
  'option forwardfor foo',
  'no option forwardfor',
  'option httpclose',
  'option http-server-close',
  'option http-keep-alive',
  'no option httpclose',
  'option redispatch',
  'option redispatch 3',
  'no option redispatch',
  'option abortonclose',
  'option allbackups',
  'option tcpka',
  'option clitcpka',
  'option srvtcpka',
  'option nolinger',
  'option logasap',
  'option log-health-checks',
  'option contstats',
  'option splice-auto',
  'option http-no-delay',
  'option httpchk',
  'option httpchk GET',
  'option httpchk GET /',
  'option httpchk GET / HTTP/1.1',
  'option httpchk GET / HTTP/1.1 a b',
  'option httpchk GET / HTTP/1.1\\r\\nHost:\\ a',
  'option httpchk GET / HTTP/1.1\\r\\nHost',
  'http-check expect status 200',
  'option httpchk\n http-check expect status 200-299,301',
  'option httpchk\n http-check expect status x',
  'option httpchk\n http-check expect',
  'option httpchk\n http-check expect ! string bad',
  'option httpchk\n http-check expect rstatus ((',
  'option httpchk\n http-check send meth GET uri / hdr a b',
  'option httpchk\n http-check send hdr a',
  'option httpchk\n http-check send foo',
  'http-check foo',
  'timeout client 5s',
  'timeout client',
  'timeout client 5x',
  'timeout client -1',
  'timeout clint 5s',
  'timeout',
  'timeout client 0',
  'timeout tunnel 1h',
  'timeout check 500',
  'timeout tarpit 1m',
  'timeout client 1s 2s',
  'maxconn 5',
  'maxconn',
  'maxconn 5 6',
  'backlog 5',
  'fullconn 5',
  'retries 3',
  'retries',
  'balance roundrobin',
  'balance leastconn',
  'balance source',
  'balance static-rr',
  'balance foo',
  'hash-type map-based',
  'http-reuse safe',
  'http-reuse foo',
  'http-reuse',
  'mode foo',
  'mode',
  'mode tcp',
  'disabled',
  'enabled',
  'id 77',
  'id 0',
  'id',
  'description a b c',
  'unique-id-header X-U',
  'errorfile 503 /dev/null',
  'errorfile 503 /nonexistent',
  'errorfile 503 /etc/passwd',
  'errorfile 299 /dev/null',
  'errorfile 503',
  'errorloc 503 /x',
  'errorloc303 503 /x',
  'errorloc 503',
  'log global',
  'log 127.0.0.1 local0',
  'log 127.0.0.1',
  'log 127.0.0.1 local8',
  'log 127.0.0.1 len 79 local0',
  'log 127.0.0.1 len 200 format rfc5424 local0 notice err',
  'log stdout format raw daemon',
  'log /dev/log local0',
  'log relative/path local0',
  'log 127.0.0.1:1-2 local0',
  'log 127.0.0.1 sample 1-2,5:8 local0',
  'log 127.0.0.1 sample 3:2 local0',
  'no log',
  'no log global',
  'log 127.0.0.1 local0 info debug err',
  'log-tag x',
  'log 127.0.0.1 local0\n log-format "%ci %ST"',
  'log 127.0.0.1 local0\n log-format %[src',
  'foo',
  'nbthread 2',
  'daemon',
];

const LISTEN = (lines: string) => `${QUIET}listen l\n bind 127.0.0.1:18000\n ${lines}\nbackend b\n`;

describe('a line of a listen section is judged as HAProxy does', { skip }, () => {
  for (const lines of LINES) {
    it(JSON.stringify(lines), async () => {
      const file = write(LISTEN(lines));
      assert.deepEqual(await askOurselves(file), askHaproxy(file));
    });
  }
});

/** What HAProxy lets pass and we refuse: each is a mistake of whoever wrote it, and HAProxy makes something of it. */
const STRICTER: readonly (readonly [line: string, why: string])[] = [
  ['default-server id 3', 'HAProxy says ALERT, and starts'],
  ['option redispatch x', 'a word that is no number counts as 0'],
  ['server a 127.0.0.1:80 maxconn x', 'a word that is no number counts as 0'],
  ['maxconn x', 'a word that is no number counts as 0'],
  ['retries x', 'a word that is no number counts as 0'],
  ['balance', 'without an algorithm it means roundrobin'],
  ['log-tag x y', 'the second word is ignored'],
];

describe('mistakes that HAProxy lets pass are refused', { skip }, () => {
  for (const [line, why] of STRICTER) {
    it(`${JSON.stringify(line)}: ${why}`, async () => {
      const file = write(LISTEN(line));
      assert.equal((await askOurselves(file)).isAccepted, false);
      assert.equal(askHaproxy(file).isAccepted, true);
    });
  }
});

const GLOBAL_LINES: readonly string[] = [
  'nbthread 2',
  'nbthread 0',
  'nbthread x',
  'nbthread 65',
  'nbthread',
  'maxconn 100',
  'maxconn',
  'nbproc 2',
  'user',
  'uid 0',
  'pidfile /tmp/p',
  'pidfile',
  'log-tag a',
  'log-tag a b',
  'log-send-hostname',
  'log-send-hostname a',
  'stats socket /tmp/config-check.sock level admin mode 600',
  'stats socket',
  'stats socket /tmp/s foo',
  'stats socket 127.0.0.1',
  'stats timeout 10s',
  'stats timeout 10x',
  'stats timeout 0',
  'stats maxconn 10',
  'stats maxconn 0',
  'stats foo',
  'stats',
  'hard-stop-after 3s',
  'hard-stop-after',
  'grace 3s',
  'node lb1',
  'node a b',
  'description a b',
  'localpeer a',
  'master-worker',
  'master-worker no-exit-on-failure',
  'master-worker foo',
  'quiet',
  'quiet x',
  'ulimit-n 1000',
  'tune.bufsize 16384',
  'tune.bufsize 32768',
  'tune.maxrewrite 1024',
  'tune.maxrewrite -1',
  'tune.http.maxhdr 128',
  'tune.http.maxhdr 0',
  'tune.http.maxhdr 40000',
  'tune.http.logurilen 2048',
  'h1-case-adjust x-a X-A',
  'h1-case-adjust x-a X-B',
  'h1-case-adjust x-a X-A\n h1-case-adjust x-a x-A',
  'h1-case-adjust x-a X-A\n h1-case-adjust x-b X-B',
  'spread-checks 5',
  'spread-checks 51',
  'spread-checks -1',
  'max-spread-checks 5s',
  'default-path config',
  'default-path foo',
  'unix-bind mode 600 prefix /tmp',
  'unix-bind foo',
  'zero-warning',
  'set-dumpable',
  'no set-dumpable',
  'strict-limits',
  'no strict-limits',
  'busy-polling',
  'no busy-polling',
  'noepoll',
  'no noepoll',
  'no daemon',
  'no maxconn 5',
  'insecure-fork-wanted',
  'numa-cpu-mapping',
  'cpu-map 1 0',
  'tune.maxaccept 64',
  'tune.pipesize 65536',
  'log 127.0.0.1 local0',
  'log global',
  'no log',
  'setenv A b',
  'setenv A',
  'presetenv A b',
  'unsetenv A',
  'resetenv A',
  'tune.idle-pool.shared on',
  'tune.runqueue-depth 100',
  'foo',
  'retries 3',
  'bind :1',
  'timeout client 1s',
];

describe('a line of a global section is judged as HAProxy does', { skip }, () => {
  for (const line of GLOBAL_LINES) {
    it(JSON.stringify(line), async () => {
      const file = write(`global\n ${line}\n${LISTEN('')}`);
      assert.deepEqual(await askOurselves(file), askHaproxy(file));
    });
  }
});

const TEXTS: { readonly [name: string]: string } = {
  'nothing but a global section': 'global\n maxconn 5\n',
  'two proxies of one name': `${QUIET}frontend a\n bind :18001\nbackend a\n`,
  'a defaults section that is not there': 'frontend a from nope\n bind :18001\n',
  'defaults in a circle':
    'defaults a from b\n mode http\ndefaults b from a\n mode http\nlisten x from a\n bind :18001\n',
  'named defaults': 'defaults a\n mode http\n timeout client 1s\nfrontend f from a\n bind :18001\n',
  'two defaults of one name, one of them taken':
    'defaults a\n mode http\ndefaults a\n mode http\nfrontend f from a\n bind :18001\n',
  'two defaults of one name, none of them taken': `defaults a\n mode http\n${QUIET}frontend f\n bind :18001\n`,
  'a name with a blank': "frontend 'a b'\n bind :18001\n",
  'no name': 'frontend\n bind :18001\n',
  'words behind the name': 'frontend a b\n bind :18001\n',
  'two global sections': `global\n maxconn 5\nglobal\n nbthread 1\n${LISTEN('')}`,
  'missing timeouts':
    'listen l\n bind :18001\n server s 127.0.0.1:1\nbackend b\n server s 127.0.0.1:1\nbackend empty\n',
  'no listener in a frontend': `${QUIET}frontend f\nbackend b\n server s 127.0.0.1:1\nlisten l\n`,
  'an http frontend with a tcp backend': `${QUIET}frontend f\n bind :18001\n default_backend b\nbackend b\n mode tcp\n server s 127.0.0.1:1\n`,
  'a frontend as backend': `${QUIET}frontend f\n bind :18001\n default_backend g\nfrontend g\n bind :18002\n`,
  'lines of the other side': `${QUIET}frontend f\n bind :18001\n retries 3\n balance roundrobin\n option httpchk\nbackend b\n maxconn 3\n option dontlognull\n `,
  'a server in a frontend': `${QUIET}frontend f\n bind :18001\n server s 127.0.0.1:1\n`,
  'a listener in defaults': `${QUIET} bind :18001\n`,
  'rules in defaults without a name': `${QUIET} http-request deny\n`,
  'rules in defaults with a name':
    'defaults d\n mode http\n timeout client 1s\n acl a path /\n http-request deny if a\nfrontend f from d\n bind :18001\n',
  'http keywords in mode tcp': `global\n log 127.0.0.1 local0\n${QUIET} mode tcp\n log global\n option forwardfor\n option httplog\nfrontend f\n bind :18001\n http-request deny\n http-response allow\nbackend b\n`,
  'proxies of one id': `${QUIET}listen a\n bind :18001\n id 5\nlisten b\n bind :18002\n id 5\n`,
  'a server without an address': `${QUIET}listen a\n bind :18001\n server s name.invalid:80\n`,
  'a server that may be without an address': `${QUIET}listen a\n bind :18001\n server s name.invalid:80 init-addr none\n`,
  'a log format without a target': `${QUIET} option httplog\nfrontend f\n bind :18001\nbackend b\n`,
  'an unknown section': 'foo bar\n',
};

describe('a whole text is judged as HAProxy does', { skip }, () => {
  for (const [name, text] of Object.entries(TEXTS)) {
    it(name, async () => {
      const file = write(text);
      assert.deepEqual(await askOurselves(file), askHaproxy(file));
    });
  }

  it('the example site, without a warning', async () => {
    const file = write(readFileSync(new URL('../config/site.cfg', import.meta.url), 'utf8'));
    assert.deepEqual(await askOurselves(file), { isAccepted: true, warnings: 0 });
    assert.deepEqual(askHaproxy(file), { isAccepted: true, warnings: 0 });
  });
});

/** Accepted by us for the sake of files of other versions. */
const OTHER_VERSIONS: readonly string[] = [
  'guid',
  'option forceclose',
  'option http-use-htx',
  'option forwarded',
  'option accept-unsafe-violations-in-http-request',
  'option accept-unsafe-violations-in-http-response',
  'option http-drop-request-trailers',
  'option http-drop-response-trailers',
  'hash-preserve-affinity',
];
/** 2.6 warns in frontends; newer versions have it there too. */
const DIFFERENT_SECTIONS: readonly string[] = ['option abortonclose'];

/** HAProxy 2.6 aborts there, behind its warning. */
const CRASHING: readonly string[] = ['option httpslog'];

/** Where keywords are tried; what defaults hand down is judged for a frontend and a backend at once. */
const PLACES = [
  { section: 'frontend', mode: 'http' },
  { section: 'backend', mode: 'http' },
  { section: 'defaults', mode: 'http' },
  { section: 'defaults', mode: 'tcp' },
] as const;
type Place = (typeof PLACES)[number];

interface Tried {
  readonly option: AnyOption;
  readonly line: string;
}

function isTried({ name, examples }: AnyOption, { section }: Place): boolean {
  if (examples[0] === undefined || OTHER_VERSIONS.includes(name)) return false;
  if (section === 'backend' && CRASHING.includes(name)) return false;
  return section !== 'frontend' || !DIFFERENT_SECTIONS.includes(name);
}

/**
 * All keywords of one place in one text: each has its own sections, found again by the numbers of their lines. What
 * HAProxy refuses outright is left out of another round, since it judges no text to its end that has an error.
 */
for (const place of PLACES) {
  const name = `every declared keyword is judged as HAProxy does in a ${place.section} section, mode ${place.mode}`;
  describe(name, { skip }, () => {
    const tried = (proxyOptions as unknown as readonly AnyOption[])
      .filter((option) => isTried(option, place))
      .map((option) => ({ option, line: option.examples[0]!.text.replace('app.example.com', '127.0.0.1') }));
    let theirs: ReadonlyMap<Tried, Verdict>;
    before(() => {
      theirs = judgedByHaproxy(tried, place);
    });
    for (const one of tried) {
      it(one.option.name, async () => {
        const ours = await askOurselves(write(textOf([one], place).text));
        const verdict = theirs.get(one)!;
        assert.equal(ours.isAccepted, verdict.isAccepted);
        if (one.option.noEffect === undefined)
          assert.equal(ours.warnings > 0, verdict.warnings > 0, 'warnings');
      });
    }
  });
}

/** HAProxy's verdicts, with as many processes as there are rounds of errors. */
function judgedByHaproxy(tried: readonly Tried[], place: Place): Map<Tried, Verdict> {
  const verdicts = new Map<Tried, Verdict>();
  let left = [...tried];
  for (;;) {
    const { text, ownerOf } = textOf(left, place);
    const file = write(text);
    const { status, stdout, stderr } = spawnSync(findProgram('haproxy')!, ['-c', '-f', file], {
      encoding: 'latin1',
    });
    const lines = (stdout + stderr).split('\n');
    const told = (mark: string): Tried[] =>
      lines.filter((line) => line.startsWith(mark)).flatMap((line) => ownerOf(line) ?? []);
    if (status === 0 || status === 2) {
      const warned = told('[WARNING]');
      for (const one of left)
        verdicts.set(one, { isAccepted: true, warnings: warned.filter((other) => other === one).length });
      return verdicts;
    }
    const refused = new Set(told('[ALERT]'));
    assert.ok(refused.size > 0, `HAProxy refuses no line of its own:\n${stdout}${stderr}`);
    for (const one of refused) verdicts.set(one, { isAccepted: false, warnings: 0 });
    left = left.filter((one) => !refused.has(one));
  }
}

/** A text with these keywords, and who a line of HAProxy's output belongs to: by line, or by the proxy's name. */
function textOf(
  tried: readonly Tried[],
  { section, mode }: Place,
): { readonly text: string; readonly ownerOf: (line: string) => Tried | undefined } {
  const lines = ['global', ' log 127.0.0.1 local0'];
  const owners: (Tried | undefined)[] = [];
  const names = new Map<string, Tried>();
  tried.forEach((one, i) => {
    const from = lines.length;
    lines.push('defaults', ...QUIET.trimEnd().split('\n').slice(1), ` mode ${mode}`, ' log global');
    if (section === 'defaults') lines.push(` ${one.line}`);
    else {
      lines.push(`${section} t${i}`);
      if (section === 'frontend') lines.push(` bind 127.0.0.1:${20_000 + i}`);
      lines.push(` ${one.line}`);
    }
    lines.push(`frontend other${i}`, ` bind 127.0.0.1:${30_000 + i}`, `backend web${i}`);
    for (const name of [`t${i}`, `other${i}`, `web${i}`]) names.set(name, one);
    for (let at = from; at < lines.length; at++) owners[at] = one;
  });
  lines.push('backend web', ` mode ${mode}`);
  const ownerOf = (line: string): Tried | undefined => {
    const at = /\.cfg:(\d+)\]/.exec(line)?.[1];
    if (at !== undefined) return owners[Number(at) - 1];
    const name = /(?:frontend|backend|proxy) '([a-z]+\d+)'/.exec(line)?.[1];
    return name === undefined ? undefined : names.get(name);
  };
  return { text: `${lines.join('\n')}\n`, ownerOf };
}
