import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimerWheel } from '../../../../src/time/timer-wheel.ts';
import type { Connection } from '../../../../workers/connection/connection.ts';
import { RelaySide } from '../../../../workers/session/relay-side.ts';
import type { ThreadState } from '../../../../workers/thread-state.ts';

/** A connection that takes so many bytes and keeps the rest. */
class FakeConnection {
  pendingBytes = 0;
  unsentBytes = 0;
  isHeld = false;
  isPaused = false;
  wantsBulk = false;
  room = Number.POSITIVE_INFINITY;

  write(_buffer: Buffer, start: number, end: number): boolean {
    const rest = Math.max(0, end - start - this.room);
    this.pendingBytes += rest;
    this.unsentBytes += rest;
    return rest === 0;
  }

  writeFrom(_source: Connection, buffer: Buffer, start: number, end: number): boolean {
    return this.write(buffer, start, end);
  }

  pause(): void {
    this.isPaused = true;
  }

  setBulk(isBulk: boolean): void {
    this.wantsBulk = isBulk;
  }
}

function relay() {
  const thread = { nowMs: 1000, wheel: new TimerWheel(1000) };
  const state = thread as unknown as ThreadState;
  const target = { onTimeout() {} };
  const ends = [new FakeConnection(), new FakeConnection()] as const;
  const sides = [new RelaySide(state, target), new RelaySide(state, target)] as const;
  for (const i of [0, 1] as const) sides[i].begin(ends[i] as unknown as Connection);
  return { thread, client: sides[0], server: sides[1], clientEnd: ends[0], serverEnd: ends[1] };
}

const BYTES = Buffer.alloc(64 * 1024);

test('a side whose bytes are copied for a receiver that is behind is not read any more', () => {
  const { client, server, clientEnd, serverEnd } = relay();
  client.forward(server, BYTES, 100);
  assert.equal(clientEnd.isPaused, false);
  serverEnd.room = 10;
  client.forward(server, BYTES, 100);
  assert.equal(clientEnd.isPaused, true);
});

test('a bulk transfer whose reads are copied is not read any more either', () => {
  const { client, server, clientEnd, serverEnd } = relay();
  client.forward(server, BYTES, 40_000);
  assert.equal(clientEnd.wantsBulk, true);
  serverEnd.room = 10;
  client.forward(server, BYTES, 40_000);
  assert.equal(clientEnd.isPaused, true, 'reads that fill no buffer pile up otherwise');
});

test('a bulk transfer out of a buffer of its own stops by that buffer', () => {
  const { client, server, clientEnd, serverEnd } = relay();
  client.forward(server, BYTES, 40_000);
  serverEnd.room = 10;
  clientEnd.isHeld = true;
  client.forward(server, BYTES, 64 * 1024);
  assert.equal(clientEnd.isPaused, false);
});

test('small reads give a bulk buffer back', () => {
  const { client, server, clientEnd } = relay();
  client.forward(server, BYTES, 40_000);
  client.forward(server, BYTES, 10_000);
  assert.equal(clientEnd.wantsBulk, true);
  client.forward(server, BYTES, 1000);
  assert.equal(clientEnd.wantsBulk, false);
});

test('the timer runs from now, or with independent streams from what was heard last', () => {
  const { thread, client, server } = relay();
  thread.nowMs = 1200;
  client.arm(500, server, false);
  assert.equal(client.timer.deadlineMs, 1700);
  client.arm(500, server, true);
  assert.equal(client.timer.deadlineMs, 1500);
  client.heard();
  client.arm(500, server, true);
  assert.equal(client.timer.deadlineMs, 1700);
});

test('the timer rests while the other side is behind, once the side has ended, and without a timeout', () => {
  const { client, server, serverEnd } = relay();
  client.arm(500, server, false);
  serverEnd.pendingBytes = 1;
  client.arm(500, server, false);
  assert.equal(client.timer.isArmed, false);
  serverEnd.pendingBytes = 0;
  client.arm(500, server, false);
  assert.equal(client.timer.isArmed, true);
  client.arm(0, server, false);
  assert.equal(client.timer.isArmed, false);
  client.hasEnded = true;
  client.arm(500, server, false);
  assert.equal(client.timer.isArmed, false);
});

test('the timer of a side that is behind runs though it has ended, and tells whether it takes bytes', () => {
  const { client, server, clientEnd } = relay();
  client.hasEnded = true;
  clientEnd.pendingBytes = clientEnd.unsentBytes = 100;
  client.arm(500, server, false);
  assert.equal(client.timer.isArmed, true);
  assert.equal(client.hasTakenSome, false);
  clientEnd.unsentBytes = 99;
  assert.equal(client.hasTakenSome, true);
  client.arm(500, server, false);
  assert.equal(client.hasTakenSome, false);
});

test('a fin timeout of 0 leaves the timer as it is', () => {
  const { client, server } = relay();
  client.arm(500, server, false);
  client.armFin(0, server);
  assert.equal(client.timer.deadlineMs, 1500);
  client.armFin(50, server);
  assert.equal(client.timer.deadlineMs, 1050);
});
