/**
 * Prints the nanoseconds that timeouts cost: `node bench/micro/timer-wheel.ts`. A request arms, moves and cancels a
 * handful of them, and hardly ever lets one expire.
 */
import { TimerEntry, type TimerTarget, TimerWheel } from '../../src/time/timer-wheel.ts';

const ROUNDS = 2_000_000;
/** As many as a busy thread has connections. */
const ENTRIES = 1000;
const TIMEOUT_MS = 30_000;

const nobody: TimerTarget = { onTimeout: () => {} };
const entries = Array.from({ length: ENTRIES }, () => new TimerEntry(nobody));

interface Case {
  readonly name: string;
  run(wheel: TimerWheel, entry: TimerEntry, nowMs: number): void;
}

const CASES: readonly Case[] = [
  {
    name: 'arm and cancel',
    run(wheel, entry, nowMs) {
      wheel.arm(entry, nowMs + TIMEOUT_MS);
      wheel.cancel(entry);
    },
  },
  { name: 'move later', run: (wheel, entry, nowMs) => wheel.arm(entry, nowMs + TIMEOUT_MS) },
  {
    name: 'move earlier and later again',
    run(wheel, entry, nowMs) {
      wheel.arm(entry, nowMs + TIMEOUT_MS / 10);
      wheel.arm(entry, nowMs + TIMEOUT_MS);
    },
  },
];

/** A thousand rounds are a millisecond of the wheel's time, in which it also visits its slots. */
function nanoseconds({ run }: Case): number {
  const wheel = new TimerWheel(0);
  const start = performance.now();
  for (let i = 0; i < ROUNDS; i++) {
    const nowMs = i / 1000;
    if (i % 10_000 === 0) wheel.advance(nowMs);
    run(wheel, entries[i % ENTRIES]!, nowMs);
  }
  const took = ((performance.now() - start) * 1e6) / ROUNDS;
  for (const entry of entries) wheel.cancel(entry);
  return took;
}

for (const one of CASES) {
  const best = Math.min(...Array.from({ length: 5 }, () => nanoseconds(one)));
  console.log(`${one.name}: ${best.toFixed(1)} ns`);
}
