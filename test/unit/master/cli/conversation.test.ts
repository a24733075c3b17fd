import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedProcess, MasterView } from '../../../../master/cli/context.ts';
import { Conversation } from '../../../../master/cli/conversation.ts';

interface Talk {
  readonly conversation: Conversation;
  readonly sent: string[];
  readonly asked: string[];
  readonly ended: Promise<void>;
}

/** A conversation with a master of pid 100 that has worker 101 and old worker 99. */
function talk(level: 'user' | 'operator' | 'admin' = 'admin', view: Partial<MasterView> = {}): Talk {
  const processes: ListedProcess[] = [
    { pid: 100, kind: 'master', reloads: 5, startedAtMs: 0 },
    { pid: 101, kind: 'worker', reloads: 1, startedAtMs: 127_000 },
    { pid: 99, kind: 'old worker', reloads: 3, startedAtMs: 84_000 },
  ];
  const asked: string[] = [];
  const sent: string[] = [];
  const master: MasterView = {
    processes: () => processes,
    failedReloads: 0,
    startupLines: () => '[NOTICE] said\n',
    sockets: () => [{ address: '/run/m.sock', level: 'admin' }],
    reload: async () => true,
    running: () => Promise.reject(new Error('nothing runs')),
    command(pid, line, commandLevel) {
      asked.push(`${pid} ${commandLevel} ${line}`);
      return Promise.resolve(`answer of ${pid}\n\n`);
    },
    ...view,
  };
  let conversation: Conversation | null = null;
  const ended = new Promise<void>((end) => {
    conversation = new Conversation({
      master,
      level,
      version: '3.5',
      now: () => 127_000,
      send: (text) => sent.push(text),
      end,
    });
  });
  return { conversation: conversation!, sent, asked, ended };
}

async function answer(lines: string, level?: 'user' | 'operator' | 'admin', view?: Partial<MasterView>) {
  const { conversation, sent, asked, ended } = talk(level, view);
  conversation.receive(lines);
  conversation.inputEnded();
  await ended;
  return { text: sent.join(''), asked };
}

test('show proc lists master, workers and old workers in columns', async () => {
  const { text } = await answer('show proc\n');
  assert.equal(
    text,
    [
      '#<PID>          <type>          <reloads>       <uptime>        <version>      ',
      '100             master          5 [failed: 0]   0d00h02m07s     3.5            ',
      '# workers',
      '101             worker          1               0d00h00m00s     3.5            ',
      '# old workers',
      '99              worker          3               0d00h00m43s     3.5            ',
      '',
      '',
    ].join('\n'),
  );
});

test('a prefix sends one command to a process, with the level of the session', async () => {
  const { text, asked } = await answer('@1 show info; @!99 show stat; show version\n', 'operator');
  assert.deepEqual(asked, ['101 operator show info', '99 operator show stat']);
  assert.equal(text, 'answer of 101\n\nanswer of 99\n\n3.5\n\n');
});

test('a prefix alone holds for what follows until the next', async () => {
  const { text, asked } = await answer('@1; show info; @; show version\n');
  assert.deepEqual(asked, ['101 admin show info']);
  assert.equal(text, 'answer of 101\n\n3.5\n\n');
});

test('two at signs hand the whole line over', async () => {
  const { asked } = await answer('@@1 disable server a/b; show stat\n');
  assert.deepEqual(asked, ['101 admin disable server a/b; show stat']);
});

test('escaped separators reach the process escaped', async () => {
  const { asked } = await answer('@1 set map x a\\;b c\\ d\n');
  assert.deepEqual(asked, ['101 admin set map x a\\;b c\\ d']);
});

for (const prefix of ['@2', '@!7', '@foo', '@!x']) {
  test(`${prefix} names nobody, which ends the session`, async () => {
    const { text } = await answer(`${prefix} show info; show version\n`);
    assert.equal(text, `Can't find the target PID matching the prefix '${prefix}'\n`);
  });
}

for (const prefix of ['@', '@master', '@0', '@!100']) {
  test(`${prefix} is the master`, async () => {
    assert.equal((await answer(`${prefix} show version\n`)).text, '3.5\n\n');
  });
}

test('the prompt shows the process, modes and a failed reload', async () => {
  const lines = 'prompt\nexpert-mode on\nexperimental-mode on\nmcli-debug-mode on\n@1\n@\nquit\n';
  const { text } = await answer(lines, 'admin', { failedReloads: 1 });
  assert.deepEqual(text.replaceAll('\n', '').split('> ').slice(0, -1), [
    'master[ReloadFailed]',
    'master[ReloadFailed](e)',
    'master[ReloadFailed](xe)',
    'master[ReloadFailed](xed)',
    '101(xed)',
    'master[ReloadFailed](xed)',
  ]);
});

test('reload answers with its result and the lines printed, and ends the session', async () => {
  for (const [isDone, digit] of [
    [true, 1],
    [false, 0],
  ] as const) {
    const { text } = await answer('reload; show version\n', 'operator', { reload: async () => isDone });
    assert.equal(text, `Success=${digit}\n--\n[NOTICE] said\n`);
  }
});

test('reload needs the operator level', async () => {
  assert.equal((await answer('user; reload\n')).text, '\nPermission denied\n\n');
  assert.equal((await answer('hard-reload\n', 'user')).text, 'Permission denied\n\n');
});

test('a line that comes in pieces is answered once it is whole', async () => {
  const { conversation, sent, ended } = talk();
  for (const character of 'show version') conversation.receive(character);
  assert.deepEqual(sent, []);
  conversation.receive('\r\n');
  await ended;
  assert.deepEqual(sent, ['3.5\n\n']);
});

test('an endless line ends the session', async () => {
  const { conversation, ended, sent } = talk();
  conversation.receive('x'.repeat(70_000));
  await ended;
  assert.deepEqual(sent, []);
});

test('the last line needs no end when the input ends', async () => {
  assert.equal((await answer('show version')).text, '3.5\n\n');
});

test('what is unknown is answered with what is near', async () => {
  assert.match(
    (await answer('show prco\n')).text,
    /^Unknown command: 'show prco', but maybe[\s\S]*show proc/,
  );
});
