import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { TICK_MS, TimerEntry, type TimerTarget, TimerWheel } from '../../../src/time/timer-wheel.ts';

/** Writes down which entries fire. */
class Log implements TimerTarget {
  readonly fired: TimerEntry[] = [];
  onFire: ((entry: TimerEntry) => void) | null = null;

  onTimeout(entry: TimerEntry): void {
    this.fired.push(entry);
    this.onFire?.(entry);
  }
}

describe('a timer wheel', () => {
  test('fires an entry once, at its deadline or up to one tick later', () => {
    for (let deadline = 1000; deadline < 1000 + 3 * TICK_MS; deadline++) {
      const { wheel, log } = setUp();
      const entry = new TimerEntry(log);
      wheel.arm(entry, deadline);
      assert.equal(entry.isArmed, true);
      wheel.advance(deadline - 0.001);
      assert.equal(log.fired.length, 0);
      wheel.advance(deadline + TICK_MS);
      assert.deepEqual(log.fired, [entry]);
      assert.equal(entry.isArmed, false);
      wheel.advance(deadline + 100_000);
      assert.equal(log.fired.length, 1);
    }
  });

  test('moving the deadline later is met by the later one only, wherever the entry was', () => {
    const { wheel, log } = setUp();
    const entry = new TimerEntry(log);
    wheel.arm(entry, 100);
    for (let now = 0; now <= 200_000; now += 50) {
      wheel.advance(now);
      wheel.arm(entry, now + 75);
    }
    assert.equal(log.fired.length, 0);
    wheel.advance(200_075 + TICK_MS);
    assert.equal(log.fired.length, 1);
  });

  test('moving the deadline earlier is met by the earlier one', () => {
    const { wheel, log } = setUp();
    const entry = new TimerEntry(log);
    wheel.arm(entry, 30_000);
    wheel.arm(entry, 50);
    wheel.advance(60);
    assert.deepEqual(log.fired, [entry]);
    assert.equal(wheel.size, 0);
  });

  test('a cancelled entry does not fire, and cancelling twice is nothing', () => {
    const { wheel, log } = setUp();
    const entries = [1, 2, 3].map(() => new TimerEntry(log));
    for (const entry of entries) wheel.arm(entry, 50);
    wheel.cancel(entries[1]!);
    wheel.cancel(entries[1]!);
    assert.equal(wheel.size, 2);
    wheel.advance(1000);
    assert.deepEqual(new Set(log.fired), new Set([entries[0], entries[2]]));
  });

  test('a deadline in the past fires at the next tick', () => {
    const { wheel, log } = setUp();
    wheel.advance(5000);
    const entry = new TimerEntry(log);
    wheel.arm(entry, 10);
    wheel.advance(5000);
    assert.equal(log.fired.length, 0);
    wheel.advance(5000 + TICK_MS);
    assert.deepEqual(log.fired, [entry]);
  });

  test('an endless wait never fires, and a deadline that is no number is refused', () => {
    const { wheel, log } = setUp();
    const entry = new TimerEntry(log);
    wheel.arm(entry, Number.POSITIVE_INFINITY);
    for (let now = 0; now < 1e7; now += 10_000) wheel.advance(now);
    assert.equal(log.fired.length, 0);
    assert.equal(entry.isArmed, true);
    assert.throws(() => wheel.arm(new TimerEntry(log), Number.NaN), RangeError);
  });

  test('time that goes back is ignored; it goes on when it has caught up', () => {
    const { wheel, log } = setUp();
    wheel.advance(10_000);
    wheel.arm(new TimerEntry(log), 10_100);
    wheel.advance(5000);
    assert.equal(log.fired.length, 0);
    wheel.advance(10_110);
    assert.equal(log.fired.length, 1);
  });

  test('a jump of a year fires all that is due and keeps what is not', () => {
    const { wheel, log } = setUp();
    const year = 365 * 86_400_000;
    const due = [10, 39_000, 41_500, 90_000, year - 1].map((deadline) => {
      const entry = new TimerEntry(log);
      wheel.arm(entry, deadline);
      return entry;
    });
    const later = new TimerEntry(log);
    wheel.arm(later, year + 60_000);
    wheel.advance(year);
    assert.deepEqual(new Set(log.fired), new Set(due));
    assert.equal(wheel.size, 1);
    wheel.advance(year + 60_000 + TICK_MS);
    assert.equal(log.fired.at(-1), later);
  });

  test('a target may arm its entry again while it fires', () => {
    const { wheel, log } = setUp();
    const entry = new TimerEntry(log);
    log.onFire = () => wheel.arm(entry, entry.deadlineMs + 100);
    wheel.arm(entry, 100);
    for (let now = 0; now <= 1000 + TICK_MS; now += TICK_MS) wheel.advance(now);
    assert.equal(log.fired.length, 10);
  });

  test('a target may cancel or arm others of the same tick while it fires', () => {
    const { wheel, log } = setUp();
    const entries = Array.from({ length: 6 }, () => new TimerEntry(log));
    for (const entry of entries) wheel.arm(entry, 50);
    log.onFire = (fired) => {
      for (const entry of entries) if (entry !== fired) wheel.cancel(entry);
      wheel.arm(entries[0]!, 500);
    };
    wheel.advance(60);
    assert.equal(log.fired.length, 1);
    assert.equal(wheel.size, 1);
    log.onFire = null;
    wheel.advance(600);
    assert.deepEqual(log.fired.slice(1), [entries[0]]);
  });

  test('a target that throws loses its own turn only', () => {
    const { wheel, log } = setUp();
    for (let i = 0; i < 5; i++) wheel.arm(new TimerEntry(log), 50 + 20 * (i >> 1));
    log.onFire = () => {
      if (log.fired.length === 1 || log.fired.length === 4) throw new Error('planted');
    };
    assert.throws(() => wheel.advance(1000), /planted/);
    assert.throws(() => wheel.advance(1000), /planted/);
    wheel.advance(1000);
    assert.equal(log.fired.length, 5);
    assert.equal(new Set(log.fired).size, 5);
    assert.equal(wheel.size, 0);
  });

  test('advance within a target does nothing', () => {
    const { wheel, log } = setUp();
    wheel.arm(new TimerEntry(log), 50);
    wheel.arm(new TimerEntry(log), 5000);
    log.onFire = () => wheel.advance(10_000);
    wheel.advance(100);
    assert.equal(log.fired.length, 1);
  });

  test('the host is asked for the next advance, earlier when needed, and not while the wheel is empty', () => {
    const asked: number[] = [];
    const wheel = new TimerWheel(0, (atMs) => asked.push(atMs));
    const log = new Log();
    const first = new TimerEntry(log);
    const second = new TimerEntry(log);
    wheel.arm(first, 5000);
    wheel.arm(second, 7000);
    assert.deepEqual(asked, [5000], 'a later deadline asks for nothing');
    wheel.arm(second, 995);
    assert.deepEqual(asked, [5000, 1000]);
    wheel.advance(1000);
    assert.deepEqual(asked, [5000, 1000, 5000]);
    wheel.advance(5000);
    assert.deepEqual(asked, [5000, 1000, 5000], 'an empty wheel asks for nothing');
    wheel.arm(first, 6000);
    assert.equal(asked.at(-1), 6000);
  });

  test('a host that comes only when asked misses no deadline', () => {
    let wakeAt = Number.POSITIVE_INFINITY;
    const wheel = new TimerWheel(0, (atMs) => {
      wakeAt = atMs;
    });
    const log = new Log();
    const deadlines = [3, 40, 40_955, 41_000, 123_456, 1_000_000, 10_000_000];
    for (const deadline of deadlines) wheel.arm(new TimerEntry(log), deadline);
    let wakes = 0;
    log.onFire = (entry) => assert.ok(wakeAt >= entry.deadlineMs && wakeAt <= entry.deadlineMs + TICK_MS);
    while (wheel.size > 0 && wakes++ < 1000) wheel.advance(wakeAt);
    assert.deepEqual(
      log.fired.map((entry) => entry.deadlineMs),
      deadlines,
    );
  });
});

type Step =
  | { readonly do: 'arm'; readonly which: number; readonly delay: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'advance'; readonly by: number };

const ENTRIES = 8;

test('any sequence of steps fires what a list of deadlines says', () => {
  const delay = fc.oneof(
    fc.integer({ min: -50, max: 200 }),
    fc.integer({ min: 0, max: 200_000 }),
    fc.double({ min: 0, max: 50_000, noNaN: true }),
  );
  const by = fc.oneof(
    fc.integer({ min: -20, max: 60 }),
    fc.integer({ min: 0, max: 100_000 }),
    fc.double({ min: 0, max: 45_000, noNaN: true }),
  );
  const which = fc.integer({ min: 0, max: ENTRIES - 1 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('arm' as const), which, delay }),
    fc.record({ do: fc.constant('cancel' as const), which }),
    fc.record({ do: fc.constant('advance' as const), by }),
  );
  const start = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(fc.property(start, fc.array(step, { maxLength: 60 }), followsModel), {
    seed: 20261123,
    numRuns: 3000,
  });
});

/** The model: each entry's deadline, and whether it may or must have fired at a time. */
function followsModel(startMs: number, steps: readonly Step[]): void {
  const wheel = new TimerWheel(startMs);
  const deadlines = new Map<number, number>();
  let latest = startMs;
  const targets = Array.from({ length: ENTRIES }, (_, which) => {
    const target: TimerTarget = {
      onTimeout(fired) {
        assert.equal(fired, entries[which]);
        assert.ok(deadlines.has(which), 'fired an entry that is not armed');
        assert.ok(deadlines.get(which)! <= latest, 'fired early');
        deadlines.delete(which);
      },
    };
    return target;
  });
  const entries = targets.map((target) => new TimerEntry(target));
  /** Deadlines in the past are due one tick after they were armed. */
  const dueAt = new Map<number, number>();
  let now = startMs;
  for (const one of steps) {
    if (one.do === 'arm') {
      deadlines.set(one.which, now + one.delay);
      dueAt.set(one.which, Math.max(now + one.delay, latest) + TICK_MS);
      wheel.arm(entries[one.which]!, now + one.delay);
    } else if (one.do === 'cancel') {
      deadlines.delete(one.which);
      wheel.cancel(entries[one.which]!);
    } else {
      now += one.by;
      latest = Math.max(latest, now);
      wheel.advance(now);
      if (now === latest)
        for (const which of deadlines.keys()) assert.ok(dueAt.get(which)! > now, 'fired too late');
    }
    assert.equal(wheel.size, deadlines.size);
    for (const [which, entry] of entries.entries()) assert.equal(entry.isArmed, deadlines.has(which));
  }
}

function setUp(): { wheel: TimerWheel; log: Log } {
  return { wheel: new TimerWheel(0), log: new Log() };
}

test('what is beyond the most that may fire at once is due at the next call, and what is cancelled meanwhile is not', () => {
  const fired: number[] = [];
  const wheel = new TimerWheel(0);
  const entries = Array.from({ length: 10 }, (_, i) => new TimerEntry({ onTimeout: () => fired.push(i) }));
  for (const entry of entries) wheel.arm(entry, 100);
  wheel.advance(1000, 4);
  assert.equal(fired.length, 4);
  assert.equal(wheel.isBehind, true);
  const left = entries.filter((_, i) => !fired.includes(i));
  wheel.cancel(left[0]!);
  wheel.arm(left[1]!, 5000);
  wheel.advance(1000, 4);
  assert.equal(fired.length, 8);
  wheel.advance(4999);
  assert.equal(wheel.isBehind, false);
  assert.equal(fired.length, 8);
  wheel.advance(6000);
  assert.equal(fired.length, 9);
  assert.equal(wheel.size, 0);
});
