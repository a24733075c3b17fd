import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { BoundSocket, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MasterToProcess, ProcessToMaster, StartOptions } from '../../../../workers/messages.ts';

const ENTRY = fileURLToPath(new URL('../../../support/worker-process/stand-in-process.ts', import.meta.url));
const MODEL = { files: [], global: {}, proxies: [] };

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly stderr: () => string;
  say(message: MasterToProcess): void;
  hear<T extends ProcessToMaster['type']>(type: T): Promise<Extract<ProcessToMaster, { type: T }>>;
}

/** Starts the process with one bind of `threads` sockets, as the master does; the sockets stay with the test. */
function start(context: TestContext, threads: number, nodeName = 'test'): Running {
  const first = new BoundSocket({ host: '127.0.0.1', port: 0, reusePort: true });
  const port = first.address().port;
  const bound = [first];
  while (bound.length < threads) bound.push(new BoundSocket({ host: '127.0.0.1', port, reusePort: true }));
  const child = fork(ENTRY, [], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc', ...bound.map((socket) => socket.fd())],
    serialization: 'advanced',
    execArgv: [],
  });
  context.after(() => {
    child.kill('SIGKILL');
    for (const socket of bound) socket.close();
  });
  let stderr = '';
  child.stderr?.on('data', (bytes) => {
    stderr += String(bytes);
  });
  const heard: ProcessToMaster[] = [];
  child.on('message', (message: ProcessToMaster) => heard.push(message));
  const options: StartOptions = {
    threads,
    programName: 'fairlead',
    version: 'test',
    masterPid: process.pid,
    generation: 1,
    isQuiet: false,
    nodeName,
    startedAtMs: 0,
  };
  const listeners = bound.map((_, thread) => ({
    key: `socket${thread}`,
    proxyId: 2,
    bindId: 1,
    thread,
    fd: 4 + thread,
    isUnix: false,
  }));
  child.send({ type: 'start', model: MODEL, listeners, options });
  return {
    child,
    port,
    stderr: () => stderr,
    say: (message) => child.send(message),
    async hear(type) {
      for (;;) {
        const index = heard.findIndex((message) => message.type === type);
        if (index >= 0) return heard.splice(index, 1)[0] as never;
        assert.equal(child.exitCode, null, `the process ended before it said ${type}: ${stderr}`);
        await Promise.race([once(child, 'message'), once(child, 'exit')]);
      }
    },
  };
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

/** A connection that has reached the given thread. */
async function connectTo(port: number, thread: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    if ((await ask(socket, 'hello')) === `thread ${thread}: hello`) return socket;
    socket.destroy();
  }
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, 'exit');
  return code as number | null;
}

test('the process is ready when all its threads accept, and each serves its own socket', async (context) => {
  const running = start(context, 2);
  await running.hear('ready');
  for (const thread of [0, 1]) (await connectTo(running.port, thread)).destroy();
});

test('a thread that dies is restarted alone: its connections end, the others and new ones are served', async (context) => {
  const running = start(context, 2);
  await running.hear('ready');
  const [doomed, other] = [await connectTo(running.port, 0), await connectTo(running.port, 1)];
  const closed = once(doomed, 'close');
  doomed.write('crash');
  await closed;
  const report = await running.hear('thread-restarted');
  assert.equal(report.thread, 0);
  assert.match(report.problem, /planted/);
  assert.equal(await ask(other, 'still'), 'thread 1: still');
  (await connectTo(running.port, 0)).destroy();
  other.destroy();
  assert.match(
    running.stderr(),
    /\[ALERT\] {4}\(\d+\) : worker thread 0 died and is restarted: Error: planted/,
  );
});

test('a thread may die many times, as long as it was ready in between', async (context) => {
  const running = start(context, 1);
  await running.hear('ready');
  for (let round = 0; round < 6; round++) {
    (await connectTo(running.port, 0)).write('crash');
    await running.hear('thread-restarted');
  }
  (await connectTo(running.port, 0)).destroy();
  assert.equal(running.child.exitCode, null);
});

for (const nodeName of ['fails', 'dies']) {
  test(`a thread that ${nodeName} at the start fails the process, which says why and exits 1`, async (context) => {
    const running = start(context, 2, nodeName);
    assert.match((await running.hear('failed')).problem, /as told/);
    assert.equal(await exitCode(running.child), 1);
  });
}

test('a soft stop closes the listeners, lets connections finish and exits 0', async (context) => {
  const running = start(context, 2);
  await running.hear('ready');
  const last = await connectTo(running.port, 0);
  running.say({ type: 'soft-stop', graceMs: 0, hardStopMs: -1 });
  running.say({ type: 'command', ticket: 1, line: 'x', level: 'user' });
  await running.hear('command-answer');
  assert.equal(await ask(last, 'working'), 'thread 0: working');
  last.end();
  await running.hear('drained');
  assert.equal(await exitCode(running.child), 0);
});

test('a soft stop with a hard stop behind it ends connections that stay', async (context) => {
  const running = start(context, 1);
  await running.hear('ready');
  const stays = await connectTo(running.port, 0);
  const closed = once(stays, 'close');
  running.say({ type: 'soft-stop', graceMs: 0, hardStopMs: 10 });
  await closed;
  assert.equal(await exitCode(running.child), 0);
  assert.match(running.stderr(), /soft-stop running for too long, performing a hard-stop\./);
});

test('a soft stop during a thread restart still drains and exits 0', async (context) => {
  const running = start(context, 2);
  await running.hear('ready');
  (await connectTo(running.port, 0)).write('crash');
  await running.hear('thread-restarted');
  running.say({ type: 'soft-stop', graceMs: 0, hardStopMs: -1 });
  assert.equal(await exitCode(running.child), 0);
});

test('a hard stop exits 0 at once', async (context) => {
  const running = start(context, 1);
  await running.hear('ready');
  running.say({ type: 'hard-stop' });
  assert.equal(await exitCode(running.child), 0);
});

test('the process does not outlive the channel to its master', async (context) => {
  const running = start(context, 1);
  await running.hear('ready');
  running.child.disconnect();
  assert.equal(await exitCode(running.child), 1);
});

test('signals to the whole group leave the process alone; SIGUSR1 stops it softly', async (context) => {
  const running = start(context, 1);
  await running.hear('ready');
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGTTIN', 'SIGTTOU'] as const)
    running.child.kill(signal);
  running.say({ type: 'command', ticket: 7, line: 'show info', level: 'operator' });
  assert.deepEqual(await running.hear('command-answer'), {
    type: 'command-answer',
    ticket: 7,
    text: 'operator: show info\n',
  });
  running.child.kill('SIGUSR1');
  assert.equal(await exitCode(running.child), 0);
});

test('an uncaught exception in the main thread is told on stderr and exits 1', async (context) => {
  const running = start(context, 1);
  await running.hear('ready');
  running.say({ type: 'command', ticket: 1, line: 'throw', level: 'user' });
  assert.equal(await exitCode(running.child), 1);
  assert.match(
    running.stderr(),
    /\[ALERT\] {4}\(\d+\) : uncaught exception: Error: planted in the main thread/,
  );
});

test('without a master the process refuses to run and says what to run', async () => {
  const { FAIRLEAD_ROLE: _, NODE_CHANNEL_FD: __, ...env } = process.env;
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [ENTRY], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [text] = await once(child.stderr, 'data');
  assert.match(String(text), /started by the master/);
  assert.equal(await exitCode(child), 1);
});
