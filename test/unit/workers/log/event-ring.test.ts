import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventRing } from '../../../../workers/log/event-ring.ts';

const HEADER_BYTES = 64;

function ringOf(sizeBytes: number): EventRing {
  return new EventRing(new SharedArrayBuffer(HEADER_BYTES + sizeBytes), 0, sizeBytes);
}

function write(ring: EventRing, text: string): boolean {
  const bytes = Buffer.from(text, 'latin1');
  return ring.write(bytes, 0, bytes.length);
}

describe('A ring of events', () => {
  test('gives back what was written, a line for each event', () => {
    const ring = ringOf(1024);
    write(ring, 'one');
    write(ring, '');
    write(ring, 'th\xe9ee');
    assert.equal(ring.readFrom(0).text, 'one\n\nth\xe9ee\n');
  });

  test('goes on where a reader stopped', () => {
    const ring = ringOf(1024);
    write(ring, 'one');
    const { next } = ring.readFrom(0);
    assert.equal(ring.readFrom(next).text, '');
    write(ring, 'two');
    assert.equal(ring.readFrom(next).text, 'two\n');
    assert.equal(ring.readFrom(ring.end()).text, '');
  });

  test('drops the oldest events for new ones, whole and across its end', () => {
    const ring = ringOf(40);
    const all = Array.from({ length: 50 }, (_, i) => `event ${i}`);
    for (const event of all) assert.equal(write(ring, event), true);
    const { text } = ring.readFrom(0);
    const kept = text.trimEnd().split('\n');
    assert.ok(kept.length >= 2);
    assert.deepEqual(kept, all.slice(-kept.length));
    assert.equal(ring.dropped, 0);
  });

  test('refuses an event that is larger than itself, and counts it', () => {
    const ring = ringOf(16);
    assert.equal(write(ring, 'x'.repeat(13)), false);
    assert.equal(write(ring, 'x'.repeat(12)), true);
    assert.equal(ring.dropped, 1);
  });

  test('does not wait for a lock that nobody gives back: the event is dropped', () => {
    const memory = new SharedArrayBuffer(HEADER_BYTES + 64);
    const ring = new EventRing(memory, 0, 64);
    Atomics.store(new Int32Array(memory), 0, 1);
    assert.equal(write(ring, 'lost'), false);
    assert.equal(ring.readFrom(0).text, '');
    assert.equal(ring.dropped, 1);
  });

  test('wakes a watcher when something is written, and at once when it is there already', async () => {
    const ring = ringOf(256);
    const longMs = 3_600_000;
    const woken = ring.changed(ring.end(), longMs);
    write(ring, 'now');
    await woken;
    await ring.changed(0, longMs);
    assert.equal(ring.readFrom(0).text, 'now\n');
  });

  test('is one for two views of the same memory', () => {
    const memory = new SharedArrayBuffer(HEADER_BYTES + 128);
    const [writer, reader] = [new EventRing(memory, 0, 128), new EventRing(memory, 0, 128)];
    write(writer, 'a');
    write(reader, 'b');
    assert.equal(reader.readFrom(0).text, 'a\nb\n');
  });
});
