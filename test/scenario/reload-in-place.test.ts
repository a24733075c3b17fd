/** A reload changes what the new configuration changes and leaves everything else as it was, connections included. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { talk } from '../support/master/running-master.ts';
import { response } from '../support/programs/exchanges.ts';
import { makeFaultyBuild } from '../support/programs/faulty-build.ts';
import { type OwnedPort, reservedPort } from '../support/programs/listening-sockets.ts';
import { LoadGenerator } from '../support/programs/load-generator.ts';
import { descendants, Program, type ProgramOptions } from '../support/programs/program.ts';
import { RawClient } from '../support/programs/raw-client.ts';
import type { ScriptedOrigin } from '../support/programs/scripted-origin.ts';
import { namedOrigin, startFairlead, TIMEOUTS } from '../support/programs/simple-site.ts';

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n';
const ASK_SWITCH = 'GET /switch HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n';

interface Site {
  readonly program: Program;
  readonly worker: number;
  /** Takes another configuration into use and resolves to the master's answer. */
  reload(config: string): Promise<string>;
  /** One line of the runtime API. */
  ask(line: string): Promise<string>;
}

describe('A reload in place', () => {
  let one: ScriptedOrigin;
  let two: ScriptedOrigin;
  const owned: OwnedPort[] = [];
  before(async () => {
    const replies = {
      '/hold': () => {},
      '/switch': ({ socket }: { readonly socket: import('node:net').Socket }) => {
        socket.write(SWITCH);
        socket.on('data', (bytes: Buffer) => {
          if (!bytes.includes('HTTP/1.1')) socket.write(bytes);
        });
      },
    };
    one = await namedOrigin('one', replies);
    two = await namedOrigin('two', replies);
    for (let i = 0; i < 3; i++) owned.push(reservedPort());
  });
  after(async () => {
    for (const port of owned) port.close();
    await one.stop();
    await two.stop();
  });

  const port = (place: number): number => owned[place]!.port;

  /** A site of one frontend and the backend `app`, with what a test adds. */
  const config = (
    parts: {
      readonly front?: string;
      readonly app?: string;
      readonly more?: string;
      readonly global?: string;
    } = {},
  ): string => `global
  nbthread 2
  stats socket unix@stats.sock level admin
${parts.global ?? ''}defaults
  mode http
${TIMEOUTS}frontend www
  bind 127.0.0.1:${port(0)}
${parts.front ?? ''}  default_backend app
backend app
${parts.app ?? `  server a 127.0.0.1:${one.port}\n`}${parts.more ?? ''}`;

  const start = async (
    context: TestContext,
    first: string,
    more: Partial<ProgramOptions> = {},
  ): Promise<Site> => {
    for (const origin of [one, two]) origin.take();
    const folder = Program.folder();
    const socket = join(folder, 'master.sock');
    const program = await startFairlead(context, {
      ...more,
      config: first,
      folder,
      masterSocket: socket,
    });
    return {
      program,
      worker: descendants(program.pid)[0]!,
      async reload(next) {
        program.rewrite(next);
        return talk(socket, 'reload\n');
      },
      ask: (line) => talk(join(folder, 'stats.sock'), `${line}\n`),
    };
  };

  const get = async (to: number, target = '/'): Promise<string> => {
    const client = new RawClient(to);
    client.send(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    await client.closed();
    return client.received;
  };

  test('keeps the process, idle connections, tunnels and TCP sessions of unchanged routes', async (t) => {
    const relay = `listen relay\n  mode tcp\n  bind 127.0.0.1:${port(1)}\n  server r 127.0.0.1:${one.port}\n`;
    const site = await start(t, config({ more: relay }));
    const idle = new RawClient(port(0));
    const tunnel = new RawClient(port(0));
    const tcp = new RawClient(port(1));
    idle.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await idle.responses(1);
    for (const client of [tunnel, tcp]) {
      client.send(ASK_SWITCH);
      await client.until('\r\n\r\n');
    }
    const next = config({
      front: '  use_backend new if { path /new }\n',
      more: `${relay}backend new\n  server n 127.0.0.1:${two.port}\n`,
    });
    const answer = await site.reload(next);
    assert.match(answer, /^Success=1\n--\n/);
    assert.match(
      answer,
      /~ frontend www: use_backend \(2 connections\)\n.*\+ backend new\n.*changed in place\n/,
    );
    assert.deepEqual(descendants(site.program.pid), [site.worker]);
    for (const client of [tunnel, tcp]) {
      client.send('still there');
      await client.until('still there');
    }
    idle.send('GET /new HTTP/1.1\r\nHost: h\r\n\r\n');
    await idle.responses(2);
    assert.match(idle.transcript(), /two<open>$/);
    for (const client of [idle, tunnel, tcp]) client.reset();
  });

  test('lets a stream in flight finish on the plan that it began with', async (t) => {
    const site = await start(t, config());
    const client = new RawClient(port(0));
    client.send('GET /hold HTTP/1.1\r\nHost: h\r\n\r\n');
    await one.arrived('/hold');
    const { last } = one;
    assert.match(await site.reload(config({ app: `  server b 127.0.0.1:${two.port}\n` })), /^Success=1/);
    assert.match(await get(port(0)), /two$/);
    last!.write(response('200 OK', 'late'));
    await client.responses(1);
    assert.match(client.transcript(), /late<open>$/);
    client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await client.responses(2);
    assert.match(client.transcript(), /two<open>$/);
    client.reset();
  });

  test('closes connections of a removed bind when they come to rest, and its port', async (t) => {
    const site = await start(t, config({ front: `  bind 127.0.0.1:${port(1)}\n` }));
    const idle = new RawClient(port(1));
    idle.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await idle.responses(1);
    const busy = new RawClient(port(1));
    busy.send('GET /hold HTTP/1.1\r\nHost: h\r\n\r\n');
    await one.arrived('/hold');
    const { last } = one;
    const answer = await site.reload(config());
    assert.match(answer, /- bind 127\.0\.0\.1:\d+ of frontend www \(2 connections\)/);
    await idle.closed();
    assert.equal(idle.outcome, 'end');
    last!.write(response('200 OK', 'late'));
    await busy.closed();
    assert.match(busy.transcript(), /late<end>$/);
    await site.program.refuses(port(1));
    assert.match(await get(port(0)), /one$/);
  });

  test('carries counters, states and weights of servers on', async (t) => {
    const servers = `  server a 127.0.0.1:${one.port}\n  server b 127.0.0.1:${two.port}\n`;
    const site = await start(t, config({ app: servers }));
    for (let i = 0; i < 4; i++) await get(port(0));
    await site.ask('set server app/b state maint');
    await site.ask('set server app/a weight 7');
    const next = config({
      app: `  server new 127.0.0.1:${two.port}\n${servers}`,
      front: '  timeout client 29s\n',
    });
    assert.match(await site.reload(next), /^Success=1/);
    const rows = (await site.ask('show stat')).split('\n').map((row) => row.split(','));
    const of = (proxy: string, name: string): string[] =>
      rows.find(([px, sv]) => px === proxy && sv === name)!;
    const [STOT, STATUS, WEIGHT] = [7, 17, 18];
    assert.equal(of('www', 'FRONTEND')[STOT], '4');
    assert.deepEqual([of('app', 'a')[STOT], of('app', 'a')[WEIGHT]], ['2', '7']);
    assert.deepEqual([of('app', 'b')[STOT], of('app', 'b')[STATUS]], ['2', 'MAINT']);
    assert.equal(of('app', 'new')[STOT], '0');
  });

  test('serves who was waiting in a queue', async (t) => {
    const app = `  server a 127.0.0.1:${one.port} maxconn 1\n`;
    const site = await start(t, config({ app }));
    const first = new RawClient(port(0));
    first.send('GET /hold HTTP/1.1\r\nHost: h\r\n\r\n');
    await one.arrived('/hold');
    const { last } = one;
    const second = new RawClient(port(0));
    second.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    while (!/^app,BACKEND,1,/m.test(await site.ask('show stat')));
    assert.match(
      await site.reload(config({ app: `${app}  server b 127.0.0.1:${two.port} weight 0\n` })),
      /^Success=1/,
    );
    last!.write(response('200 OK', 'late'));
    await second.responses(1);
    assert.match(second.transcript(), /one<open>$/);
    for (const client of [first, second]) client.reset();
  });

  test('changes nothing where a port is in use, and says so', async (t) => {
    const site = await start(t, config());
    const answer = await site.reload(config({ front: '  bind 203.0.113.1:80\n', more: 'backend never\n' }));
    assert.match(answer, /^Success=0\n--\n[\s\S]*cannot bind socket/);
    assert.doesNotMatch(await site.ask('show stat'), /never/);
    assert.match(await get(port(0)), /one$/);
    assert.deepEqual(descendants(site.program.pid), [site.worker]);
  });

  test('changes nothing where one thread cannot use the configuration', async (t) => {
    const build = makeFaultyBuild();
    t.after(() => build.remove());
    const site = await start(t, config(), { path: build.path, environment: build.environment });
    build.refuseReloads(1);
    const next = config({ app: `  server b 127.0.0.1:${two.port}\n` });
    assert.match(
      await site.reload(next),
      /^Success=0\n--\n[\s\S]*worker thread 1 cannot use the configuration/,
    );
    for (let i = 0; i < 4; i++) assert.match(await get(port(0)), /one$/);
    build.refuseReloads(-1);
    assert.match(await site.reload(next), /^Success=1/);
    for (let i = 0; i < 4; i++) assert.match(await get(port(0)), /two$/);
    build.setOff(0);
    await site.program.printed(/worker thread 0 died and is restarted/);
    for (let i = 0; i < 4; i++) assert.match(await get(port(0)), /two$/);
  });

  test('ends what is left on a removed bind after hard-stop-after', async (t) => {
    const global = '  hard-stop-after 50ms\n';
    const site = await start(t, config({ global, front: `  bind 127.0.0.1:${port(1)}\n` }));
    const busy = new RawClient(port(1));
    busy.send('GET /hold HTTP/1.1\r\nHost: h\r\n\r\n');
    await one.arrived('/hold');
    assert.match(await site.reload(config({ global })), /^Success=1/);
    await busy.closed();
    assert.equal(busy.isStalled, false);
  });

  test('replaces the process for what it was started with, and says why', async (t) => {
    const site = await start(t, config());
    const answer = await site.reload(config({ global: '  tune.bufsize 32768\n' }));
    assert.match(
      answer,
      /by a new worker process: tune\.bufsize in the global section is for the whole process/,
    );
    assert.ok(!descendants(site.program.pid).slice(0, 1).includes(site.worker) || site.program.output !== '');
    assert.match(await get(port(0)), /one$/);
  });

  test('moves an address from one frontend to another', async (t) => {
    const other = (bind: string): string =>
      `frontend other\n${bind}  default_backend second\nbackend second\n  server s 127.0.0.1:${two.port}\n`;
    const bind = `  bind 127.0.0.1:${port(1)}\n`;
    const site = await start(t, config({ front: bind, more: other('') }));
    assert.match(await get(port(1)), /one$/);
    assert.match(await site.reload(config({ more: other(bind) })), /^Success=1/);
    assert.match(await get(port(1)), /two$/);
    assert.match(await site.ask('show stat'), /^other,FRONTEND,,,0,1,\d+,1,/m);
  });

  test('opens and closes sockets of the runtime API', async (t) => {
    const site = await start(t, config());
    const folder = Program.folder();
    const more = `  stats socket unix@${folder}/more.sock level user\n`;
    assert.match(await site.reload(config({ global: more })), /~ global: stats socket/);
    assert.match(await talk(join(folder, 'more.sock'), 'show info\n'), /^Name: /);
    assert.match(await site.reload(config()), /^Success=1/);
    await assert.rejects(talk(join(folder, 'more.sock'), 'show info\n'));
  });

  test('many times under load fails no request and grows nothing', async (t) => {
    const site = await start(t, config());
    const fresh = new LoadGenerator({ port: port(0), clients: 4, isFresh: true });
    const kept = new LoadGenerator({ port: port(0), clients: 4, isFresh: false });
    t.after(() => fresh.stop());
    t.after(() => kept.stop());
    for (let step = 0; step < 20; step++) {
      const isEven = step % 2 === 0;
      const answer = await site.reload(
        config({
          front: isEven ? `  bind 127.0.0.1:${port(1)}\n` : '',
          app: `  server a 127.0.0.1:${one.port} weight ${step + 1}\n${isEven ? `  server b 127.0.0.1:${two.port}\n` : ''}`,
          more: `backend step${step}\n  server s 127.0.0.1:${two.port}\n`,
        }),
      );
      assert.match(answer, /^Success=1[\s\S]*changed in place/);
      await fresh.more(20);
      await kept.more(20);
    }
    assert.deepEqual(descendants(site.program.pid), [site.worker]);
    for (const { refused, broken, unexpected } of [await fresh.stop(), await kept.stop()])
      assert.deepEqual({ refused, broken, unexpected }, { refused: 0, broken: [], unexpected: [] });
  });
});
