import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HeldError, lockDirectory, runtimePath } from '../../../master/runtime-directory.ts';

const INSTANCE = { files: ['/etc/site.cfg'], addresses: ['ipv4|127.0.0.1|80'] };

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-lock-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a lock is refused while it is held, with the holder named, and given again behind its release', async (context) => {
  const path = folder(context);
  const first = await lockDirectory(path, INSTANCE);
  await assert.rejects(
    lockDirectory(path, INSTANCE),
    (error) => error instanceof HeldError && error.holder.pid === process.pid,
  );
  first.release();
  assert.equal(existsSync(path), false);
  mkdirSync(path);
  (await lockDirectory(path, INSTANCE)).release();
});

test('the lock of a process that is gone is taken over at once', async (context) => {
  const path = folder(context);
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  mkdirSync(join(path, 'master.lock'));
  writeFileSync(
    join(path, 'master.json'),
    JSON.stringify({ pid: child.pid, birth: '', startedAtMs: 0, files: [] }),
  );
  const own = await lockDirectory(path, INSTANCE);
  own.release();
});

test('a process of the same number that was born later is not the holder', async (context) => {
  const path = folder(context);
  mkdirSync(join(path, 'master.lock'));
  writeFileSync(
    join(path, 'master.json'),
    JSON.stringify({ pid: process.pid, birth: '1', startedAtMs: 0, files: [] }),
  );
  const own = await lockDirectory(path, INSTANCE);
  own.release();
});

test('a damaged holder file is no reason to take a lock from someone', async (context) => {
  const path = folder(context);
  const first = await lockDirectory(path, INSTANCE);
  writeFileSync(join(path, 'master.json'), '{');
  await assert.rejects(lockDirectory(path, INSTANCE), HeldError);
  first.release();
});

test('instances differ by their files and by their addresses', (context) => {
  const paths = [INSTANCE, { ...INSTANCE, files: ['/etc/other.cfg'] }, { ...INSTANCE, addresses: [] }].map(
    (instance) => runtimePath(instance),
  );
  context.after(() => {
    for (const path of paths) rmSync(path, { recursive: true, force: true });
  });
  assert.equal(new Set(paths).size, 3);
  assert.equal(runtimePath(INSTANCE), paths[0]);
});
