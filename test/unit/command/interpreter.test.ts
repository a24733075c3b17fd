import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../../src/command/commands.ts';
import { findCommand, runCommand, splitLine } from '../../../src/command/interpreter.ts';
import {
  LEVELS,
  type Level,
  newSession,
  type SessionContext,
  sessionCommands,
} from '../../../src/command/session.ts';

function contextOf(level: Level = 'admin'): SessionContext {
  return { session: newSession(level, 10_000), version: '3.5-test' };
}

const run = (line: string, context = contextOf()): string =>
  splitLine(line)
    .map((words) => runCommand(sessionCommands, words, context))
    .join('');

for (const [line, expected] of [
  ['show info', [['show', 'info']]],
  ['  show \t info  ', [['show', 'info']]],
  [
    'show info;show stat',
    [
      ['show', 'info'],
      ['show', 'stat'],
    ],
  ],
  ['', [[]]],
  [';a', [[], ['a']]],
  ['a;', [['a'], []]],
  ['echo a\\;b', [['echo', 'a;b']]],
  ['echo a\\ b', [['echo', 'a b']]],
  ['echo a\\\\b', [['echo', 'a\\b']]],
  ['echo a\\', [['echo', 'a\\']]],
  ['echo "a b"', [['echo', '"a', 'b"']]],
] as const) {
  test(`the line ${JSON.stringify(line)} is split at semicolons and blanks`, () =>
    assert.deepEqual(splitLine(line), expected));
}

test('a command is found by the longest name at the beginning', () => {
  assert.equal(findCommand(commands, ['show', 'servers', 'state', 'bk'])?.command.name, 'show servers state');
  assert.deepEqual(findCommand(commands, ['show', 'servers', 'state', 'bk'])?.rest, ['bk']);
  assert.equal(findCommand(commands, ['show', 'servers']), null);
  assert.equal(findCommand(commands, ['show servers state']), null, 'an escaped blank does not split words');
});

test('an answer of whole lines ends with an empty line', () => {
  assert.equal(run('show version'), '3.5-test\n\n');
  assert.equal(run('show version;show cli level'), '3.5-test\n\nadmin\n\n');
});

test('a session gives up levels and does not get them back', () => {
  const context = contextOf();
  assert.equal(
    run('operator;show cli level;user;show cli level;operator', context),
    '\noperator\n\n\nuser\n\nPermission denied\n\n',
  );
});

test('commands above the level are refused, and help does not list them', () => {
  const context = {
    ...contextOf('user'),
    view: () => assert.fail('ran'),
    servers: {},
    sockets: [],
    environment: {},
  };
  for (const command of commands) {
    if (command.level === 'user') continue;
    assert.equal(
      runCommand(commands, command.name.split(' '), context as never),
      'Permission denied\n\n',
      command.name,
    );
  }
  const help = runCommand(commands, ['help'], context as never);
  assert.doesNotMatch(help, /set server/);
  assert.match(help, /^The following commands are valid at this level:\n/);
});

test('help lists commands by name, and help, prompt and quit last', () => {
  assert.equal(
    run('help'),
    [
      'The following commands are valid at this level:',
      '  echo <text>                             : print some text',
      '  operator                                : lower the level of the current CLI session to operator',
      '  set severity-output [none|number|string]: set presence of severity level in feedback information',
      '  set timeout [cli] <delay>               : change a timeout setting',
      '  show cli level                          : display the level of the current CLI session',
      '  show version                            : show version of the current process',
      '  user                                    : lower the level of the current CLI session to user',
      '  help [<command>]                        : list matching or all commands',
      '  prompt [help | n | i | p | timed]*      : toggle interactive mode with prompt',
      '  quit                                    : disconnect',
      '',
      '',
    ].join('\n'),
  );
});

test('help with words lists what begins with them or resembles them', () => {
  assert.match(run('help show'), /^.*\n {2}show cli level .*\n {2}show version .*\n {2}help /);
  assert.match(run('help shwo'), /^.*\n {2}show cli level .*\n {2}show version .*\n {2}help /);
});

test('an unknown command is named, with what comes near', () => {
  assert.match(
    run('show versoin'),
    /^Unknown command: 'show versoin', but maybe one of the following ones is a better match:\n {2}show version .*\n {2}help /,
  );
  assert.match(
    run('frobnicate'),
    /^Unknown command: 'frobnicate'\. Please enter one of the following commands only:\n {2}echo /,
  );
  assert.match(run(''), /^Unknown command\. Please enter one of the following commands only:\n/);
});

test('words that are names of object members are unknown commands', () => {
  for (const word of ['constructor', '__proto__', 'toString']) assert.match(run(word), /^Unknown command/);
});

for (const [line, expected] of [
  ['set timeout cli 10s', '\n'],
  ['set timeout cli 10', '\n'],
  ['set timeout cli x', 'Invalid timeout value.\n\n'],
  ['set timeout cli 0', 'Invalid timeout value.\n\n'],
  ['set timeout cli', 'Expects an integer value.\n\n'],
  ['set timeout foo', "'set timeout' only supports 'cli'.\n\n"],
] as const) {
  test(`${line} answers as HAProxy`, () => assert.equal(run(line), expected));
}

test('a bare number of set timeout counts seconds', () => {
  const context = contextOf();
  run('set timeout cli 10', context);
  assert.equal(context.session.timeoutMs, 10_000);
});

test('prompt cycles between prompt mode and closing after a line, and takes modes', () => {
  const context = contextOf();
  const mode = (line: string): readonly boolean[] => {
    run(line, context);
    const { isInteractive, hasPrompt, isPromptTimed } = context.session;
    return [isInteractive, hasPrompt, isPromptTimed];
  };
  assert.deepEqual(mode('prompt'), [true, true, false]);
  assert.deepEqual(mode('prompt'), [false, false, false]);
  assert.deepEqual(mode('prompt i'), [true, false, false]);
  assert.deepEqual(mode('prompt'), [true, true, false]);
  assert.deepEqual(mode('prompt timed'), [true, true, true]);
  assert.deepEqual(mode('prompt n'), [false, false, true]);
  assert.match(run('prompt x'), /^Usage: prompt/);
});

test('quit answers nothing and marks the session', () => {
  const context = contextOf();
  assert.equal(run('quit', context), '');
  assert.equal(context.session.isClosing, true);
});

test('levels are ordered', () => assert.deepEqual(LEVELS, ['user', 'operator', 'admin']));

test('every command has a name of its own, a usage that begins with it, and help', () => {
  const names = commands.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, usage, help, summary } of commands) {
    assert.ok(usage.startsWith(name), `${usage} does not begin with ${name}`);
    assert.notEqual(help, '');
    assert.match(summary, /^[A-Z].*\.$/);
  }
});

test('every example gives its result', () => {
  for (const command of sessionCommands) {
    for (const { text, result } of command.examples) assert.equal(run(text), `${String(result)}\n`, text);
  }
});
