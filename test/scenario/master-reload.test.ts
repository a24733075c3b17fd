import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import {
  answering,
  Bench,
  fetchText,
  freePort,
  type RunningMaster,
  talk,
} from '../support/master/running-master.ts';

/** A line of the global section that no running process can take. */
const OTHER_PROCESS = 'tune.bufsize 20000';

interface Serving {
  readonly master: RunningMaster;
  readonly port: number;
  readonly bench: Bench;
  cli(line: string): Promise<string>;
}

async function serving(context: TestContext, name: 'haproxy' | 'fairlead' = 'haproxy'): Promise<Serving> {
  const bench = new Bench(context);
  const port = freePort();
  bench.write('site.cfg', answering(port, 'one'));
  const master = bench.start(['-W', '-S', bench.path('master.sock'), '-f', 'site.cfg'], { name });
  await master.worker();
  return { master, port, bench, cli: (line) => talk(bench.path('master.sock'), `${line}\n`) };
}

for (const signal of ['SIGUSR2', 'SIGHUP'] as const) {
  test(`${signal} takes the changed file into use on the same port`, async (context) => {
    const { master, port, bench } = await serving(context);
    assert.equal(await fetchText(port), 'one');
    bench.write('site.cfg', answering(port, 'two'));
    master.kill(signal);
    await master.says(/~ frontend www: http-request/);
    await master.says(/Loading success/, 2);
    assert.equal(await fetchText(port), 'two');
    bench.write('site.cfg', answering(port, 'three', OTHER_PROCESS));
    master.kill(signal);
    await master.says(/Former worker \(\d+\) exited with code 0 \(Exit\)/);
    assert.equal(await fetchText(port), 'three');
  });
}

test('a reload under load loses no connection', async (context) => {
  const { master, port, bench, cli } = await serving(context);
  const failures: unknown[] = [];
  let isOver = false;
  const client = async () => {
    while (!isOver) await fetchText(port).catch((error: unknown) => failures.push(error));
  };
  const clients = Array.from({ length: 4 }, client);
  for (let i = 2; i <= 4; i++) {
    bench.write('site.cfg', answering(port, 'one', i % 2 === 0 ? OTHER_PROCESS : ''));
    assert.match(await cli('reload'), /^Success=1\n--\n/);
    await master.says(/Former worker/, i - 1);
  }
  isOver = true;
  await Promise.all(clients);
  assert.deepEqual(failures, []);
});

test('a file with an error leaves the old configuration in use and says why', async (context) => {
  const { master, port, bench, cli } = await serving(context);
  bench.write('site.cfg', 'frontend www\n  nonsense here\n');
  const answer = await cli('reload');
  assert.match(answer, /^Success=0\n--\n[\s\S]*unknown keyword 'nonsense'[\s\S]*Loading failure!/);
  assert.match(master.stderr, /parsing \[site\.cfg:2\]: unknown keyword 'nonsense'/);
  assert.equal(await fetchText(port), 'one');
  assert.match(await cli('show proc'), /^\d+ +master +1 \[failed: 1\]/m);
  assert.equal(await cli('prompt\nquit'), 'master[ReloadFailed]> ');
  bench.write('site.cfg', answering(port, 'two'));
  assert.match(await cli('reload'), /^Success=1\n/);
  assert.match(await cli('show proc'), /^\d+ +master +2 \[failed: 0\]/m);
});

test('an address that cannot be bound leaves the old configuration in use', async (context) => {
  const { port, bench, cli } = await serving(context);
  bench.write('site.cfg', answering(port, 'two').replace(/bind .*/, `$&\n  bind 203.0.113.1:${port}`));
  const answer = await cli('reload');
  assert.match(answer, /^Success=0\n--\n[\s\S]*cannot bind socket \(Cannot assign requested address\)/);
  assert.equal(await fetchText(port), 'one');
});

test('a new bind is served, a removed one refuses, more and fewer threads lose nothing', async (context) => {
  const { port, bench, cli, master } = await serving(context);
  const second = freePort();
  bench.write('site.cfg', answering(second, 'two').replace('nbthread 2', 'nbthread 3'));
  assert.match(await cli('reload'), /^Success=1\n/);
  await master.says(/Former worker/);
  assert.equal(await fetchText(second), 'two');
  await assert.rejects(fetchText(port), { code: 'ECONNREFUSED' });
  bench.write('site.cfg', answering(second, 'three').replace('nbthread 2', 'nbthread 1'));
  assert.match(await cli('reload'), /^Success=1\n/);
  await master.says(/Former worker/, 2);
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetchText(second)));
  assert.deepEqual(new Set(answers), new Set(['three']));
});

test('a connection of the old process goes on, and the process shows as old until it ends', async (context) => {
  const { port, bench, cli, master } = await serving(context);
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.write('GET / HTTP/1.1\r\n');
  const worker = /^(\d+) +worker/m.exec(await cli('show proc'))![1];
  bench.write('site.cfg', answering(port, 'two', OTHER_PROCESS));
  assert.match(await cli('reload'), /^Success=1\n/);
  assert.match(await cli('show proc'), new RegExp(`^# old workers\n${worker} +worker +1 `, 'm'));
  assert.match(await cli(`@!${worker} show info`), new RegExp(`^Pid: ${worker}$`, 'm'));
  client.setEncoding('latin1').write('host: a\r\n\r\n');
  assert.match(String((await once(client, 'data'))[0]), /one$/);
  client.end();
  await master.says(new RegExp(`Former worker \\(${worker}\\) exited with code 0`));
});

test('hard-reload closes the connections of the old process', async (context) => {
  const { port, cli } = await serving(context);
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.write('GET / HTTP/1.1\r\n');
  client.on('error', () => {});
  const closed = once(client, 'close');
  assert.match(await cli('hard-reload'), /^Success=1\n/);
  await closed;
});

test('the master CLI answers in the form of HAProxy', async (context) => {
  const { cli, master } = await serving(context);
  assert.equal(
    (await cli('show proc'))
      .replace(/\d+d\d+h\d+m\d+s/g, 'AGE')
      .replaceAll(String(master.pid), 'PID')
      .replace(/^\d+ +worker/m, 'WORKER worker'),
    '#<PID>          <type>          <reloads>       <uptime>        <version>      \n' +
      `${'PID'.padEnd(16 - String(master.pid).length + 3)}master          0 [failed: 0]   AGE     3.5-dev5-fairlead0.1.0\n`.replace(
        /AGE {5}/,
        'AGE     ',
      ) +
      '# workers\nWORKER worker          0               AGE     3.5-dev5-fairlead0.1.0\n\n',
  );
  assert.equal(await cli('show version'), '3.5-dev5-fairlead0.1.0\n\n');
  assert.equal(await cli('@1 show version'), '3.5-dev5-fairlead0.1.0\n\n');
  assert.equal(await cli('@2 show info'), "Can't find the target PID matching the prefix '@2'\n");
  assert.equal(await cli('user; reload'), '\nPermission denied\n\n');
  assert.match(await cli('@1; show version; @; show proc'), /^3\.5-dev5[^\n]*\n\n#<PID>/);
  assert.match(await cli('help'), /^ {2}show proc {31}: show processes status$/m);
});

test('fairlead reload finds the instance by its file and reports', async (context) => {
  const { bench, port, master } = await serving(context, 'fairlead');
  bench.write('site.cfg', answering(port, 'two'));
  const check = bench.start(['check', 'site.cfg', '--against-running'], { name: 'fairlead' });
  assert.equal((await check.exit).code, 0);
  assert.match(
    check.stdout,
    /valid, 1 proxy\n~ frontend www: http-request\na reload would change this in place\n$/,
  );
  assert.equal(await fetchText(port), 'one');
  const reload = bench.start(['reload', 'site.cfg'], { name: 'fairlead' });
  assert.equal((await reload.exit).code, 0);
  assert.match(reload.stderr, /~ frontend www: http-request\n.*changed in place\n/);
  assert.match(reload.stdout, new RegExp(`process ${master.pid} uses the new configuration`));
  bench.write('site.cfg', 'frontend www\n  nonsense here\n');
  const failed = bench.start(['reload', 'site.cfg'], { name: 'fairlead' });
  assert.equal((await failed.exit).code, 1);
  assert.match(failed.stderr, /unknown keyword 'nonsense'/);
  const other = bench.start(['reload', 'other.cfg'], { name: 'fairlead' });
  assert.equal((await other.exit).code, 1);
  assert.match(other.stderr, /no instance runs with other\.cfg/);
});
