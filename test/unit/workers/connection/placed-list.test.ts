import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Placed, PlacedList } from '../../../../workers/connection/placed-list.ts';

test('a list of placed elements holds what a Set would, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 7 }), { maxLength: 60 }), (steps) => {
      const elements: Placed[] = Array.from({ length: 8 }, () => ({ place: -1 }));
      const list = new PlacedList<Placed>();
      const set = new Set<Placed>();
      for (const step of steps) {
        const element = elements[step]!;
        if (set.has(element)) assert.equal(list.delete(element), set.delete(element));
        else {
          assert.equal(list.delete(element), false);
          list.add(element);
          set.add(element);
        }
        assert.equal(list.size, set.size);
        assert.deepEqual(new Set(list.snapshot()), set);
      }
      assert.deepEqual(new Set(list.takeAll()), set);
      assert.equal(list.size, 0);
      assert.ok(elements.every(({ place }) => place === -1));
    }),
    { seed: 5, numRuns: 300 },
  );
});
