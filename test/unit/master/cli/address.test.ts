import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCliAddress } from '../../../../master/cli/address.ts';
import { UsageError } from '../../../../master/option-table.ts';

test('an address of -S has all rights unless a level is set', () => {
  assert.equal(parseCliAddress('127.0.0.1:1234').level, 'admin');
  assert.equal(parseCliAddress('/run/m.sock,level,user').level, 'user');
});

test('options of sockets stand behind commas', () => {
  const { address, options } = parseCliAddress('/run/m.sock,uid,1000,gid,100,mode,600');
  assert.equal(address.host, '/run/m.sock');
  assert.deepEqual([options.uid, options.gid, options.mode], [1000, 100, 0o600]);
});

for (const [text, message] of [
  ['127.0.0.1', /missing port/],
  ['/run/m.sock,mdoe,600', /'mdoe' is not an option of sockets; did you mean 'mode'\?/],
  ['/run/m.sock,mode', /missing <mode>/],
  ['/run/m.sock,level,root', /'root' is not a value of <level>/],
  ['', /empty/],
] as const) {
  test(`refuses '${text}'`, () => {
    assert.throws(
      () => parseCliAddress(text),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}
