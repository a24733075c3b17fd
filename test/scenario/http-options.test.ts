/** HTTP options that the installed HAProxy does not know, or means otherwise than the manual has it now. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Arena, type ArenaOptions } from '../support/programs/arena.ts';
import { request, response } from '../support/programs/exchanges.ts';

const backends: { readonly [name: string]: readonly string[] } = {
  plain: ['option forwarded'],
  ends: ['option forwarded proto host by by_port for for_port'],
  named: ['option forwarded host-expr str(host.com) by-expr str(_haproxy) for for_port-expr int(10)'],
  hidden: ['option forwarded for-expr req.hdr(x-client) by-expr str(two@words) for_port-expr str(p.1)'],
  off: ['option forwarded', 'no option forwarded'],
  droprequest: ['option http-drop-request-trailers'],
  relaxed: ['option accept-unsafe-violations-in-http-response'],
};

const options: ArenaOptions = {
  listeners: [...Object.keys(backends), 'dropresponse', 'relaxedrequest'],
  origins: {
    o: {
      '*': response('200 OK', 'plain'),
      '/trailers': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\n\r\n',
      '/odd':
        'HTTP/1.1 2000 Odd\r\nB d: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    },
  },
  config: (ports) => `
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
${Object.entries(backends)
  .map(
    ([name, lines]) => `frontend ${name}
  bind "fd@\${${name}}"
  default_backend be-${name}
backend be-${name}
${lines.map((line) => `  ${line}\n`).join('')}  server o 127.0.0.1:${ports['o']}
`,
  )
  .join('')}frontend dropresponse
  bind "fd@\${dropresponse}"
  option http-drop-response-trailers
  default_backend be-off
frontend relaxedrequest
  bind "fd@\${relaxedrequest}"
  option accept-unsafe-violations-in-http-request
  default_backend be-off
`,
};

describe('HTTP options of newer versions', () => {
  let arena: Arena;
  before(async () => {
    arena = await Arena.start('fairlead', options);
  });
  after(() => arena.stop());

  /** The request as the origin got it, and the answer. */
  async function exchange(
    to: string,
    bytes: string,
  ): Promise<{ seen: string; answer: string; port: number }> {
    let port = 0;
    const { origins, clients } = await arena.play(async (stage) => {
      const client = stage.connect(to);
      client.send(bytes);
      await client.responses(1);
      port = client.localPort;
    }, 0);
    return { seen: origins[0] ?? '', answer: clients[0]!, port };
  }

  test('option forwarded tells the protocol and the client', async () => {
    const { seen } = await exchange('plain', request('GET /'));
    assert.match(seen, /\r\nforwarded: proto=http;for=127\.0\.0\.1\r\n/);
  });

  test('option forwarded adds to what other proxies said', async () => {
    const { seen } = await exchange('plain', request('GET /', ['Forwarded: for=10.0.0.1']));
    assert.match(seen, /\r\nforwarded: for=10\.0\.0\.1\r\nforwarded: proto=http;for=127\.0\.0\.1\r\n/);
  });

  test('option forwarded tells host and both ends with their ports, quoted', async () => {
    const { seen, port } = await exchange('ends', request('GET /'));
    const own = arena.program.port('ends');
    assert.ok(
      seen.includes(
        `\r\nforwarded: proto=http;host="example.com";by="127.0.0.1:${own}";for="127.0.0.1:${port}"\r\n`,
      ),
      seen,
    );
  });

  test('option forwarded takes parts from expressions', async () => {
    const { seen } = await exchange('named', request('GET /'));
    assert.match(seen, /\r\nforwarded: host="host\.com";by=_haproxy;for="127\.0\.0\.1:10"\r\n/);
  });

  test('option forwarded hides names that are no address, and says unknown for what is none', async () => {
    const of = async (value: string) =>
      /forwarded: ([^\r]*)/.exec(
        (await exchange('hidden', request('GET /', [`X-Client: ${value}`]))).seen,
      )?.[1];
    assert.equal(await of('2001:db8::1'), 'by=unknown;for="[2001:db8::1]:_p.1"');
    assert.equal(await of('abc123'), 'by=unknown;for="_abc123:_p.1"');
    assert.equal(await of('a;b="c'), 'by=unknown;for="unknown:_p.1"');
  });

  test('option forwarded leaves out a host that is none', async () => {
    const { seen } = await exchange('ends', 'GET / HTTP/1.1\r\nHost: a"b\r\n\r\n');
    assert.match(seen, /\r\nforwarded: proto=http;by=/);
  });

  test('no option forwarded takes it back', async () => {
    const { seen } = await exchange('off', request('GET /'));
    assert.doesNotMatch(seen, /forwarded/);
  });

  test('option http-drop-request-trailers keeps the body and drops what follows it', async () => {
    const bytes = request('POST /', ['Transfer-Encoding: chunked'], '1\r\na\r\n0\r\nX-T: 1\r\n\r\n');
    assert.match((await exchange('droprequest', bytes)).seen, /<chunks>a<\/chunks>0\r\n\r\n$/);
    assert.match((await exchange('off', bytes)).seen, /<chunks>a<\/chunks>0\r\nx-t: 1\r\n\r\n$/);
  });

  test('option http-drop-response-trailers keeps the body and drops what follows it', async () => {
    const bytes = request('GET /trailers');
    assert.match((await exchange('dropresponse', bytes)).answer, /<chunks>a<\/chunks>0\r\n\r\n</);
    assert.match((await exchange('off', bytes)).answer, /<chunks>a<\/chunks>0\r\nx-t: 1\r\n\r\n</);
  });

  test('a relaxed frontend drops names that are none, and a strict one refuses them', async () => {
    const bytes = request('GET /', ['B d: x', 'X: 1']);
    assert.match((await exchange('relaxedrequest', bytes)).seen, /host: example\.com\r\nx: 1\r\n\r\n$/);
    assert.match((await exchange('off', bytes)).answer, /^HTTP\/1\.1 400 /);
  });

  test('a relaxed frontend still refuses two different hosts', async () => {
    const { answer, seen } = await exchange('relaxedrequest', request('GET /', ['Host: other']));
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.equal(seen, '');
  });

  test('a relaxed backend takes what a strict one answers 502 for', async () => {
    const bytes = request('GET /odd');
    const { answer } = await exchange('relaxed', bytes);
    assert.match(answer, /^HTTP\/1\.1 2000 Odd\r\ntransfer-encoding: chunked\r\n\r\n/);
    assert.match((await exchange('off', bytes)).answer, /^HTTP\/1\.1 502 /);
  });
});
