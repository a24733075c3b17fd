import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropPrivileges, type PrivilegeCalls } from '../../../workers/privileges.ts';

function recorded(refused = ''): { calls: PrivilegeCalls; said: string[] } {
  const said: string[] = [];
  const call = (name: string) => (value: unknown) => {
    if (name === refused) throw new Error('not permitted');
    said.push(`${name} ${JSON.stringify(value)}`);
  };
  const calls = {
    chroot: call('chroot'),
    chdir: call('chdir'),
    setgroups: call('setgroups'),
    setgid: call('setgid'),
    setuid: call('setuid'),
  };
  return { calls, said };
}

test('the root folder changes first, then groups, and the user last', () => {
  const { calls, said } = recorded();
  dropPrivileges({ chroot: '/srv/empty', uid: 99, gid: 98 }, calls);
  assert.deepEqual(said, ['chroot "/srv/empty"', 'chdir "/"', 'setgroups []', 'setgid 98', 'setuid 99']);
});

test('nothing is called where nothing is configured, and root stays root', () => {
  for (const settings of [{}, { uid: 0, gid: 0 }]) {
    const { calls, said } = recorded();
    dropPrivileges(settings, calls);
    assert.deepEqual(said, []);
  }
});

test('a refused step is an error that names it, and no later step runs', () => {
  const { calls, said } = recorded('setgid');
  assert.throws(
    () => dropPrivileges({ uid: 99, gid: 98 }, calls),
    /cannot set the group to 98: not permitted/,
  );
  assert.deepEqual(said, ['setgroups []']);
});
