/** A reload under load loses no request, and a soft stop lets what runs come to its end. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { response } from '../support/programs/exchanges.ts';
import { type OwnedPort, reservedPort } from '../support/programs/listening-sockets.ts';
import { LoadGenerator } from '../support/programs/load-generator.ts';
import { descendants, isAlive } from '../support/programs/program.ts';
import { RawClient } from '../support/programs/raw-client.ts';
import type { ScriptedOrigin } from '../support/programs/scripted-origin.ts';
import { namedOrigin, siteConfig, startFairlead } from '../support/programs/simple-site.ts';

describe('A running master', () => {
  let older: ScriptedOrigin;
  let newer: ScriptedOrigin;
  let owned: OwnedPort;
  before(async () => {
    older = await namedOrigin('older', { '/hold': () => {} });
    newer = await namedOrigin('newer');
    owned = reservedPort();
  });
  after(async () => {
    owned.close();
    await older.stop();
    await newer.stop();
  });

  const configFor = (origin: ScriptedOrigin) =>
    siteConfig({ threads: 2, port: owned.port, backend: [`server o 127.0.0.1:${origin.port}`] });

  for (const signal of ['SIGUSR2', 'SIGHUP'] as const) {
    test(`takes a new configuration on ${signal} under load without a failed request`, async (t) => {
      const program = await startFairlead(t, { config: configFor(older) });
      const fresh = new LoadGenerator({ port: owned.port, clients: 4, isFresh: true });
      const kept = new LoadGenerator({ port: owned.port, clients: 4, isFresh: false });
      t.after(() => fresh.stop());
      t.after(() => kept.stop());
      await fresh.more(100);
      await kept.more(100);
      program.rewrite(configFor(newer));
      const before = newer.connections;
      program.signal(signal);
      while (newer.connections === before) await fresh.more(10);
      await fresh.more(100);
      await kept.more(100);
      for (const { refused, broken, unexpected } of [await fresh.stop(), await kept.stop()])
        assert.deepEqual({ refused, broken, unexpected }, { refused: 0, broken: [], unexpected: [] });
      const client = new RawClient(owned.port);
      client.send('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
      await client.closed();
      assert.match(client.received, /newer$/);
    });
  }

  test('keeps the old configuration when the new one has an error', async (t) => {
    const program = await startFairlead(t, { config: configFor(older) });
    program.rewrite(`${configFor(newer)}  nonsense here\n`);
    program.signal('SIGUSR2');
    await program.printed(/nonsense/);
    const client = new RawClient(owned.port);
    client.send('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    await client.closed();
    assert.match(client.received, /older$/);
  });

  test('stops softly on SIGUSR1: what runs is finished, who comes then is refused, and it ends with 0', async (t) => {
    const program = await startFairlead(t, { config: configFor(older) });
    older.take();
    const client = new RawClient(owned.port);
    client.send('GET /hold HTTP/1.1\r\nHost: h\r\n\r\n');
    await older.arrived('/hold');
    const processes = descendants(program.pid);
    program.signal('SIGUSR1');
    await program.refuses(owned.port);
    assert.equal(processes.every(isAlive), true);
    older.last!.write(response('200 OK', 'finished'));
    await client.closed();
    assert.match(client.transcript(), /finished<end>$/, 'it is closed behind its response');
    const { code } = await program.ended;
    assert.equal(code, 0);
    assert.deepEqual(processes.filter(isAlive), []);
  });
});
