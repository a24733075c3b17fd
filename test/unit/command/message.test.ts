import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../../../src/command/interpreter.ts';
import { answerText, failure, information, notice } from '../../../src/command/message.ts';
import { newSession, sessionCommands } from '../../../src/command/session.ts';

test('messages show their severity as number or word where that is wanted, data never', () => {
  const answers = [failure('a'), notice('b'), information('c'), 'data'];
  const shown = (form: 'none' | 'number' | 'string') => answers.map((answer) => answerText(answer, form));
  assert.deepEqual(shown('none'), ['a', 'b', 'c', 'data']);
  assert.deepEqual(shown('number'), ['[3]: a', '[5]: b', '[6]: c', 'data']);
  assert.deepEqual(shown('string'), ['[err]: a', '[notice]: b', '[info]: c', 'data']);
});

test('a session begins with what its socket says, and changes it for itself', () => {
  const context = { session: newSession('admin', 1000, 'string'), version: '1' };
  const run = (line: string) => runCommand(sessionCommands, line.split(' '), context);
  assert.equal(run('show version'), '[info]: 1\n\n');
  assert.equal(run('set severity-output number'), '\n');
  assert.equal(run('show version'), '[6]: 1\n\n');
  assert.equal(run('set timeout foo'), "[3]: 'set timeout' only supports 'cli'.\n\n");
  assert.match(run('foo'), /^\[6\]: Unknown command/);
  assert.equal(
    run('set severity-output loud'),
    "[3]: one of 'none', 'number', 'string' is a required argument\n\n",
  );
  assert.equal(run('set severity-output none'), '\n');
  assert.equal(run('show version'), '1\n\n');
});
