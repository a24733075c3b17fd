import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { answering, Bench, freePort } from '../support/master/running-master.ts';

async function ran(context: TestContext, args: readonly string[], name: 'haproxy' | 'fairlead' = 'haproxy') {
  const bench = new Bench(context);
  bench.write('good.cfg', answering(freePort(), 'hello'));
  bench.write('bad.cfg', 'frontend www\n  mode http\n  bind :8080\n  tiemout client 5s\n');
  bench.write('quiet.cfg', 'backend app\n  server one 127.0.0.1:8081\n');
  bench.write(
    'warned.cfg',
    'frontend www\n  bind 127.0.0.1:8080\n  mode tcp\n  option forwardfor\n  timeout client 5s\n',
  );
  const running = bench.start(args, { name });
  const { code } = await running.exit;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

test('-c on a valid file ends with 0 and says nothing', async (context) => {
  assert.deepEqual(await ran(context, ['-c', '-f', 'good.cfg']), { code: 0, stdout: '', stderr: '' });
});

test('-c -V says that a valid file is valid', async (context) => {
  const { code, stdout } = await ran(context, ['-c', '-V', '-f', 'good.cfg']);
  assert.equal(code, 0);
  assert.equal(stdout, 'Configuration file is valid\n');
});

test('-c on a wrong file ends with 1 and reports in the form of HAProxy', async (context) => {
  const { code, stderr, stdout } = await ran(context, ['-c', '-f', 'bad.cfg']);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^\[NOTICE\] {3}\(\d+\) : haproxy version is 3\.5-dev5-fairlead/);
  assert.match(stderr, /\[ALERT\] {4}\(\d+\) : config : parsing \[bad\.cfg:4\]: unknown keyword 'tiemout/);
  assert.match(stderr, /\[ALERT\] {4}\(\d+\) : config : Error\(s\) found in configuration file : bad\.cfg\n/);
  assert.match(stderr, /\[ALERT\] {4}\(\d+\) : config : Fatal errors found in configuration\.\n$/);
});

test('-q leaves only the exit code', async (context) => {
  assert.deepEqual(await ran(context, ['-c', '-q', '-f', 'bad.cfg']), { code: 1, stdout: '', stderr: '' });
});

test('-c on a file without listeners ends with 2', async (context) => {
  assert.equal((await ran(context, ['-c', '-f', 'quiet.cfg'])).code, 2);
});

test('-dW refuses a file with a warning that is valid without it', async (context) => {
  assert.equal((await ran(context, ['-c', '-f', 'warned.cfg'])).code, 0);
  const { code, stderr } = await ran(context, ['-c', '-dW', '-f', 'warned.cfg']);
  assert.equal(code, 1);
  assert.match(stderr, /Some warnings were found and 'zero-warning' is set\. Aborting\./);
});

test('a file that does not exist is an error that names it', async (context) => {
  const { code, stderr } = await ran(context, ['-c', '-f', 'nowhere.cfg']);
  assert.equal(code, 1);
  assert.match(stderr, /nowhere\.cfg/);
  assert.doesNotMatch(stderr, /\n {4}at /);
});

for (const [condition, code] of [
  ['feature(THREAD)', 0],
  ['!feature(THREAD)', 1],
  ['version_atleast(3.5-dev5)', 0],
  ['feature(NO_SUCH_THING)', 1],
  ['streq(a', 2],
] as const) {
  test(`-cc '${condition}' ends with ${code}`, async (context) => {
    assert.equal((await ran(context, ['-cc', condition])).code, code);
  });
}

for (const [args, message] of [
  [['-zz'], /unknown option '-zz'/],
  [['-f'], /-f needs a <cfgfile\|cfgdir>/],
  [['-n', 'many', '-f', 'good.cfg'], /'many' is not a number/],
  [['-c'], /no configuration file/],
  [['good.cfg'], /'good\.cfg' is not an option/],
] as const) {
  test(`the command line '${args.join(' ')}' ends with 1 and says why`, async (context) => {
    const { code, stderr } = await ran(context, args);
    assert.equal(code, 1);
    assert.match(stderr, message);
    assert.match(stderr, /Usage: haproxy/);
  });
}

test('-vv begins with a version as its third word and has the target and the features', async (context) => {
  const { code, stdout } = await ran(context, ['-vv']);
  assert.equal(code, 0);
  assert.equal(stdout.split(' ')[2], '3.5-dev5-fairlead0.1.0');
  assert.ok(stdout.split('\n').includes('  TARGET  = linux-glibc'));
  assert.match(stdout, /^Feature list : .*\+THREAD /m);
});

test('-C changes to a folder before files are read, and one that is missing is an error', async (context) => {
  assert.equal((await ran(context, ['-C', '/', '-c', '-f', 'good.cfg'])).code, 1);
  const { code, stderr } = await ran(context, ['-C', '/no/such/folder', '-c', '-f', 'good.cfg']);
  assert.equal(code, 1);
  assert.match(stderr, /Could not change to directory \/no\/such\/folder/);
});

test('fairlead check points a caret at what is wrong', async (context) => {
  const { code, stderr } = await ran(context, ['check', 'bad.cfg'], 'fairlead');
  assert.equal(code, 1);
  assert.match(stderr, /bad\.cfg:4:3: error: .*\n.*\n +\| +\^/);
});

test('fairlead without arguments shows its commands', async (context) => {
  const { code, stderr } = await ran(context, [], 'fairlead');
  assert.equal(code, 1);
  assert.match(stderr, /run +Serves traffic/);
});

test('-dr turns a server name without an address from an error into a warning', async (context) => {
  const bench = new Bench(context);
  const text = answering(freePort(), 'hello');
  bench.write('names.cfg', `${text}backend app\n  server one no-such-name.invalid:80\n`);
  const strict = bench.start(['-c', '-f', 'names.cfg']);
  assert.equal((await strict.exit).code, 1);
  assert.match(strict.stderr, /\[ALERT\].*could not resolve address 'no-such-name\.invalid'/);
  const lenient = bench.start(['-c', '-dr', '-f', 'names.cfg']);
  assert.equal((await lenient.exit).code, 0);
  assert.match(lenient.stderr, /\[WARNING\].*could not resolve address 'no-such-name\.invalid'/);
});
