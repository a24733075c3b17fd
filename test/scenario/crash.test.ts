/** What a crash costs: a killed worker process loses no listener, a thread that throws loses its own connections. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeFaultyBuild } from '../support/programs/faulty-build.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import { LoadGenerator } from '../support/programs/load-generator.ts';
import { descendants, isAlive } from '../support/programs/program.ts';
import { RawClient } from '../support/programs/raw-client.ts';
import type { ScriptedOrigin } from '../support/programs/scripted-origin.ts';
import { namedOrigin, siteConfig, startFairlead } from '../support/programs/simple-site.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

describe('A crash', () => {
  let origin: ScriptedOrigin;
  before(async () => {
    origin = await namedOrigin('origin');
  });
  after(() => origin.stop());

  test('of the worker process by SIGKILL under load refuses no connection, and traffic goes on', async (t) => {
    const owned = reservedPort();
    const config = siteConfig({
      threads: 2,
      port: owned.port,
      backend: [`server o 127.0.0.1:${origin.port}`],
    });
    const program = await startFairlead(t, { config });
    const clients = 8;
    const load = new LoadGenerator({ port: owned.port, clients, isFresh: true });
    t.after(() => load.stop());
    await load.more(200);
    const [worker, ...others] = descendants(program.pid);
    assert.deepEqual(others, []);
    load.counts.slowestMs = 0;
    const killedAt = performance.now();
    process.kill(worker!, 'SIGKILL');
    await load.more(clients * 3);
    const servedAgainMs = performance.now() - killedAt;
    await load.more(200);
    const counts = await load.stop();
    t.diagnostic(
      `served again ${servedAgainMs.toFixed(0)} ms behind the kill, slowest answer ${counts.slowestMs.toFixed(0)} ms`,
    );
    assert.equal(counts.refused, 0);
    assert.deepEqual(counts.unexpected, []);
    assert.ok(counts.broken.length <= clients, `only what was in flight broke: ${counts.broken.length}`);
    assert.equal(isAlive(worker!), false);
    const [next] = descendants(program.pid);
    assert.notEqual(next, worker);
    owned.close();
  });

  test("of one thread by an exception nobody catches ends only that thread's connections", async (t) => {
    const build = makeFaultyBuild();
    t.after(() => build.remove());
    const owned = reservedPort();
    const config = siteConfig({
      threads: 2,
      port: owned.port,
      backend: [`server o 127.0.0.1:${origin.port}`],
    });
    const program = await startFairlead(t, { config, path: build.path, environment: build.environment });
    const clients = Array.from({ length: 40 }, () => new RawClient(owned.port));
    for (const client of clients) client.send(REQUEST);
    for (const client of clients) await client.responses(1);
    const processes = descendants(program.pid);
    build.setOff(0);
    await program.printed(/planted in thread 0/);
    // Whoever is still connected gets a second answer; who is not was closed without one.
    for (const client of clients) client.send(REQUEST);
    await Promise.all(clients.map((client) => client.responses(2)));
    const answered = clients.filter((client) => client.received.split('HTTP/1.1 200 OK').length === 3);
    const ended = clients.filter((client) => client.outcome !== 'open');
    assert.equal(answered.length + ended.length, clients.length);
    assert.ok(answered.length > 0, 'the other thread keeps its connections');
    assert.ok(ended.length > 0, 'the thread that died had some');
    for (const client of clients) client.reset();
    assert.deepEqual(descendants(program.pid), processes, 'the worker process lives on');
    const load = new LoadGenerator({ port: owned.port, clients: 4, isFresh: true });
    t.after(() => load.stop());
    await load.more(100);
    const counts = await load.stop();
    assert.deepEqual({ refused: counts.refused, broken: counts.broken }, { refused: 0, broken: [] });
    owned.close();
  });
});
