import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  changeRoot,
  getResourceLimit,
  setDumpable,
  setParentDeathSignal,
  setResourceLimit,
  setThreadName,
  startSession,
} from '../../../src/system/process.ts';

const onLinux = process.platform === 'linux' ? {} : { skip: 'needs Linux' };

test('the limit of open files is what the kernel says', onLinux, () => {
  const line = readFileSync('/proc/self/limits', 'latin1')
    .split('\n')
    .find((one) => one.startsWith('Max open files'));
  const [, soft, hard] = /files\s+(\S+)\s+(\S+)/.exec(line!)!;
  const numberOf = (text: string) => (text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text));
  assert.deepEqual(getResourceLimit('NOFILE'), { soft: numberOf(soft!), hard: numberOf(hard!) });
});

test('a limit can be lowered and raised up to the hard one', () => {
  const before = getResourceLimit('CORE');
  setResourceLimit('CORE', { soft: 0, hard: before.hard });
  assert.deepEqual(getResourceLimit('CORE'), { soft: 0, hard: before.hard });
  setResourceLimit('CORE', before);
  assert.deepEqual(getResourceLimit('CORE'), before);
});

test('a soft limit above the hard one is an error that names the call and the values', () => {
  const { hard } = getResourceLimit('NOFILE');
  if (hard === Number.POSITIVE_INFINITY) return;
  assert.throws(() => setResourceLimit('NOFILE', { soft: hard + 1, hard }), {
    code: 'EINVAL',
    syscall: 'setrlimit',
    message: /setrlimit: EINVAL, NOFILE \d+ \d+/,
  });
});

test('a thread name shows in /proc, cut to 15 bytes', onLinux, () => {
  const before = readFileSync('/proc/self/comm', 'latin1').trimEnd();
  setThreadName('fairlead worker 12');
  assert.equal(readFileSync('/proc/self/comm', 'latin1'), 'fairlead worker\n');
  setThreadName(before);
});

test('a process may be made dumpable, and ask for a signal at its parent death', onLinux, () => {
  setDumpable(true);
  setParentDeathSignal(0);
  assert.throws(() => setParentDeathSignal(4096), { code: 'EINVAL', syscall: 'prctl' });
});

test('a child that asked for it dies with its parent', onLinux, async () => {
  // The middle process starts a child that waits on the pipe it inherited, and is killed; only the signal ends the child.
  const file = new URL('../../../src/system/process.ts', import.meta.url).href;
  const child = `import { setParentDeathSignal } from '${file}'; setParentDeathSignal(9); console.log('armed'); setInterval(() => {}, 1e6);`;
  const parent = `import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', ${JSON.stringify(child)}], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => { console.log(child.pid); process.kill(process.pid, 'SIGKILL'); });`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', parent], {
    encoding: 'latin1',
  });
  // spawnSync returns when the last holder of stderr's pipe is gone: the child inherited it.
  const pid = Number(stdout.trim());
  assert.ok(pid > 0, stdout);
  // The descriptors of a dying process are closed a little before it is dead.
  while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
});

test('a new root that does not exist is an error that names it', () => {
  assert.throws(() => changeRoot('/no/such/folder'), {
    code: /^(ENOENT|EPERM)$/,
    message: /^chroot: \w+, \/no\/such\/folder$/,
  });
});

test('a session cannot be started by the leader of a process group', onLinux, () => {
  const file = new URL('../../../src/system/process.ts', import.meta.url).href;
  const program = `import { startSession } from '${file}'; try { startSession(); startSession(); } catch (error) { console.log(error.code); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
    encoding: 'latin1',
  });
  assert.equal(stdout, 'EPERM\n');
  assert.equal(typeof startSession, 'function');
});

/** False also for a process that has ended and that nobody has asked after. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}
