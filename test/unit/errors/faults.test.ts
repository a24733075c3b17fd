import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAULTS } from '../../../src/errors/faults.ts';

/** Letters of manual section 8.5: the first says who, in lower case for a timeout; the second says where. */
const WHO: { readonly [letter: string]: readonly string[] } = {
  C: ['client'],
  c: ['client'],
  S: ['server'],
  s: ['server'],
  P: ['client', 'server', 'proxy'],
};

describe('The table of faults', () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    test(`${name} has letters of the manual that fit its cause`, () => {
      assert.match(fault.termination, /^[CSPcs][RQCH]$/);
      assert.ok(WHO[fault.termination[0]!]?.includes(fault.cause), `${fault.termination} and ${fault.cause}`);
    });

    test(`${name} answers with a status of the class of its cause`, () => {
      assert.equal(Math.trunc(fault.status / 100), fault.cause === 'client' ? 4 : 5);
    });

    test(`${name} is sent again only when a server caused it`, () => {
      if (fault.retry !== 'no') assert.equal(fault.cause, 'server');
    });
  }

  test('says nothing twice: each meaning stands once', () => {
    const meanings = Object.values(FAULTS).map(({ meaning }) => meaning);
    assert.equal(new Set(meanings).size, meanings.length);
  });
});
