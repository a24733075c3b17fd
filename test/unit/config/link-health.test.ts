/** What the linker says of health checks: HAProxy's words where it has some. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, linkText } from '../../support/link-text.ts';

function problemsOf(lines: readonly string[]): string[] {
  const { diagnostics } = linkText(`
defaults
  mode http
  timeout client 1s
  timeout server 1s
  timeout connect 1s
backend b
${lines.map((line) => (line.startsWith('backend') ? line : `  ${line}`)).join('\n')}
`);
  return describe(diagnostics);
}

const server = 'server s 10.0.0.1:80 check';

for (const [what, lines, problem] of [
  [
    'a connection that is not the first step',
    ['option httpchk', 'http-check send', 'http-check connect', server],
    /http-check connect.*|first step MUST also be a 'connect'/,
  ],
  [
    'the same of tcp-check',
    ['option tcp-check', 'tcp-check send a', 'tcp-check connect', server],
    /first step MUST also be a 'connect'/,
  ],
  [
    'a second request on one connection',
    ['option httpchk', 'http-check send', 'http-check expect status 200', 'http-check send', server],
    /unable to add http-check send rule at step 3 \(missing connect rule\)/,
  ],
  [
    'an expectation without a request',
    ['option httpchk', 'http-check connect', 'http-check expect status 200', server],
    /unable to add http-check expect rule at step 2 \(missing send rule\)/,
  ],
  [
    'tcp-check lines without their option',
    ['tcp-check send a', server],
    /uses tcp-check rules without 'option tcp-check', so the rules are ignored/,
  ],
  [
    'http-check lines beside option tcp-check',
    ['option tcp-check', 'http-check expect status 200', server],
    /uses http-check rules without 'option httpchk', so the rules are ignored/,
  ],
  [
    'a match of the other kind',
    ['option tcp-check', 'tcp-check expect status 200', server],
    /'status' is not a match of this check/,
  ],
  [
    'an unknown option of expect',
    ['option httpchk', 'http-check expect status 200 colour red', server],
    /unknown argument 'colour'/,
  ],
  [
    'a status that a failure cannot have',
    ['option httpchk', 'http-check expect status 200 error-status L7OK', server],
    /'L7OK' is not a value of <error-status>/,
  ],
  [
    'a regular expression that is none',
    ['option httpchk', 'http-check expect rstring (', server],
    /is not a regular expression/,
  ],
  [
    'a header without a name',
    ['option httpchk', 'http-check expect hdr x-a', server],
    /'name' or 'name-lf' is missing/,
  ],
  [
    'a regex made from a format',
    ['option httpchk', 'http-check expect hdr name-lf -m reg a', server],
    /cannot be used with the regex matching method/,
  ],
  [
    'hexadecimal digits that are odd',
    ['option tcp-check', 'tcp-check expect binary 123', server],
    /not an even number of hexadecimal digits/,
  ],
  [
    'variables in checks',
    ['option tcp-check', 'tcp-check set-var(check.a) int(4)', server],
    /does not support yet/,
  ],
  ['checks over TLS', ['option tcp-check', 'tcp-check connect ssl', server], /ssl/],
  ['an agent without a port', ['server s 10.0.0.1:80 agent-check'], /does not have agent port/],
  [
    'observe layer7 in TCP mode',
    ['mode tcp', `${server} observe layer7`],
    /'layer7' can only be used in http proxies/,
  ],
  [
    'a server that tracks itself',
    ['server s 10.0.0.1:80 track s'],
    /unable to track b\/s as it belongs to a tracking chain looping back to b\/s/,
  ],
  [
    'a loop of two',
    ['server s 10.0.0.1:80 track t', 'server t 10.0.0.1:80 track s'],
    /tracking chain looping back/,
  ],
  ['tracking nobody', ['server s 10.0.0.1:80 track zz'], /unable to find required server 'zz' for tracking/],
  [
    'tracking in no backend',
    ['server s 10.0.0.1:80 track zz/s'],
    /unable to find required proxy 'zz' for tracking/,
  ],
  [
    'tracking an unchecked server',
    ['server s 10.0.0.1:80 track t', 'server t 10.0.0.1:80'],
    /unable to use b\/t for tracking as it does not have any check nor agent enabled/,
  ],
  [
    'tracking and checking',
    [server, 'server t 10.0.0.1:80 check track s'],
    /unable to enable checks and tracking at the same time!/,
  ],
  [
    'disable-on-404 on one side',
    ['option httpchk', 'http-check disable-on-404', 'server t 10.0.0.1:80 track c/s', 'backend c', server],
    /disable-on-404 option inconsistency/,
  ],
] as const) {
  test(`refused or warned of: ${what}`, () => {
    const problems = problemsOf(lines);
    assert.ok(
      problems.some((text) => problem.test(text)),
      problems.join('\n') || 'nothing was said',
    );
  });
}

for (const [what, lines] of [
  [
    'connections before each request',
    [
      'option httpchk',
      'http-check comment a',
      'http-check connect',
      'http-check send',
      'http-check connect',
      'http-check send',
      server,
    ],
  ],
  [
    'tcp-check lines without a connection',
    ['option tcp-check', 'tcp-check send a', 'tcp-check expect string b', server],
  ],
  [
    'a chain across backends',
    [
      'server s 10.0.0.1:80 track c/t',
      'backend c',
      'server t 10.0.0.1:80 track u',
      'server u 10.0.0.1:80 check',
    ],
  ],
  [
    'tracking a server that only an agent tells of',
    ['server s 10.0.0.1:80 track t', 'server t 10.0.0.1:80 agent-check agent-port 5'],
  ],
  ['an agent on the port of the checks', ['server s 10.0.0.1:80 check port 7 agent-check']],
  [
    'check options of default-server taken back',
    ['default-server check agent-check agent-port 5', 'server s 10.0.0.1:80 no-check no-agent-check'],
  ],
  [
    'options about errors and marks',
    [
      `${server} observe layer4 error-limit 5 on-error fastinter on-marked-down shutdown-sessions on-marked-up shutdown-backup-sessions`,
    ],
  ],
] as const) {
  test(`accepted: ${what}`, () => assert.deepEqual(problemsOf(lines), []));
}
