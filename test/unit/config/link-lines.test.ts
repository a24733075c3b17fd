/** Bind, server and default-server lines, error pages, and what is read from files. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkText, problemsOf, proxiesOf } from '../../support/link-text.ts';

const bindsOf = (text: string) => proxiesOf(text)['x']!.binds;
const serversOf = (text: string) => proxiesOf(text)['x']!.servers;

describe('bind lines', () => {
  it('are one listener for each address and port, with ids and names counted', () => {
    const binds = bindsOf('listen x\n bind :8001-8003,127.0.0.1:9000\n bind /tmp/s name local\n');
    assert.deepEqual(
      binds.map(({ id, name, address }) => [id, name, address.host, address.portLow, address.portHigh]),
      [
        [1, 'sock-1', '', 8001, 8001],
        [2, 'sock-2', '', 8002, 8002],
        [3, 'sock-3', '', 8003, 8003],
        [4, 'sock-4', '127.0.0.1', 9000, 9000],
        [5, 'local', '/tmp/s', 0, 0],
      ],
    );
  });

  it('with an id of their own move the counting on, as in HAProxy', () => {
    const binds = bindsOf('listen x\n bind :1\n bind :2 id 7\n bind :3\n');
    assert.deepEqual(
      binds.map(({ id, name }) => [id, name]),
      [
        [1, 'sock-1'],
        [7, 'sock-7'],
        [3, 'sock-3'],
      ],
    );
  });

  it('cannot share an id', () => {
    assert.deepEqual(problemsOf('listen x\n bind :1,:2 id 3\n'), [
      "'id' can only be used with a single socket",
    ]);
    assert.deepEqual(problemsOf('listen x\n bind :1 id 3\n bind :2 id 3\n'), [
      "'bind': 'id' : custom id 3 already used at test.cfg:2",
    ]);
  });

  it('take owner and mode of unix sockets from unix-bind, and its prefix, where they say nothing themselves', () => {
    const text =
      'global\n unix-bind prefix /jail mode 600 user app\n stats socket /tmp/api\nlisten x\n bind /tmp/s mode 660\n';
    assert.deepEqual(
      bindsOf(text).map(({ address, options }) => [address.host, options.mode, options.user]),
      [['/jail/tmp/s', 0o660, 'app']],
    );
    assert.deepEqual(
      linkText(text).model?.global.statsSockets?.map(({ address, options }) => [address.host, options.mode]),
      [['/tmp/api', 0o600]],
    );
  });

  const refused: readonly (readonly [line: string, part: string])[] = [
    ['bind', 'missing <address>'],
    ['bind 127.0.0.1', 'missing port'],
    ['bind :99999', "invalid port '99999'"],
    ['bind :1 tfoo', "unknown keyword 'tfoo' of a bind line"],
    ['bind :1 ssl crt x.pem', "'ssl' is a HAProxy keyword that Fairlead does not support yet"],
    ['bind :1 maxconn', 'missing <maxconn>'],
    ['bind :1 level boss', "'boss' is not a value of <level>"],
  ];
  for (const [line, part] of refused) {
    it(`'${line}' is refused`, () => {
      const [problem, ...others] = problemsOf(`listen x\n ${line}\n`);
      assert.ok(problem?.includes(part), `${problem}`);
      assert.deepEqual(others, []);
    });
  }
});

describe('server lines', () => {
  it('start from the default-server lines above them, of the defaults too, each option by itself', () => {
    const servers = serversOf(
      'defaults\n default-server inter 2s check\nlisten x\n server a 127.0.0.1:1\n default-server weight 5 no-check\n server b 127.0.0.1:2 weight 7\n server c 127.0.0.1:3 check\n',
    );
    assert.deepEqual(
      servers.map(({ options }) => options),
      [
        { interMs: 2000, isChecked: true },
        { interMs: 2000, isChecked: false, weight: 7 },
        { interMs: 2000, isChecked: true, weight: 5 },
      ],
    );
  });

  it('have ids counted as in HAProxy', () => {
    const text =
      'listen x\n server s1 127.0.0.1:1\n server s2 127.0.0.1:1 id 1\n server s3 127.0.0.1:1 id 4\n server s4 127.0.0.1:1\n server s5 127.0.0.1:1\n';
    assert.deepEqual(
      serversOf(text).map(({ id }) => id),
      [2, 1, 4, 5, 6],
    );
  });

  it('know their host at once, but for names', () => {
    const servers = serversOf(
      'listen x\n server a 10.0.0.1:1\n server b /tmp/s\n server c app.example.com:1\n server d [::1]:1\n',
    );
    assert.deepEqual(
      servers.map(({ resolvedHost }) => resolvedHost),
      ['10.0.0.1', '/tmp/s', null, '::1'],
    );
  });

  it('cannot share a name or an id', () => {
    assert.deepEqual(problemsOf('listen x\n server a 127.0.0.1:1\n server a 127.0.0.1:2\n'), [
      "proxy 'x', another server named 'a' was already defined at line 2, please use distinct names",
    ]);
    assert.deepEqual(problemsOf('listen x\n server a 127.0.0.1:1 id 2\n server b 127.0.0.1:2 id 2\n'), [
      "'server x/b' : 'id' : custom id 2 already used at test.cfg:2",
    ]);
  });

  it('that are checked need a port for it', () => {
    assert.deepEqual(problemsOf('listen x\n server a 127.0.0.1 check\n'), [
      "proxy 'x': server 'a' has neither service port nor check port",
    ]);
    assert.deepEqual(problemsOf('listen x\n server a 127.0.0.1 check port 80\n server b /tmp/s check\n'), []);
  });

  it('options that tell servers apart are refused on default-server lines', () => {
    assert.deepEqual(problemsOf('listen x\n default-server id 3\n'), [
      "'default-server': 'id' is not accepted on a default-server line",
    ]);
  });

  const refused: readonly (readonly [line: string, part: string])[] = [
    ['server', 'missing <name>'],
    ['server a', 'missing <address>'],
    ['server a/b 127.0.0.1:1', "character '/' is not permitted in <name>"],
    ['server a 127.0.0.1:1 cheek', "unknown keyword 'cheek' of a server line"],
    ['server a 127.0.0.1:1 cookie c', "'cookie' is a HAProxy keyword that Fairlead does not support yet"],
    ['server a 127.0.0.1:1 weight 257', '257 is out of range for <weight>'],
    ['server a 127.0.0.1:1 inter 0', '0 is below the minimum'],
    ['balance foo', "unknown balance algorithm 'foo'"],
    ['balance sticky', "'balance sticky' is a HAProxy keyword that Fairlead does not support yet"],
    ['balance roundrobin x', "cannot handle unexpected argument 'x'"],
    [
      'http-request set-var(txn.x) path',
      "'http-request set-var' is a HAProxy keyword that Fairlead does not support yet",
    ],
    ['http-request dney', "unknown action 'dney'"],
  ];
  for (const [line, part] of refused) {
    it(`'${line}' is refused`, () => {
      const [problem, ...others] = problemsOf(`listen x\n ${line}\n`);
      assert.ok(problem?.includes(part), `${problem}`);
      assert.deepEqual(others, []);
    });
  }
});

describe('error pages', () => {
  const page = 'HTTP/1.0 503 Service Unavailable\r\n\r\nsorry';
  const files: { readonly [path: string]: string } = {
    '/test/503.http': page,
    '/empty': '',
    '/bad': 'sorry',
    '/big': page + 'x'.repeat(16_384),
  };
  const readFile = (path: string): Uint8Array => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' });
    return Buffer.from(text);
  };

  it('are read when the configuration is, relative to the working folder, the last of a status', () => {
    const pages = proxiesOf(
      'defaults\n errorfile 503 /empty\n errorfile 500 /empty\nlisten x\n errorfile 503 503.http\n errorloc303 404 /sorry\n',
      { readFile },
    )['x']!.errorPages;
    assert.deepEqual(pages, [
      { kind: 'file', status: 503, path: '/test/503.http', bytes: Uint8Array.from(Buffer.from(page)) },
      { kind: 'file', status: 500, path: '/empty', bytes: new Uint8Array() },
      { kind: 'redirect', status: 404, code: 303, location: '/sorry' },
    ]);
  });

  it('that are missing, no response or too large are refused, once however many proxies use them', () => {
    const { diagnostics } = linkText(
      'defaults\n errorfile 503 /none\n errorfile 500 /bad\n errorfile 404 /big\nlisten x\nlisten y\n',
      { readFile },
    );
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ problem, at }) => [problem, at.line]),
      [
        ["cannot read '/none'", 2],
        ["'/bad' does not hold an HTTP response", 3],
        ["error page '/big' has 16425 bytes, more than the 15360 that fit", 4],
      ],
    );
  });

  it('default-path says what relative names start from', () => {
    const read: string[] = [];
    const remember = (path: string): Uint8Array => {
      read.push(path);
      return new Uint8Array();
    };
    for (const policy of ['current', 'config', 'parent', 'origin /srv'])
      linkText(`global\n default-path ${policy}\nlisten x\n errorfile 503 e.http\n`, {
        readFile: remember,
        workingFolder: '/test/sub',
      });
    assert.deepEqual(read, ['/test/sub/e.http', '/test/sub/e.http', '/test/e.http', '/srv/e.http']);
  });
});

describe('pattern files of ACLs', () => {
  it('are read into the model', () => {
    const readFile = (path: string): Uint8Array => Buffer.from(`# ${path}\n/one\n\n/two\n`);
    const proxy = proxiesOf('listen x\n mode http\n acl a path -f list.txt\n', { readFile })['x']!;
    assert.deepEqual(proxy.acls['a']![0]!.filePatterns, [['/one', '/two']]);
  });

  it('that cannot be read are an error with their place', () => {
    const readFile = (): Uint8Array => {
      throw Object.assign(new Error('none'), { code: 'EACCES' });
    };
    const { diagnostics } = linkText('listen x\n mode http\n acl a path -f list.txt\n', { readFile });
    const error = diagnostics.find(({ severity }) => severity === 'error');
    assert.deepEqual(
      [error?.problem, error?.reason, error?.at.column],
      ["'acl': cannot read 'list.txt'", 'it may not be read by this user', 16],
    );
  });
});
