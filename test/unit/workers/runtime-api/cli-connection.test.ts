import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { commandsOn } from '../../../../src/command/declare.ts';
import type { ProcessContext } from '../../../../src/command/process-context.ts';
import { type CliSession, sessionCommands } from '../../../../src/command/session.ts';
import { CliConnection, type CliSettings } from '../../../../workers/runtime-api/cli-connection.ts';

const BIG_BYTES = 8 * 1024 * 1024;
let bigAnswers = 0;

const big = commandsOn<ProcessContext>()({
  name: 'big',
  usage: 'big',
  help: 'a large answer',
  summary: 'Answers much.',
  args: {},
  run() {
    bigAnswers++;
    return 'x'.repeat(BIG_BYTES);
  },
});

async function serve(context: TestContext, settings: Partial<CliSettings> = {}) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    new CliConnection(socket, {
      level: 'admin',
      timeoutMs: 10_000,
      severityForm: 'none',
      lineMaxBytes: 100,
      commands: [...sessionCommands, big],
      uptimeMs: () => 3_723_000,
      contextOf: (session: CliSession) => ({ session, version: '1.0' }) as ProcessContext,
      ...settings,
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
}

/** Sends all at once, ends, and reads to the end. */
async function exchange(
  context: TestContext,
  input: string,
  settings: Partial<CliSettings> = {},
): Promise<string> {
  const socket = await serve(context, settings);
  let text = '';
  socket.on('data', (bytes) => {
    text += String(bytes);
  });
  socket.on('error', () => {});
  socket.end(input);
  await once(socket, 'close');
  return text;
}

// The answers below are HAProxy 2.6's, with the version of the test.
for (const [what, input, expected] of [
  ['one line', 'show version\n', '1.0\n\n'],
  ['a line with CR', 'show version\r\n', '1.0\n\n'],
  ['several commands on a line', 'show version;show cli level\n', '1.0\n\nadmin\n\n'],
  ['two lines that come together', 'show version\nshow version\n', '1.0\n\n1.0\n\n'],
  ['a line without an end', 'show version', ''],
  ['quit', 'quit\n', ''],
  ['quit before another command', 'quit;show version\n', ''],
  ['prompt', 'prompt\n', '\n> '],
  ['prompt mode', 'prompt\nshow version\n\nquit\n', /^\n> 1\.0\n\n> Unknown command\. .*\n\n> $/s],
  [
    'commands behind prompt on its line',
    'prompt;user;operator\nshow cli level\nquit\n',
    '\n> \n> Permission denied\n\n> user\n\n> ',
  ],
  ['interactive mode without prompt', 'prompt i\nshow version\nshow version\n', '\n1.0\n\n1.0\n\n'],
  ['the uptime in the prompt', 'prompt timed\nquit\n', '\n[0:01:02:03]> '],
  ['a payload', 'prompt i\necho a <<\nquit\nuser\n\nshow cli level\n', '\na\n\nadmin\n\n'],
  ['a payload with its own end', 'prompt i\necho a <<END\nquit\n\nEND\nshow cli level\n', '\na\n\nadmin\n\n'],
] as const) {
  test(`${what} is answered as HAProxy does`, async (context) => {
    const answer = await exchange(context, input);
    if (typeof expected === 'string') assert.equal(answer, expected);
    else assert.match(answer, expected);
  });
}

test('a connection that is not interactive closes after its line, without waiting for the client', async (context) => {
  const socket = await serve(context);
  socket.resume();
  socket.write('show version\n');
  await once(socket, 'end');
  socket.end();
});

test('an interactive connection stays', async (context) => {
  const socket = await serve(context);
  socket.write('prompt i\n');
  await once(socket, 'data');
  socket.write('show version\n');
  const [bytes] = await once(socket, 'data');
  assert.equal(String(bytes), '1.0\n\n');
  socket.destroy();
});

test('a command split at every byte is one command', async (context) => {
  const socket = await serve(context);
  let text = '';
  socket.on('data', (bytes) => {
    text += String(bytes);
  });
  for (const character of 'show version\n') {
    socket.write(character);
    await new Promise(setImmediate);
  }
  await once(socket, 'end');
  assert.equal(text, '1.0\n\n');
  socket.end();
});

test('a line longer than the limit closes the connection', async (context) => {
  assert.equal(await exchange(context, `echo ${'x'.repeat(200)}`), '');
});

test('silence closes the connection', async (context) => {
  const socket = await serve(context, { timeoutMs: 5 });
  socket.resume();
  await once(socket, 'end');
  socket.destroy();
});

test('a payload larger than the limit closes the connection', async (context) => {
  const answer = await exchange(
    context,
    `prompt i\necho a <<\n${`${'x'.repeat(90)}\n`.repeat(2000)}\nshow version\n`,
  );
  assert.doesNotMatch(answer, /1\.0/);
});

test('a client that does not read is answered one command at a time', async (context) => {
  bigAnswers = 0;
  const socket = await serve(context);
  socket.pause();
  socket.write('big;big;big;big\n');
  while (bigAnswers === 0) await new Promise(setImmediate);
  for (let i = 0; i < 100; i++) await new Promise(setImmediate);
  assert.equal(bigAnswers, 1);
  let length = 0;
  socket.on('data', (bytes) => {
    length += bytes.length;
  });
  socket.resume();
  await once(socket, 'end');
  assert.equal(bigAnswers, 4);
  assert.equal(length, 4 * (BIG_BYTES + 1));
  socket.end();
});

/** Shows `event 1`, `event 2`… as fast as it is asked. */
const endless = commandsOn<ProcessContext>()({
  name: 'endless',
  usage: 'endless',
  help: 'events without end',
  summary: 'Shows events.',
  args: {},
  run(_args, { session }) {
    let count = 0;
    session.follows = {
      read: () => `event ${++count}\n`,
      changed: () => new Promise((resolve) => setImmediate(resolve)),
    };
    return '';
  },
});

test('a command that goes on shows events until there is input, which is dropped; then the next command comes', async (context) => {
  const socket = await serve(context, { commands: [...sessionCommands, endless] });
  let text = '';
  socket.on('data', (bytes) => {
    text += String(bytes);
  });
  const until = async (part: string): Promise<void> => {
    while (!text.includes(part)) await once(socket, 'data');
  };
  socket.write('prompt\nendless\n');
  await until('event 3\n');
  socket.write('anything\n');
  await until('\n\n> ');
  const shown = text;
  socket.write('help quit\n');
  await until('quit');
  assert.ok(shown.endsWith('\n> '));
  socket.destroy();
});

test('a command that goes on ends with the input', async (context) => {
  const text = await exchange(context, 'endless\n', { commands: [...sessionCommands, endless] });
  assert.match(text, /^(event \d+\n)*$/);
});
