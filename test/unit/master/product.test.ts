import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { conditionFacts, featureList } from '../../../master/features.ts';
import { VERSION } from '../../../master/product.ts';
import { detailedVersion, shortVersion } from '../../../master/version-text.ts';

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  assert.equal(VERSION, version);
});

test('the version texts begin as HAProxy does, with the version as third word', () => {
  for (const text of [shortVersion(), detailedVersion(2)])
    assert.equal(text.split(/\s/).slice(0, 3).join(' '), `HAProxy version 3.5-dev5-fairlead${VERSION}`);
});

test('the feature list claims exactly what conditions are told', () => {
  const claimed = featureList()
    .split(' ')
    .filter((word) => word.startsWith('+'));
  assert.deepEqual(
    claimed.map((word) => word.slice(1)),
    [...conditionFacts().features],
  );
  assert.ok(
    featureList()
      .split(' ')
      .every((word) => /^[+-][A-Z0-9_]+$/.test(word)),
  );
});

test('server certificates unverified by -dV show in the enabled options', () => {
  assert.equal(conditionFacts().enabled.has('SERVER-SSL-VERIFY-NONE'), false);
  assert.equal(conditionFacts({ isServerVerifyOff: true }).enabled.has('SERVER-SSL-VERIFY-NONE'), true);
});
