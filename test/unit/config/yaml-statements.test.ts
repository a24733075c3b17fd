/** What the keys and values of YAML become: the words of statements. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linesOf } from '../../support/yaml-text.ts';

/** The statements of one frontend. */
function inFrontend(body: string, environment = new Map<string, string>()): string[] {
  const indented = body.replaceAll(/^/gm, '    ');
  return linesOf(`frontends:\n  www:\n${indented}\n`, { environment })
    .slice(1)
    .map((line) => line.trimStart());
}

function inBackend(body: string): string[] {
  return linesOf(`backends:\n  web:\n${body.replaceAll(/^/gm, '    ')}\n`)
    .slice(1)
    .map((line) => line.trimStart());
}

describe('sections', () => {
  it('come from maps by name, global first and defaults second wherever they stand', () => {
    assert.deepEqual(
      linesOf(
        'backends: { b: {} }\nfrontends: { f: null }\nlistens: { l: }\ndefaults: { mode: http }\nglobal: { maxconn: 5 }\n',
      ),
      ['global', '  maxconn|5', 'defaults', '  mode|http', 'backend b', 'frontend f', 'listen l'],
    );
  });

  it('take their defaults by name', () => {
    assert.deepEqual(
      linesOf(
        'defaults:\n- name: base\n  mode: http\n- { name: long, from: base }\n- mode: tcp\nfrontends: { f: { from: long } }\n',
      ),
      [
        'defaults base',
        '  mode|http',
        'defaults long from base',
        'defaults',
        '  mode|tcp',
        'frontend f from long',
      ],
    );
  });

  it('keep their order in a list of proxies', () => {
    assert.deepEqual(
      linesOf('proxies:\n- { backend: b, mode: tcp }\n- frontend: f\n  from: d\n- listen: b\n'),
      ['backend b', '  mode|tcp', 'frontend f from d', 'listen b'],
    );
  });

  it('may be absent: an empty file has none', () => {
    assert.deepEqual(linesOf(''), []);
    assert.deepEqual(linesOf('# nothing\n'), []);
    assert.deepEqual(linesOf('global:\nfrontends:\nproxies:\n'), ['global']);
  });

  it('leave keys that begin with x- to anchors', () => {
    assert.deepEqual(linesOf('x-check: &c check inter 5s\nbackends: { b: { default-server: *c } }\n'), [
      'backend b',
      '  default-server|check|inter|5s',
    ]);
  });
});

describe('keywords', () => {
  const cases: readonly (readonly [what: string, yaml: string, lines: readonly string[]])[] = [
    ['of one word take a scalar', 'mode: http\nmaxconn: 100\n', ['mode|http', 'maxconn|100']],
    ['keep numbers as they are written', 'maxconn: 0100\nid: 0x10\n', ['maxconn|0100', 'id|0x10']],
    [
      'of several words nest',
      'timeout: { client: 30s, http-request: 5s }',
      ['timeout|client|30s', 'timeout|http-request|5s'],
    ],
    [
      'stand in a list of a group',
      'option: [httplog, dontlognull]',
      ['option|httplog', 'option|dontlognull'],
    ],
    [
      'stand in a list of a group with arguments',
      'option: ["httplog clf", { forwardfor: { header: X } }]',
      ['option|httplog|clf', 'option|forwardfor|header|X'],
    ],
    [
      'are on or off',
      'option: { httplog: true, dontlognull: false }',
      ['option|httplog', 'no|option|dontlognull'],
    ],
    ['are lines of a list', 'bind: [":80", ":81 name x"]', ['bind|:80', 'bind|:81|name|x']],
    [
      'that are a keyword and a group too',
      'log: [global, { target: 127.0.0.1, levels: local0 notice }]',
      ['log|global', 'log|127.0.0.1|local0|notice'],
    ],
    ['can empty a list', 'log: false', ['no|log']],
    ['that nobody knows go on as they are', 'nosuch: { a: 1 }\nother: x y\n', ['nosuch', 'other|x|y']],
    [
      'that HAProxy knows nest all the same',
      'stats: { uri: /x, enable: true }',
      ['stats|uri|/x', 'stats|enable'],
    ],
  ];
  for (const [what, yaml, lines] of cases) it(what, () => assert.deepEqual(inFrontend(yaml), lines));

  it('of ACLs come before all others', () => {
    assert.deepEqual(inFrontend('http-request: [deny if a]\nacl: { a: path /x }\n'), [
      'acl|a|path|/x',
      'http-request|deny|if|a',
    ]);
  });

  it('of a name have several lines in a list', () => {
    assert.deepEqual(inFrontend('acl:\n  a: [path /x, src 10.0.0.1]\n  b: method GET\n'), [
      'acl|a|path|/x',
      'acl|a|src|10.0.0.1',
      'acl|b|method|GET',
    ]);
  });

  it('keep their order among lines', () => {
    assert.deepEqual(
      inBackend(
        'lines:\n- default-server check\n- server a 10.0.0.1:80\n- default-server: inter 5s\n- server: { b: 10.0.0.2:80 }\n- "no option redispatch"\n',
      ),
      [
        'default-server|check',
        'server|a|10.0.0.1:80',
        'default-server|inter|5s',
        'server|b|10.0.0.2:80',
        'no|option|redispatch',
      ],
    );
  });
});

describe('arguments', () => {
  it('are a text or a map, of servers', () => {
    assert.deepEqual(
      inBackend(
        'server:\n  a: 10.0.0.1:80 check weight 5\n  b: { weight: 5, address: 10.0.0.2:80, check: true, backup: false }\n  c: { address: 10.0.0.3, init-addr: [last, none] }\n',
      ),
      [
        'server|a|10.0.0.1:80|check|weight|5',
        'server|b|10.0.0.2:80|weight|5|check|no-backup',
        'server|c|10.0.0.3|init-addr|last,none',
      ],
    );
  });

  it('are keys beside the address, of binds', () => {
    assert.deepEqual(inFrontend('bind: { address: [":80", ":81"], name: x, maxconn: 10, v6only: true }'), [
      'bind|:80,:81|name|x|maxconn|10|v6only',
    ]);
  });

  it('of rules stand in one text, or in a map whose condition stands inside or beside it', () => {
    assert.deepEqual(
      inFrontend(
        [
          'http-request:',
          '- deny deny_status 429 if { path "/a b" }',
          '- deny: true',
          '- deny: deny_status 500',
          '- set-header: { fmt: a b, name: X, if: "{ ssl_fc }" }',
          '- set-header: { name: X, fmt: y }',
          '  unless: is_x is_y',
          '- return: { status: 200, hdr: [{ name: A, value: b c }, { name: D, value: e }], string: ok }',
          '- del-header: X-Y',
        ].join('\n'),
      ),
      [
        'http-request|deny|deny_status|429|if|{|path|/a b|}',
        'http-request|deny',
        'http-request|deny|deny_status|500',
        'http-request|set-header|X|a b|if|{|ssl_fc|}',
        'http-request|set-header|X|y|unless|is_x|is_y',
        'http-request|return|status|200|string|ok|hdr|A|b c|hdr|D|e',
        'http-request|del-header|X-Y',
      ],
    );
  });

  it('of rules of two words nest', () => {
    assert.deepEqual(inFrontend('tcp-request: { connection: [accept, { reject: true, if: a }] }'), [
      'tcp-request|connection|accept',
      'tcp-request|connection|reject|if|a',
    ]);
  });

  it('of choices have a condition in the same map', () => {
    assert.deepEqual(inFrontend('use_backend: [{ backend: api, if: is_api }, web]'), [
      'use_backend|api|if|is_api',
      'use_backend|web',
    ]);
  });

  it('that are one word keep their blanks and quotes', () => {
    assert.deepEqual(inFrontend('log-format: "%ci [%tr] \\"x\\""\nlog-tag: it\'s a tag\n'), [
      'log-format|%ci [%tr] "x"',
      "log-tag|it's a tag",
    ]);
  });

  it('that are several words are cut as lines of haproxy.cfg are, but for #', () => {
    assert.deepEqual(inFrontend('description: a "b c" \'d e\' f\\ g # h\n'), ['description|a|b c|d e|f g']);
    assert.deepEqual(inFrontend('description: "a # b"\n'), ['description|a|#|b']);
    assert.deepEqual(inFrontend('description: |\n  a\n  b\n'), ['description|a|b']);
    assert.deepEqual(inFrontend('description: [a b, c]\n'), ['description|a b|c']);
  });
});

describe('variables', () => {
  const environment = new Map([
    ['PORT', '80'],
    ['LIST', 'a b'],
    ['EMPTY', ''],
  ]);

  it('are replaced in words as in double quotes', () => {
    assert.deepEqual(inFrontend('log-tag: "${PORT}-$PORT-${NONE-x y}-\\\\$PORT"', environment), [
      'log-tag|80-80-x y-$PORT',
    ]);
  });

  it('are replaced in cut texts in double quotes only', () => {
    assert.deepEqual(inFrontend('bind: \':"$PORT" name $NONE\'', environment), ['bind|:80|name|$NONE']);
  });

  it('of lists become several words', () => {
    assert.deepEqual(inFrontend('description: \'"${LIST[*]}" "${EMPTY[*]}" c\'', environment), [
      'description|a|b|c',
    ]);
  });

  it('that the global section sets count for what follows', () => {
    assert.deepEqual(
      linesOf('global:\n  setenv: { A: hello world }\n  log-tag: $A\ndefaults:\n  log-tag: $A\n'),
      ['global', '  setenv|A|hello world', '  log-tag|hello world', 'defaults', '  log-tag|hello world'],
    );
  });

  it('have the line and the section of the value', () => {
    assert.deepEqual(inFrontend('mode: http\nlog-tag: ${.LINE}-${.SECTION}\n'), [
      'mode|http',
      'log-tag|4-www',
    ]);
  });
});
