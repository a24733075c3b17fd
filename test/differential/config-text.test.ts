/**
 * Quotes, escapes, variables, conditions and addresses: what a real HAProxy accepts and refuses, and what it makes
 * of it. Lines are checked with `-c`; the text of a word is seen in what `.notice` prints.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evaluateArgument } from '../../config/haproxy-cfg/condition.ts';
import { parseHaproxyCfg } from '../../config/haproxy-cfg/parse.ts';
import type { ConditionFacts } from '../../config/haproxy-cfg/predicates.ts';
import { readConfigFiles } from '../../config/haproxy-cfg/read-files.ts';
import { byteStringOf } from '../../src/bytes/byte-text.ts';
import {
  BIND_ADDRESS,
  LOG_ADDRESS,
  NAMESERVER_ADDRESS,
  parseAddress,
  SERVER_ADDRESS,
  SOURCE_ADDRESS,
  splitAddresses,
} from '../../src/net/address.ts';
import { HAPROXY_PATH, isOracleInstalled } from '../support/expression-oracle.ts';

const skip = !isOracleInstalled && 'install the package haproxy';
const VARIABLES = {
  A: 'av',
  EMPTY: '',
  LIST: 'one two\tthree',
  PADDED: ' x  y ',
  QUOTED: "a\"b 'c'",
  PATH: '/usr/bin',
};
const environment = new Map(Object.entries(VARIABLES));

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-text-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Told {
  readonly isRefused: boolean;
  /** Texts of `.notice` and `.warning`, as byte strings. */
  readonly messages: readonly string[];
}

/** Exit code 2 means that there is nothing to start, which is no fault of the text. */
function haproxy(args: readonly string[]): { status: number; output: string } {
  const { status, stdout, stderr } = spawnSync(HAPROXY_PATH, args, { env: VARIABLES, encoding: 'latin1' });
  return { status: status ?? -1, output: stdout + stderr };
}

function askHaproxy(text: string): Told {
  const path = join(folder, 't.cfg');
  writeFileSync(path, text, 'latin1');
  const { status, output } = haproxy(['-c', '-V', '-f', path]);
  const messages = [
    ...output.matchAll(/\[(?:NOTICE|WARNING)\] +\(\d+\) : config : parsing \[[^\]]*\]: '(.*)'\.$/gm),
  ].map((match) => match[1]!);
  return { isRefused: status === 1, messages };
}

function askOurselves(text: string, facts: ConditionFacts): Told {
  const path = join(folder, 't.cfg');
  writeFileSync(path, text, 'latin1');
  const { sources } = readConfigFiles([path]);
  const { diagnostics } = parseHaproxyCfg(sources, { environment, facts });
  const messages = diagnostics.filter(
    ({ severity, problem }) => (severity === 'notice' || severity === 'warning') && problem.startsWith("'"),
  );
  return {
    isRefused: diagnostics.some(({ severity }) => severity === 'error'),
    messages: messages.map(({ problem }) => byteStringOf(problem.slice(1, -1))),
  };
}

/** The facts of the HAProxy that is installed, as far as its conditions can ask for them; asked once. */
function factsOfHaproxy(): ConditionFacts {
  facts ??= askForFacts();
  return facts;
}

let facts: ConditionFacts | undefined;

function askForFacts(): ConditionFacts {
  const { output } = haproxy(['-vv']);
  return {
    version: /^HAProxy version (\S+)/.exec(output)![1]!,
    features: new Set(
      [.../^Feature list : (.*)$/m.exec(output)![1]!.matchAll(/\+(\S+)/g)].map((match) => match[1]!),
    ),
    enabled: new Set(),
    sslLibrary: { name: 'OpenSSL', version: '3.0.22' },
    awslcApi: null,
    isFipsMode: false,
  };
}

describe('a word is what HAProxy makes of it', { skip }, () => {
  const words = [
    'a',
    'a\\ b',
    'a\\#b',
    'a#b',
    '#b',
    'a\\\\b',
    '\\\'\\"',
    'a\\qb',
    'a\\$A',
    '$A',
    '${A}',
    'a\\',
    'a\\\\',
    '\\ ',
    '\\x41\\x4a\\x7e',
    'a\\x4g',
    'a\\x4',
    'a\\x',
    '\\xe9\\xff',
    '\\xc3\\xa9',
    'a\\x00b',
    '\xe9',
    '"a b"',
    '"a',
    '"a\\',
    '"a\\"',
    '"a\tb#\'"',
    '"\\q\\$\\#\\ \\\'\\"\\\\\\x41"',
    '"\\\t"',
    '"a\\x4"',
    '""',
    'a""b',
    'a"b c"d',
    '"a""b"',
    '"#"',
    '"a\rb"',
    'a\rb',
    'a \r',
    '\r',
    "'a b'",
    "'a",
    "'a\\'",
    "'a\\x41$A\"'",
    "''",
    '\'a\'"b"c',
    "'a\rb'",
    '"$A-$EMPTY-$UNSET"',
    '"${A}x${UNSET-def}y${EMPTY-def}"',
    '"${UNSET-a b}"',
    '"${UNSET-}"',
    '"${UNSET-a"b#\'}"',
    '"${UNSET-a\\}b}"',
    '"${UNSET-${A}}"',
    '"${UNSET-\\x41}"',
    '"$A.B"',
    '"$AB"',
    '"$_"',
    '"$QUOTED"',
    '"$LIST"',
    '"\\$A"',
    '"$1"',
    '"$"',
    '"$ a"',
    '"${1}"',
    '"${}"',
    '"${A"',
    '"${A',
    '"${A-b"',
    '"${A.B}"',
    '"${A+b}"',
    '"$\xe9"',
    '"${A[*}"',
    '"${A[0]}"',
    '"${A [*]}"',
    '"${A[*]x}"',
    '"${A[*]}"',
    '"${EMPTY[*]}"',
    '"${UNSET[*]-x}"',
    '"x" "$UNSET"',
    '"x" "${EMPTY[*]}"',
    '"${LIST[*]}"',
    '"${.LINE}$.SECTION"',
    '"${.FOO}"',
    '"$."',
    '"${.LINE-x}"',
    'a b',
    '"a" b',
    "a 'b'",
    'a # b',
    'a\vb',
    'a\fb',
    'a\0b',
  ];
  for (const word of words)
    it(`.notice ${JSON.stringify(word)}`, () => {
      const theirs = askHaproxy(`global\n .notice ${word}\n`);
      const ours = askOurselves(`global\n .notice ${word}\n`, factsOfHaproxy());
      assert.equal(ours.isRefused, theirs.isRefused);
      if (!theirs.isRefused) assert.deepEqual(ours.messages, theirs.messages);
    });
});

describe('lists become the same words', { skip }, () => {
  const cases = [
    '"${LIST[*]}"',
    '"x${LIST[*]}y"',
    '"x${PADDED[*]}y"',
    '"x""${PADDED[*]}""y"',
    '"${LIST[*]}${LIST[*]}"',
    '"${QUOTED[*]}z"',
    '"p ${LIST[*]} q"',
  ];
  for (const text of cases)
    it(text, () => {
      const joined = /unparsable conditional expression 'zzz (.*)' in '\.if'/.exec(
        haproxyOutput(`.if zzz ${text}\n.endif\n`),
      )![1]!;
      const { document } = parseHaproxyCfg([{ file: 't.cfg', text: `global\n zzz ${text}\n` }], {
        environment,
        facts: factsOfHaproxy(),
      });
      assert.equal(
        document.sections[0]!.statements[0]!.words.slice(1)
          .map((word) => word.text)
          .join(' '),
        joined,
      );
    });
});

function haproxyOutput(text: string): string {
  const path = join(folder, 't.cfg');
  writeFileSync(path, text, 'latin1');
  return haproxy(['-c', '-f', path]).output;
}

describe('conditional blocks give the same messages', { skip }, () => {
  const blocks = [
    '.if 0\n.notice a\n.elif 1\n.notice b\n.elif 1\n.notice c\n.else\n.notice d\n.endif\n',
    '.if 1\n.if 0\n.notice a\n.else\n.notice b\n.endif\n.endif\n.notice c\n',
    '.if 0\n.if zzz(\n.endif\n.bogus\n.alert x\n.endif\n.notice c\n',
    '.if 1\n.elif zzz(\n.endif\n.notice c\n',
    '.if\n.notice a\n.else\n.notice b\n.endif\n',
    '.if ""\n.notice a\n.endif\n.notice b\n',
    '.if streq("$A", av)\n.notice a\n.else\n.notice b\n.endif\n',
    '.if 1 # c\n.notice a # c\n.endif # c\n',
    '".if" 0\n.notice a\n.endif\n',
    '.if 0\n "abc\n.endif\n',
    `.if 0\n${'x '.repeat(65)}\n.endif\n`,
    '.if 1\n',
    '.endif\n',
    '.else\n',
    '.elif 1\n',
    '.if 1\n.else\n.else\n.endif\n',
    '.if 1\n.else\n.elif 1\n.endif\n',
    '.if 0\n.else x\n.endif\n',
    '.if 0\n.endif x\n',
    '.if zzz\n.endif\n',
    '.if 0\n.elif zzz\n.endif\n',
    '.bogus\n',
    '.\n',
    '.IF 1\n',
    '.alert x\n',
    '.notice\n',
    '.warning "a b"\n',
    'setenv V 1\n.notice "$V"\npresetenv V 2\n.notice "$V"\nunsetenv V\n.notice "${V-none}"\nsetenv P x\nsetenv Q y\nresetenv P\n.notice "${Q-none}$P${PATH-nopath}"\n',
    'setenv "V=B" 1\n',
    'localpeer foo\n.notice "$HAPROXY_LOCALPEER"\n',
    '"" maxconn x\n',
    'maxconn 100 ""\n',
    'description abc',
    '#abc',
    `.notice a${' ""'.repeat(62)}\n`,
    `.notice a${' ""'.repeat(63)}\n`,
  ];
  for (const block of blocks)
    it(JSON.stringify(block.length > 90 ? `${block.slice(0, 90)}…` : block), () => {
      const theirs = askHaproxy(`global\n${block}`);
      const ours = askOurselves(`global\n${block}`, factsOfHaproxy());
      assert.equal(ours.isRefused, theirs.isRefused);
      if (!theirs.isRefused) assert.deepEqual(ours.messages, theirs.messages);
    });
});

describe('-cc gives the same exit code', { skip }, () => {
  /** Left out: `feature()`, and OpenSSL 3, whose numbers HAProxy 2.6 reads wrong; predicates that came later. */
  const conditions = [
    '',
    '0',
    '1',
    '2',
    '-1',
    '00',
    '01',
    '1x',
    '0x',
    '+1',
    ' 1',
    '1 ',
    '! 1',
    '!1',
    '!!1',
    '!',
    '!0',
    '(1)',
    '( 1 )',
    '((1)',
    '(1))',
    '()',
    '(  )',
    '1&&0',
    '1 && 0',
    '1 &&0',
    '1||0',
    '0 || 1',
    '1&&',
    '&&1',
    '1&1',
    '1|1',
    '1 1',
    '(1)(1)',
    '(1)!',
    '1&&!0',
    '!(1&&0)',
    '!1||1',
    '1 || zzz',
    '0 && zzz',
    'zzz',
    'zzz(1)',
    '1 || zzz(',
    '0&&0||1',
    '1||0&&0',
    '99999999999999999999',
    '0.5',
    '1 # x',
    '"1"',
    '$A',
    'Defined(A)',
    'streq(a,a)||',
    '( (1) || (0) ) && 1',
    'defined(A)',
    'defined(Z)',
    'defined(EMPTY)',
    'defined()',
    'defined',
    'defined(A,B)',
    'defined( A )',
    'defined (A)',
    'defined(A',
    'defined(A) ',
    'defined(A)x',
    'defined($A)',
    'feature(OPENSSL)',
    'feature(NOPE)',
    'feature(openssl)',
    'streq(a,a)',
    'streq(a,b)',
    'streq(a)',
    'streq(,)',
    'streq()',
    'streq',
    'streq(a,b,c)',
    'streq("a","a")',
    "streq('a',a)",
    'streq(a\\,b,"a,b")',
    'streq(a b,a b)',
    'streq(a\\ b,a b)',
    'streq(a ,a)',
    'streq("$A",av)',
    'streq(\\"$A\\",av)',
    'streq("a,b)',
    'streq("a""b",ab)',
    'streq(\\"a,b\\",\\"a,b\\")',
    'strneq(a,b)',
    'strneq(a,a)',
    'strneq(a)',
    'version_atleast(2.6-dev0)',
    'version_atleast(2.6)',
    'version_atleast(2)',
    'version_atleast(3)',
    'version_atleast()',
    'version_atleast(x)',
    'version_atleast(2.6.12)',
    'version_atleast(2.6.99)',
    'version_atleast(2.6.12-1)',
    'version_atleast(2.6.12-0)',
    'version_atleast(2.6.12.1)',
    'version_atleast(2.6x)',
    'version_before(2.6)',
    'version_before(2.7-dev1)',
    'version_before(2.6.12-2)',
    'version_before',
    'version_atleast(2.6,3)',
    'ssllib_name_startswith(OpenSSL)',
    'ssllib_name_startswith(open)',
    'ssllib_name_startswith(wolfSSL)',
    'openssl_version_atleast(1.1.1)',
    'openssl_version_atleast(1.1.1zz)',
    'openssl_version_atleast(x)',
    'openssl_version_before(1.1.1)',
  ];
  for (const text of conditions)
    it(JSON.stringify(text), () => {
      const result = evaluateArgument(text, { ...factsOfHaproxy(), environment });
      const ours = 'error' in result ? 2 : result.value ? 0 : 1;
      assert.equal(ours, haproxy(['-cc', text]).status);
    });
});

describe('addresses are accepted and refused as HAProxy does', { skip }, () => {
  /** Names are left out, for HAProxy resolves them at once; and descriptors, for it looks whether they are sockets. */
  const addresses = [
    '*:80',
    ':80',
    '80',
    '*',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:0',
    '127.0.0.1:65535',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '127.0.0.1:80-89',
    '127.0.0.1:89-80',
    '127.0.0.1:80-80',
    '127.0.0.1:80-',
    '127.0.0.1:+80',
    '127.0.0.1:80-65536',
    '127.0.0.1:a',
    '127.0.0.1:080',
    ':::80',
    '::1:80',
    '[::1]:80',
    '[::]:80',
    '[::1]',
    '::1',
    '::',
    '[::1]80',
    '[::1',
    '[]:80',
    '[*]:80',
    '[127.0.0.1]:80',
    'fe80::1%lo:80',
    'ipv4@:80',
    'ipv4@*:80',
    'ipv6@:80',
    'ipv6@*:80',
    'ipv6@:::80',
    'ipv4@::1:80',
    'ipv6@127.0.0.1:80',
    'ip@:80',
    'ip@127.0.0.1:80',
    'ipv4@[127.0.0.1]:80',
    'tcp@:80',
    'tcp4@:80',
    'tcp6@:80',
    'tcp4@[::1]:80',
    'udp@:80',
    'udp4@:80',
    'udp6@:80',
    'stream+ipv4@:80',
    'stream+ip@:80',
    'dgram+ip@:80',
    'stream+unix@/tmp/x',
    'stream+:80',
    'stream+tcp@:80',
    'unix@/tmp/x',
    'unix@x',
    'uxst@/tmp/x',
    'abns@x',
    'fd@',
    'fd@a',
    'fd@-1',
    'fd@3:80',
    'fd@1x',
    'sockpair@',
    'sockpair@a',
    '/tmp/x',
    '/tmp/x:80',
    `/${'a'.repeat(200)}`,
    'bogus@:80',
    'bogus@127.0.0.1:80',
    'IPV4@:80',
    '1.2.3:80',
    '0:80',
    '1.2.3.4.5:80',
    '256.1.1.1:80',
    '::ffff:1.2.3.4:80',
    '1::2::3:80',
    '-:80',
    '127.0.0.1:80:81',
    '*:*',
    '0.0.0.0:80',
    '+80',
    'ipv4@/tmp/x',
    'unix@:80',
    '127.0.0.1:80,127.0.0.1:81',
    ',127.0.0.1:80',
    '127.0.0.1:80,,127.0.0.1:81',
    '/tmp/a,/tmp/b',
    '*:80-81,:82',
  ];
  const proxy = ['defaults', 'mode http', 'timeout client 1s', 'timeout server 1s', 'timeout connect 1s'];
  const statements = [
    {
      name: 'bind',
      rules: BIND_ADDRESS,
      head: [...proxy, 'listen l'],
      line: (address: string) => `bind ${address}`,
    },
    {
      name: 'server',
      rules: SERVER_ADDRESS,
      head: [...proxy, 'backend l'],
      line: (address: string, i: number) => `server s${i} ${address}`,
    },
    {
      name: 'source',
      rules: SOURCE_ADDRESS,
      head: [...proxy, 'backend l'],
      line: (address: string) => `source ${address}`,
    },
    { name: 'log', rules: LOG_ADDRESS, head: ['global'], line: (address: string) => `log ${address} local0` },
    {
      name: 'nameserver',
      rules: NAMESERVER_ADDRESS,
      head: ['resolvers r'],
      line: (address: string, i: number) => `nameserver n${i} ${address}`,
    },
  ];
  /** HAProxy looks for the socket of a nameserver, and so for the path. */
  const isOfPath = (address: string): boolean => /^(\/|.*(unix|uxst|abns)@)/.test(address);
  for (const { name, rules, head, line } of statements)
    it(name, () => {
      const asked = addresses.filter((address) => name !== 'nameserver' || !isOfPath(address));
      const refusedByUs = asked.filter((address) => {
        const parts = name === 'bind' ? splitAddresses(address) : [address];
        return parts.some((part) => typeof parseAddress(part, rules) === 'string');
      });
      const refused = refusedLines(head, asked.map(line));
      assert.deepEqual(
        refusedByUs,
        asked.filter((_, i) => refused.has(i)),
      );
    });
});

/** The indices of lines that HAProxy complains of; those it finds in a later pass come when the others are gone. */
function refusedLines(head: readonly string[], lines: readonly string[]): Set<number> {
  const refused = new Set<number>();
  for (let before = -1; before < refused.size; ) {
    before = refused.size;
    const text = [...head, ...lines.map((line, i) => (refused.has(i) ? '' : line)), ''].join('\n');
    for (const match of haproxyOutput(text).matchAll(/^\[ALERT\].*? \[[^\]]*t\.cfg:(\d+)\]/gm))
      refused.add(Number(match[1]) - head.length - 1);
  }
  return refused;
}
