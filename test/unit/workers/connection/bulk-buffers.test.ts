import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BULK_BYTES, BulkBuffers, type BulkReader } from '../../../../workers/connection/bulk-buffers.ts';

class Reader implements BulkReader {
  readonly calls: string[] = [];

  stopForHold(): void {
    this.calls.push('stop');
  }

  startReading(): void {
    this.calls.push('start');
  }

  giveUpBulk(): void {
    this.calls.push('give up');
  }
}

function setUp(): { pool: BulkBuffers; reader: Reader; time: { ms: number } } {
  const time = { ms: 0 };
  return { pool: new BulkBuffers(() => time.ms), reader: new Reader(), time };
}

test('a released buffer is the next one taken', () => {
  const { pool, reader } = setUp();
  const first = pool.take(reader);
  assert.equal(first.buffer.length, BULK_BYTES);
  first.release();
  assert.equal(pool.inUseCount, 0);
  assert.equal(pool.take(reader).buffer, first.buffer);
});

test('a buffer with a pending write is nobody else until that is done', () => {
  const { pool, reader } = setUp();
  const bulk = pool.take(reader);
  bulk.hold();
  bulk.hold();
  bulk.release();
  bulk.unhold();
  assert.notEqual(pool.take(reader).buffer, bulk.buffer);
  assert.equal(pool.inUseCount, 2);
  bulk.unhold();
  assert.equal(pool.inUseCount, 1);
  assert.equal(pool.take(reader).buffer, bulk.buffer);
});

test('the reader stops while a write is pending and starts after the last', () => {
  const { pool, reader } = setUp();
  const bulk = pool.take(reader);
  bulk.hold();
  bulk.hold();
  bulk.unhold();
  assert.deepEqual(reader.calls, ['stop', 'stop']);
  bulk.unhold();
  assert.deepEqual(reader.calls, ['stop', 'stop', 'start']);
});

test('a receiver that takes more than a tenth of a second is slow', () => {
  const { pool, reader, time } = setUp();
  const bulk = pool.take(reader);
  bulk.hold();
  time.ms += 100;
  bulk.unhold();
  assert.equal(bulk.isSlow, false);
  bulk.hold();
  time.ms += 101;
  bulk.unhold();
  assert.equal(bulk.isSlow, true);
});

test('a sweep takes buffers from readers that were silent since the last one, and from no others', () => {
  const { pool, reader } = setUp();
  const busy = new Reader();
  const writing = new Reader();
  pool.take(reader);
  const used = pool.take(busy);
  const held = pool.take(writing);
  held.hold();
  pool.sweep();
  assert.deepEqual(reader.calls, [], 'all were used before the first sweep');
  used.wasUsed = true;
  pool.sweep();
  assert.deepEqual(reader.calls, ['give up']);
  assert.deepEqual(busy.calls, []);
  assert.deepEqual(writing.calls, ['stop']);
});
