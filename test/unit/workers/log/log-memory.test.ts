import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { logMemory, sharedCounter, takeNext } from '../../../../workers/log/log-memory.ts';

const MODULE = new URL('../../../../workers/log/log-memory.ts', import.meta.url).href;

describe('Counters of logs', () => {
  test('begin at 0 and count up', () => {
    const counter = sharedCounter('a counter of this test');
    assert.deepEqual([takeNext(counter), takeNext(counter), takeNext(counter)], [0, 1, 2]);
  });

  test('are the same for the same name and others for other names', () => {
    takeNext(sharedCounter('same'));
    assert.equal(takeNext(sharedCounter('same')), 1);
    assert.equal(takeNext(sharedCounter('other')), 0);
  });

  test('stay apart for a thousand names', () => {
    const counters = Array.from({ length: 1000 }, (_, i) => sharedCounter(`name ${i}`));
    assert.equal(new Set(counters.map(({ index }) => index)).size, 1000);
  });

  test('go on behind 32 bits at 0', () => {
    const counter = sharedCounter('full');
    Atomics.store(counter.cells, counter.index, -1);
    assert.equal(takeNext(counter), 0xffffffff);
    assert.equal(takeNext(counter), 0);
  });

  test('count over all threads of the process: no number comes twice, none is left out', async () => {
    logMemory();
    const source = `import { parentPort } from 'node:worker_threads';
      import { sharedCounter, takeNext } from ${JSON.stringify(MODULE)};
      const counter = sharedCounter('over threads');
      parentPort.postMessage(Array.from({ length: 1000 }, () => takeNext(counter)));`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
    const taken = await Promise.all(
      [1, 2].map(
        () =>
          new Promise<number[]>((resolve, reject) => {
            new Worker(url).once('message', resolve).once('error', reject);
          }),
      ),
    );
    assert.deepEqual(
      taken.flat().sort((a, b) => a - b),
      Array.from({ length: 2000 }, (_, i) => i),
    );
  });
});
