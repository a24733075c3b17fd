import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  acceptNow,
  duplicate,
  duplicateTo,
  setInherited,
  shutdownWriting,
} from '../../../src/system/descriptors.ts';
import {
  bindFunction,
  errnoName,
  hasSystemCalls,
  lazyFunction,
  systemCallProblem,
} from '../../../src/system/libc.ts';
import { openStreamSocket } from '../../../src/system/stream-socket.ts';

const onLinux = process.platform === 'linux' ? {} : { skip: 'needs Linux' };
const CLOSE_ON_EXEC = 0o2000000;

/** The flags that the kernel keeps of a descriptor (proc(5)). */
function flagsOf(fd: number): number {
  return Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))![1]!, 8);
}

test('a duplicate is the same open file under a new number, closed on exec', onLinux, () => {
  const fd = openSync('/dev/null', 'r');
  const copy = duplicate(fd);
  assert.notEqual(copy, fd);
  assert.ok(copy > 2);
  assert.equal(fstatSync(copy).rdev, fstatSync(fd).rdev);
  assert.ok(flagsOf(copy) & CLOSE_ON_EXEC);
  closeSync(fd);
  assert.equal(fstatSync(copy).isCharacterDevice(), true);
  closeSync(copy);
});

test('a descriptor can be put on a chosen number', onLinux, () => {
  const fd = openSync('/dev/null', 'r');
  const place = openSync('/dev/zero', 'r');
  duplicateTo(fd, place, { isInherited: false });
  assert.equal(fstatSync(place).rdev, fstatSync(fd).rdev);
  assert.ok(flagsOf(place) & CLOSE_ON_EXEC);
  duplicateTo(fd, place, { isInherited: true });
  assert.equal(flagsOf(place) & CLOSE_ON_EXEC, 0);
  closeSync(fd);
  closeSync(place);
});

test('inheritance is set and unset', onLinux, () => {
  const fd = openSync('/dev/null', 'r');
  setInherited(fd, true);
  assert.equal(flagsOf(fd) & CLOSE_ON_EXEC, 0);
  setInherited(fd, true);
  setInherited(fd, false);
  assert.ok(flagsOf(fd) & CLOSE_ON_EXEC);
  closeSync(fd);
});

test('calls on a closed descriptor are errors that name it', () => {
  assert.throws(() => duplicate(-1), { code: 'EBADF', syscall: 'fcntl', message: 'fcntl: EBADF, fd -1' });
  assert.throws(() => duplicateTo(-1, 50, { isInherited: true }), { code: 'EBADF', message: /fd -1 to 50/ });
  assert.throws(() => setInherited(-1, true), { code: 'EBADF' });
  assert.throws(() => acceptNow(-1), { code: 'EBADF', syscall: 'accept4' });
  assert.match(errnoName(-shutdownWriting(-1)), /^EBADF$/);
});

test('shutting down a socket that is not connected is reported, not thrown', () => {
  const fd = openStreamSocket('ipv4');
  assert.equal(errnoName(-shutdownWriting(fd)), 'ENOTCONN');
  closeSync(fd);
});

test('system calls work on this platform, and nothing is wrong', () => {
  assert.equal(hasSystemCalls(), true);
  assert.equal(systemCallProblem(), '');
});

test('a function that the C library does not have is an error that says so, at its first call', () => {
  const call = lazyFunction('int no_such_function(int)');
  assert.throws(() => call(1), {
    code: 'ENOSYS',
    message: /^no_such_function: ENOSYS, this platform lacks it/,
  });
  assert.throws(() => bindFunction('int no_such_function(int)'), { code: 'ENOSYS' });
});

test('without koffi, calls are errors that say so and nothing else breaks', () => {
  const file = new URL('../../../src/system/libc.ts', import.meta.url).href;
  const program = `
    import { createRequire } from 'node:module';
    const require = createRequire('${file}');
    require.cache[require.resolve('koffi')] = { get exports() { throw new Error('no binary for this platform\\nmore'); }, loaded: true };
    const { hasSystemCalls, systemCallProblem, lazyFunction } = await import('${file}');
    console.log(hasSystemCalls(), systemCallProblem());
    try { lazyFunction('int getppid(void)')(); } catch (error) { console.log(error.code, error.message); }
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'latin1',
  });
  assert.equal(stderr, '');
  assert.equal(
    stdout,
    'false no binary for this platform\nENOSYS getppid: ENOSYS, system calls need koffi: no binary for this platform\n',
  );
});

test('an errno without a name keeps its number', () => {
  assert.equal(errnoName(98765), 'errno 98765');
});
