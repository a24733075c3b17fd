import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine, usage } from '../../../master/command-line.ts';
import { defaultSettings, options, UsageError } from '../../../master/option-table.ts';

test('files of -f and of -- are kept in order', () => {
  const { files } = parseCommandLine(['-f', 'a.cfg', '-V', '-f', 'b', '--', 'c.cfg', '-d.cfg']);
  assert.deepEqual(files, ['a.cfg', 'b', 'c.cfg', '-d.cfg']);
});

test('a list of pids ends at the next option and may be empty', () => {
  const settings = parseCommandLine(['-f', 'a', '-sf', '12', '34', '-st', '-D', '-st', '5']);
  assert.deepEqual(settings.finishPids, [12, 34]);
  assert.deepEqual(settings.terminatePids, [5]);
  assert.equal(settings.isDaemon, true);
});

test('-V and -q undo each other: the last one counts', () => {
  assert.deepEqual(pick(['-q', '-V']), [false, true]);
  assert.deepEqual(pick(['-V', '-q']), [true, false]);
});

function pick(args: readonly string[]): [boolean, boolean] {
  const { isQuiet, isVerbose } = parseCommandLine([...args, '-f', 'a']);
  return [isQuiet, isVerbose];
}

test('options with attached text take what is behind their name', () => {
  assert.equal(parseCommandLine(['-dKcfg,bind', '-f', 'a']).keywordClasses, 'cfg,bind');
  assert.equal(parseCommandLine(['-dK', '-f', 'a']).keywordClasses, 'help');
  assert.equal(parseCommandLine(['-dC12', '-f', 'a']).dumpKey, '12');
  assert.deepEqual(parseCommandLine(['-dM0xfe,no-merge', '-f', 'a']), { ...defaultSettings(), files: ['a'] });
});

test('each option without effect says why and leaves the settings alone', () => {
  const without = options.filter((option) => option.apply === undefined);
  assert.ok(without.length > 10);
  for (const option of without) {
    assert.ok(option.noEffect, option.name);
    const args = option.takes === 'word' ? [option.name, 'x'] : [option.name];
    assert.deepEqual(parseCommandLine(['-f', 'a', ...args]), { ...defaultSettings(), files: ['a'] });
  }
});

test('every option with an effect changes the settings', () => {
  const words: { readonly [name: string]: string } = {
    '-n': '7',
    '-N': '7',
    '-m': '7',
    '-sf': '7',
    '-st': '7',
  };
  for (const option of options.filter(({ apply }) => apply !== undefined)) {
    const word = option.takes === 'none' || option.takes === 'attached' ? [] : [words[option.name] ?? 'x'];
    const settings = parseCommandLine(['-f', 'a', option.name, ...word]);
    assert.notDeepEqual(settings, { ...defaultSettings(), files: ['a'] }, option.name);
  }
});

test('the usage text has every option', () => {
  const text = usage('haproxy');
  for (const { name, summary } of options)
    assert.ok(text.includes(`  ${name}`) && text.includes(summary), name);
});

for (const [args, message] of [
  [['-ff', 'a'], /unknown option '-ff'; did you mean -f\?/],
  [['-n', '-1', '-f', 'a'], /'-1' is not a number of 0 or more, for -n/],
  [['-n', '12x', '-f', 'a'], /'12x' is not a number/],
  [['-sf', '0'], /'0' is not a number of 1 or more, for -sf/],
  [['-st', '99999999999'], /not a process number/],
  [['-S'], /-S needs a <address/],
  [['x'], /'x' is not an option/],
  [[], /no configuration file/],
  [['-W'], /no configuration file/],
] as const) {
  test(`refuses '${args.join(' ')}'`, () => {
    assert.throws(
      () => parseCommandLine(args),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

test('a version or a condition needs no file', () => {
  assert.equal(parseCommandLine(['-v']).task, 'version');
  assert.equal(parseCommandLine(['-vv']).task, 'detailed-version');
  assert.equal(parseCommandLine(['-cc', 'feature(X)']).condition, 'feature(X)');
});
