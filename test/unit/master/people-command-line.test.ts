import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../../master/option-table.ts';
import {
  commandHelp,
  generalHelp,
  isPeopleCommand,
  parsePeopleCommand,
  peopleCommands,
  workersOf,
} from '../../../master/people-command-line.ts';

test('a command is told from options of HAProxy by its first word', () => {
  assert.equal(isPeopleCommand(['run', 'x.cfg']), true);
  assert.equal(isPeopleCommand(['--help']), true);
  assert.equal(isPeopleCommand(['-f', 'x.cfg']), false);
  assert.equal(isPeopleCommand([]), false);
});

test('files and options stand in any order, and a value may follow an equals sign', () => {
  for (const args of [
    ['run', 'x.cfg', '--workers', '3'],
    ['run', '--workers=3', 'x.cfg'],
    ['run', '--workers', '3', '-f', 'x.cfg'],
  ]) {
    const command = parsePeopleCommand(args);
    assert.deepEqual(command.files, ['x.cfg']);
    assert.equal(workersOf(command), 3);
  }
  assert.equal(workersOf(parsePeopleCommand(['run', 'x.cfg'])), null);
});

test('help is shown without a file', () => {
  assert.equal(parsePeopleCommand(['run', '--help']).wantsHelp, true);
});

test('help texts have every command and every option', () => {
  for (const { name, summary, options } of peopleCommands) {
    assert.ok(generalHelp('fairlead').includes(summary), name);
    for (const option of options)
      assert.ok(commandHelp('fairlead', name).includes(option.summary), option.name);
  }
});

for (const [args, message] of [
  [['rnu', 'x'], /'rnu' is not a command; did you mean 'run'\?/],
  [['run'], /run needs a configuration file/],
  [['version', 'x'], /version takes no file/],
  [['reload', 'a', 'b'], /reload takes one file/],
  [['run', 'x', '--wrokers', '2'], /'--wrokers' is not an option of run; did you mean --workers\?/],
  [['run', 'x', '--workers'], /--workers needs a <number>/],
  [['run', 'x', '--demo=1'], /--demo takes no value/],
] as const) {
  test(`refuses 'fairlead ${args.join(' ')}'`, () => {
    assert.throws(
      () => parsePeopleCommand(args),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

for (const value of ['0', '65', '-1', '2x', '1e1']) {
  test(`--workers refuses '${value}'`, () => {
    assert.throws(() => workersOf(parsePeopleCommand(['run', 'x', '--workers', value])), UsageError);
  });
}
