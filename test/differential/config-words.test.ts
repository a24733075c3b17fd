/**
 * The words of our diagnostics: where HAProxy's phrase says it as clearly, ours has it too, so that scripts and people
 * who search for it find it. Each phrase is looked for in what both programs say of the same text.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfiguration } from '../../config/load.ts';
import { TEST_FACTS } from '../support/link-text.ts';
import { findProgram, skipUnless } from '../support/oracle.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-words-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const QUIET = 'defaults\n mode http\n timeout client 1s\n timeout connect 1s\n timeout server 1s\n';
const FRONTEND = `${QUIET}frontend fe\n bind 127.0.0.1:18000\n`;
const BACKEND = `${QUIET}backend be\n`;

const PHRASES: readonly (readonly [phrase: string, text: string])[] = [
  ["Proxy 'fe': unable to find required default_backend: 'nowhere'", `${FRONTEND} default_backend nowhere\n`],
  ["Proxy 'fe': unable to find required use_backend: 'nowhere'", `${FRONTEND} use_backend nowhere if TRUE\n`],
  [
    "Proxy 'l': loop detected for default_backend: 'l'",
    `${QUIET}listen l\n bind 127.0.0.1:18000\n default_backend l\n`,
  ],
  ["unknown keyword 'serverr' in 'backend' section", `${BACKEND} serverr s1 127.0.0.1:1\n`],
  ["unknown keyword 'nbthread' in 'backend' section", `${BACKEND} nbthread 2\n`],
  ["unknown keyword 'retries' in 'global' section", `global\n retries 3\n${BACKEND}`],
  ["unknown option 'foo'", `${BACKEND} option foo\n`],
  ["unknown keyword 'cheek'", `${BACKEND} server s 127.0.0.1:1 cheek\n`],
  ["unknown keyword 'tfoo'", `${FRONTEND} bind 127.0.0.1:18001 tfoo\n`],
  ["unknown keyword 'foo' out of section", 'foo bar\n'],
  ["unknown proxy mode 'foo'", `${BACKEND} mode foo\n`],
  ["frontend 'fe' has the same name as frontend 'fe' declared at", `${FRONTEND}frontend fe\n bind :18001\n`],
  [
    "another server named 's' was already defined at line 7, please use distinct names",
    `${BACKEND} server s 127.0.0.1:1\n server s 127.0.0.1:2\n`,
  ],
  ['custom id 3 already used at', `${BACKEND} server a 127.0.0.1:1 id 3\n server b 127.0.0.1:2 id 3\n`],
  ['custom id 3 already used at', `${FRONTEND} bind :18001 id 3\n bind :18002 id 3\n`],
  [
    'proxy b reuses same custom id as proxy a (declared at',
    `${QUIET}listen a\n bind :18001\n id 5\nlisten b\n bind :18002\n id 5\n`,
  ],
  [
    "'server' not allowed because frontend 'fe' has no backend capability",
    `${FRONTEND} server s 127.0.0.1:1\n`,
  ],
  ["'bind' not allowed in 'defaults' section", 'defaults\n bind :18001\n'],
  ["'http-request' not allowed in anonymous 'defaults' section", `${QUIET} http-request deny\n`],
  ["'retries' ignored because frontend 'fe' has no backend capability", `${FRONTEND} retries 3\n`],
  ["defaults section 'nope' not found for frontend 'a'", 'frontend a from nope\n bind :18001\n'],
  [
    "ambiguous defaults section name 'a' referenced by frontend 'f' exists at least at",
    'defaults a\n mode http\ndefaults a\n mode http\nfrontend f from a\n bind :18001\n',
  ],
  ["'frontend' expects an <id> argument", 'frontend\n bind :18001\n'],
  ["character ' ' is not permitted in 'frontend' name 'a b'", "frontend 'a b'\n bind :18001\n"],
  ["no such ACL : 'foo'", `${FRONTEND} http-request deny if foo\n`],
  ["unknown fetch method 'nosuchfetch' in ACL expression", `${FRONTEND} acl a nosuchfetch x\n`],
  [
    "previous 'http-request' action is final and has no condition attached, further entries are NOOP",
    `${FRONTEND} http-request deny\n http-request allow\n`,
  ],
  [
    "a 'http-request' rule placed after a 'use_backend' rule will still be processed before",
    `${FRONTEND} use_backend b if TRUE\n http-request deny\nbackend b\n`,
  ],
  ["as its default backend (see 'mode')", `${FRONTEND} default_backend b\nbackend b\n mode tcp\n`],
  ["in a 'use_backend' rule (see 'mode')", `${FRONTEND} use_backend b if TRUE\nbackend b\n mode tcp\n`],
  ["missing timeouts for frontend 'fe'", 'frontend fe\n bind :18001\n'],
  ["frontend 'fe' has no 'bind' directive", `${QUIET}frontend fe\n`],
  ["log format ignored for frontend 'fe' since it has no log address", `${FRONTEND} option httplog\n`],
  ["negation/default is not supported for option 'httplog'", `${FRONTEND} no option httplog\n`],
  ['negation/default currently supported only for options, log', `${FRONTEND} no timeout client\n`],
  ["cannot handle unexpected argument '6'", `${FRONTEND} maxconn 5 6\n`],
  ["missing closing '}'", `${FRONTEND} http-request deny if { path /\n`],
  ["could not resolve address 'name.invalid'", `${BACKEND} server s name.invalid:80\n`],
  ["server 's' has neither service port nor check port", `${BACKEND} server s 127.0.0.1 check\n`],
  ["invalid port '99999'", `${BACKEND} server s 127.0.0.1:99999\n`],
];

describe("diagnostics have HAProxy's words", { skip: skipUnless('haproxy') }, () => {
  for (const [phrase, text] of PHRASES) {
    it(phrase, async () => {
      const file = join(folder, 'test.cfg');
      writeFileSync(file, text);
      const { stdout, stderr } = spawnSync(findProgram('haproxy')!, ['-c', '-f', file], {
        encoding: 'latin1',
      });
      assert.ok((stdout + stderr).includes(phrase), stdout + stderr);
      const ours = await loadConfiguration({ files: [file], environment: new Map(), facts: TEST_FACTS });
      const problems = ours.diagnostics.map(({ problem }) => problem);
      assert.ok(
        problems.some((problem) => problem.includes(phrase)),
        problems.join('\n'),
      );
    });
  }
});
