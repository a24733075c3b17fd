import assert from 'node:assert/strict';
import { closeSync, openSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import {
  canPassDescriptors,
  descriptorChannel,
  receiveDescriptors,
  sendDescriptors,
} from '../../../src/system/pass-descriptors.ts';

const skip = canPassDescriptors() ? false : 'this platform cannot pass descriptors';

function pathOf(fd: number): string {
  return readlinkSync(`/proc/self/fd/${fd}`);
}

test('descriptors arrive in their order, also more than one message holds', { skip }, () => {
  const [here, there] = descriptorChannel();
  const sent = Array.from({ length: 600 }, (_, i) =>
    openSync(i % 3 === 0 ? '/dev/null' : i % 3 === 1 ? '/dev/zero' : '/etc/passwd', 'r'),
  );
  sendDescriptors(here, sent);
  const received = receiveDescriptors(there, 600);
  assert.equal(received.length, 600);
  assert.equal(new Set([...sent, ...received]).size, 1200);
  assert.deepEqual(received.map(pathOf), sent.map(pathOf));
  for (const fd of [...sent, ...received, here, there]) closeSync(fd);
});

test('receiving what was not sent is an error, not a wait', { skip }, () => {
  const [here, there] = descriptorChannel();
  assert.throws(() => receiveDescriptors(there, 1), { code: 'EAGAIN' });
  closeSync(here);
  assert.throws(() => receiveDescriptors(there, 1), /0 descriptors came instead of 1/);
  assert.throws(() => sendDescriptors(there, [0]), { code: 'EPIPE' });
  closeSync(there);
});
