/** What a newcomer sees: the shipped example starts, says what listens where, serves, and ends with Ctrl-C. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FAIRLEAD, PROJECT_ROOT } from '../support/oracle.ts';
import { type OwnedPort, reservedPort } from '../support/programs/listening-sockets.ts';
import { descendants, isAlive, Program } from '../support/programs/program.ts';
import { RawClient } from '../support/programs/raw-client.ts';

const EXAMPLE = readFileSync(join(PROJECT_ROOT, 'config/examples/quickstart.yaml'), 'utf8');

/** The example with ports of the test's own. */
function exampleOn(frontend: number, servers: readonly OwnedPort[]): string {
  return EXAMPLE.replaceAll('127.0.0.1:8080', `127.0.0.1:${frontend}`)
    .replaceAll('127.0.0.1:8081', `127.0.0.1:${servers[0]!.port}`)
    .replaceAll('127.0.0.1:8082', `127.0.0.1:${servers[1]!.port}`);
}

/** As the script `start` of package.json has it. */
function startArguments(file: string): string[] {
  const scripts = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  const [launcher, ...args] = scripts.scripts.start.split(' ');
  assert.equal(launcher, 'bin/fairlead');
  return args.map((argument) => (argument === 'config/examples/quickstart.yaml' ? file : argument));
}

test('The shipped example prints a line to try, answers it from both servers, and ends with Ctrl-C and exit 0', async () => {
  const frontend = reservedPort();
  const servers = [reservedPort(), reservedPort()];
  const config = exampleOn(frontend.port, servers);
  // The demo servers take their addresses only while nobody has them.
  for (const server of servers) server.close();
  const program = Program.start('fairlead', {
    path: FAIRLEAD,
    config,
    fileName: 'quickstart.yaml',
    commandLine: startArguments,
    environment: { FAIRLEAD_RUNTIME_DIR: '' },
  });
  const [, url] = await program.printed(/curl http:\/\/(\S+)/);
  assert.equal(url, `127.0.0.1:${frontend.port}/`);
  const answers = new Set<string>();
  for (let i = 0; i < 4; i++) {
    const client = new RawClient(frontend.port);
    client.send('GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n');
    await client.closed();
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
    answers.add(client.received.split('\r\n\r\n')[1]!);
  }
  assert.equal(answers.size, 2, 'both servers answer in turn');
  const processes = descendants(program.pid);
  assert.ok(processes.length > 0);
  const { code, signal } = await program.stop('SIGINT');
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  assert.deepEqual(processes.filter(isAlive), []);
  frontend.close();
});

test('A second master on the same runtime directory says who holds it, and serves nothing', async () => {
  const [first, second] = [reservedPort(), reservedPort()];
  const folder = Program.folder();
  const environment = { FAIRLEAD_RUNTIME_DIR: join(folder, 'run') };
  const config = (port: number) => `defaults
  mode http
  timeout client 1s
  timeout server 1s
  timeout connect 1s
frontend f
  bind 127.0.0.1:${port}
  http-request return status 200
`;
  const holder = Program.start('fairlead', { config: config(first.port), environment });
  await holder.serves(first.port);
  const other = Program.start('fairlead', { config: config(second.port), environment });
  const { code } = await other.ended;
  assert.notEqual(code, 0);
  assert.match(other.output, new RegExp(`process ${holder.pid}\\b`));
  await holder.serves(first.port);
  assert.equal((await holder.stop()).code, 0);
  await other.stop();
  first.close();
  second.close();
});
