import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ObservedError, ServerObserver } from '../../../workers/plan/server-observer.ts';
import { createShared } from '../../../workers/shared/create-shared.ts';
import { openShared } from '../../../workers/shared/shared-memory.ts';
import { processModel } from '../../support/worker-process/process-model.ts';

const MODEL = processModel([{ id: 2, name: 'bk', kind: 'backend', servers: [{ name: 's', port: 1 }] }]);

/** Two threads that observe one server; `errors` is what both have counted. */
function observers(limit: number, looksAtResponses: boolean) {
  const buffer = createShared(MODEL, 2);
  const threads = [openShared(buffer, MODEL, 0), openShared(buffer, MODEL, 1)];
  const slot = threads[0]!.slots.server(2, 0);
  return {
    first: new ServerObserver(threads[0]!, slot, limit, looksAtResponses),
    second: new ServerObserver(threads[1]!, slot, limit, looksAtResponses),
    /** Counts one more to see the number, and takes it off again. */
    errors(): number {
      const count = threads[0]!.countError(slot) - 1;
      threads[0]!.forgetErrors(slot);
      for (let i = 0; i < count; i++) threads[0]!.countError(slot);
      return count;
    },
  };
}

test('errors in a row are counted over all threads, and a good response forgets them', () => {
  const { first, second, errors } = observers(10, true);
  first.responded(500);
  second.responseFailed(ObservedError.TIMEOUT);
  second.connectFailed();
  assert.equal(errors(), 3);
  first.responded(200);
  assert.equal(errors(), 0);
});

for (const [status, isError] of [
  [101, false],
  [204, false],
  [404, false],
  [499, false],
  [500, true],
  [501, false],
  [502, true],
  [505, false],
  [599, true],
] as const) {
  test(`status ${status} is ${isError ? 'an error' : 'no error'}`, () => {
    const { first, errors } = observers(10, true);
    first.responded(status);
    assert.equal(errors(), isError ? 1 : 0);
  });
}

test('on layer 4 only connections count', () => {
  const { first, errors } = observers(10, false);
  first.responded(500);
  first.responseFailed(ObservedError.READ);
  assert.equal(errors(), 0);
  first.connectFailed();
  assert.equal(errors(), 1);
  first.connected();
  assert.equal(errors(), 0);
});

test('on layer 7 an open connection forgets nothing', () => {
  const { first, errors } = observers(10, true);
  first.connectFailed();
  first.connected();
  assert.equal(errors(), 1);
});

test('at the limit the count begins anew', () => {
  const { first, errors } = observers(2, true);
  first.responded(500);
  first.responded(500);
  assert.equal(errors(), 0);
});
