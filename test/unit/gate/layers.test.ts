import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLayers, type Import, importsOf, knots } from '../../gate/layers.ts';

function edge(from: string, to: string, isTypeOnly = false): Import {
  return { from, to, isTypeOnly };
}

test('an import of a row above is fine, one of the same row or below says what is allowed', () => {
  assert.deepEqual(checkLayers([], [edge('src/http/head.ts', 'src/bytes/a.ts')]), []);
  assert.deepEqual(checkLayers([], [edge('src/http/head.ts', 'src/http/method.ts')]), []);
  assert.deepEqual(checkLayers([], [edge('src/net/a.ts', 'src/http/b.ts')]), [
    'src/net/a.ts imports src/http/b.ts; it may import src/net, src/system, src/bytes, src/errors, src/time',
  ]);
  assert.equal(checkLayers([], [edge('src/http/a.ts', 'src/keyword/b.ts')]).length, 1);
});

for (const [from, to, count] of [
  ['config/load.ts', 'src/catalog.ts', 0],
  ['config/load.ts', 'workers/messages.ts', 1],
  ['workers/thread.ts', 'config/model/model.ts', 0],
  ['workers/thread.ts', 'config/load.ts', 1],
  ['workers/thread.ts', 'master/main.ts', 1],
  ['master/supervisor.ts', 'workers/messages.ts', 0],
  ['master/supervisor.ts', 'workers/thread.ts', 1],
  ['src/net/a.ts', 'config/load.ts', 1],
  ['src/unheard-of/a.ts', 'src/net/a.ts', 1],
] as const) {
  test(`${from} importing ${to} is ${count === 0 ? 'allowed' : 'refused'}`, () => {
    assert.equal(checkLayers([], [edge(from, to, true)]).length, count);
  });
}

test('a cycle at run time is refused, one of types inside a folder is not, one over folders is', () => {
  const pair = (a: string, b: string, isTypeOnly: boolean) => [edge(a, b), edge(b, a, isTypeOnly)];
  assert.match(
    checkLayers([], pair('master/a.ts', 'master/b.ts', false))[0]!,
    /cycle at run time between master\/a\.ts, master\/b\.ts/,
  );
  assert.deepEqual(checkLayers([], pair('master/a.ts', 'master/b.ts', true)), []);
  assert.match(checkLayers([], pair('master/a.ts', 'master/cli/b.ts', true))[0]!, /cycle over folders/);
});

test('a knot is found whatever its length, and only where all reach one another', () => {
  const chain = [
    edge('a', 'b'),
    edge('b', 'c'),
    edge('c', 'a'),
    edge('c', 'd'),
    edge('d', 'e'),
    edge('x', 'a'),
  ];
  assert.deepEqual(knots(chain), [['a', 'b', 'c']]);
  assert.deepEqual(knots([edge('a', 'a')]), [['a']]);
  assert.deepEqual(knots([edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')]), []);
});

test('names that say nothing are refused for folders, files and their tests', () => {
  for (const file of ['src/utils/a.ts', 'master/helpers.ts', 'test/unit/misc.test.ts', 'src/net/common.d.ts'])
    assert.equal(checkLayers([file], []).length, 1, file);
  assert.deepEqual(checkLayers(['src/net/commonplace.ts'], []), []);
});

test('imports are read from every form of statement, and comments are not', () => {
  const source = `/** import '../x.ts' */
import type { A } from './a.ts';
import { type B, type C } from './b.ts';
import { type D, e } from './c.ts';
import {
  f,
  g,
} from '../d.ts';
import './e.ts';
export { h } from './f.ts';
export type { I } from './g.ts';
const j = await import('./h.ts');
import fs from 'node:fs';
// import './no.ts';
`;
  assert.deepEqual(
    importsOf(source).map(({ specifier, isTypeOnly }) => `${specifier} ${isTypeOnly}`),
    [
      './a.ts true',
      './b.ts true',
      './c.ts false',
      '../d.ts false',
      './e.ts false',
      './f.ts false',
      './g.ts true',
      './h.ts false',
    ],
  );
});
