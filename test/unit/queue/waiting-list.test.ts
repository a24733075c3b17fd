import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBefore, WaitingLists } from '../../../src/queue/waiting-list.ts';

const layout = {
  node: { next: 0, previous: 1, sequence: 2 },
  list: { head: 0, tail: 1, length: 2, longest: 3 },
};
const NODES_AT = 100;
const nodeAt = (place: number): number => NODES_AT + place * 4;

function emptyLists() {
  const words = new Int32Array(NODES_AT + 64 * 4);
  return { words, lists: new WaitingLists(words, layout) };
}

test('who was appended first is first', () => {
  const { lists } = emptyLists();
  for (let place = 0; place < 3; place++) lists.append(8, nodeAt(place), place);
  assert.equal(lists.first(8), nodeAt(0));
  lists.remove(8, nodeAt(0));
  assert.equal(lists.first(8), nodeAt(1));
  assert.equal(lists.length(8), 2);
});

test('an empty list has no first node, and neither has one that was emptied', () => {
  const { lists } = emptyLists();
  assert.equal(lists.first(8), 0);
  lists.append(8, nodeAt(0), 1);
  lists.remove(8, nodeAt(0));
  assert.equal(lists.first(8), 0);
  lists.append(8, nodeAt(1), 2);
  lists.clear(8);
  assert.equal(lists.first(8), 0);
  assert.equal(lists.length(8), 0);
});

test('the longest length is kept when nodes leave', () => {
  const { words, lists } = emptyLists();
  for (let place = 0; place < 3; place++) lists.append(8, nodeAt(place), place);
  lists.remove(8, nodeAt(1));
  lists.append(8, nodeAt(1), 4);
  assert.equal(words[8 + layout.list.longest], 3);
});

test('the earlier of two nodes is found across lists, and over the wrap of the sequence', () => {
  const { lists } = emptyLists();
  lists.append(8, nodeAt(0), 0x7fffffff);
  lists.append(16, nodeAt(1), 0x80000000 | 0);
  assert.equal(lists.earlier(nodeAt(0), nodeAt(1)), nodeAt(0));
  assert.equal(lists.earlier(nodeAt(1), nodeAt(0)), nodeAt(0));
  assert.equal(lists.earlier(0, nodeAt(1)), nodeAt(1));
  assert.equal(lists.earlier(nodeAt(1), 0), nodeAt(1));
  assert.equal(lists.earlier(0, 0), 0);
  assert.equal(isBefore(5, 5), false);
});

test('any order of joins and leaves gives what plain arrays give', () => {
  const step = fc.record({ list: fc.constantFrom(8, 16, 24), place: fc.nat(63) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { words, lists } = emptyLists();
      const naive = new Map<number, number[]>([8, 16, 24].map((list) => [list, []]));
      const listOf = new Map<number, number>();
      for (const [sequence, { list, place }] of steps.entries()) {
        const node = nodeAt(place);
        const present = listOf.get(node);
        if (present === undefined) {
          lists.append(list, node, sequence);
          naive.get(list)!.push(node);
          listOf.set(node, list);
        } else {
          lists.remove(present, node);
          naive.set(
            present,
            naive.get(present)!.filter((one) => one !== node),
          );
          listOf.delete(node);
        }
        for (const [at, nodes] of naive) assert.deepEqual(walk(words, at), nodes);
      }
    }),
    { seed: 20260101, numRuns: 200 },
  );
});

function walk(words: Int32Array, list: number): number[] {
  const nodes: number[] = [];
  let previous = 0;
  for (let node = words[list]!; node !== 0; node = words[node]!) {
    assert.equal(words[node + 1], previous);
    nodes.push(node);
    previous = node;
  }
  assert.equal(words[list + 1], previous);
  assert.equal(words[list + 2], nodes.length);
  return nodes;
}
