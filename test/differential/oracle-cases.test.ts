/**
 * The oracle suite: the tables of `cases/`, each family on one configuration, through HAProxy and Fairlead. What clients
 * and origins received, how connections ended, log lines and counters must be the same.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import {
  type Family,
  logLinesOf,
  type OracleCase,
  type OutcomePart,
} from '../support/programs/oracle-case.ts';
import { type CaseOutcome, OracleStage, refusalOf } from '../support/programs/oracle-stage.ts';
import { families } from './cases/families.ts';

const PARTS: readonly OutcomePart[] = ['clients', 'origins', 'log', 'counters'];

/** In what Fairlead says of a keyword of HAProxy that waits for its turn. */
const NOT_YET = 'does not support yet';

/** Families that are played at once; their cases wait more than they work. */
const AT_ONCE = 3;

/** A port that refuses connections. */
const refusing = reservedPort();
const folder = mkdtempSync(join(tmpdir(), 'oracle-cases-'));
process.once('exit', () => {
  refusing.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('HAProxy and Fairlead agree on', { skip: skipUnless('haproxy'), concurrency: AT_ONCE }, () => {
  for (const family of families) playFamily(family);
});

function playFamily(family: Family): void {
  const facts = { gone: refusing.port, ...filesOf(family) };
  const refusals = new Map(family.cases.map((one) => [one, refusalOf(family, one, facts)]));
  const accepted = family.cases.filter((one) => refusals.get(one) === null);
  describe(family.name, { concurrency: 1 }, () => {
    let stages: readonly [haproxy: OracleStage, fairlead: OracleStage];
    before(async () => {
      stages = await Promise.all([
        OracleStage.start('haproxy', family, { cases: family.cases, facts }),
        OracleStage.start('fairlead', family, { cases: accepted, facts }),
      ]);
    });
    after(async () => {
      await Promise.all(stages.map((stage) => stage.stop()));
    });
    for (const one of family.cases) {
      const refusal = refusals.get(one)!;
      const isNotYet = refusal?.includes(NOT_YET) === true;
      const title = isNotYet ? `${titleOf(one)}: refused, as not supported yet` : titleOf(one);
      test(title, one.open === undefined ? {} : { todo: one.open }, async (context) => {
        const [haproxy, fairlead] = stages;
        if (isNotYet) {
          context.diagnostic(refusal!);
          checkScript(one, await haproxy.play(one));
          return;
        }
        const [expected, actual] = await Promise.all([
          haproxy.play(one),
          refusal === null ? fairlead.play(one) : null,
        ]);
        checkScript(one, expected);
        assert.ok(actual !== null, `Fairlead does not accept the configuration: ${refusal}`);
        compare(one, expected, actual);
        if (one.open !== undefined) context.diagnostic('it agrees now: take it out of the open differences');
      });
    }
  });
}

/** Writes the family's files; their paths as the lines of cases name them. */
function filesOf(family: Family): { readonly [name: string]: string } {
  const paths: Record<string, string> = {};
  for (const [name, text] of Object.entries(family.files ?? {})) {
    const path = join(mkdtempSync(join(folder, 'files-')), name);
    writeFileSync(path, text, 'latin1');
    paths[`file:${name}`] = path;
  }
  return paths;
}

function titleOf({ name, knownDifference }: OracleCase): string {
  return knownDifference === undefined ? name : `${name} (Fairlead differs: ${knownDifference})`;
}

/** A script that HAProxy does not play as it was thought proves nothing. */
function checkScript(one: OracleCase, { clients, log }: CaseOutcome): void {
  const stalled = clients.filter((transcript) => transcript.endsWith('<stalled>'));
  assert.deepEqual(stalled, [], 'HAProxy left a client waiting');
  assert.equal(
    log.length,
    logLinesOf(one, 'haproxy'),
    `HAProxy logged otherwise than the case says:\n${log.join('')}`,
  );
}

function compare(one: OracleCase, expected: CaseOutcome, actual: CaseOutcome): void {
  if (one.knownDifference === undefined) {
    assert.deepEqual(actual, expected);
    return;
  }
  const differing = PARTS.filter((part) => JSON.stringify(actual[part]) !== JSON.stringify(expected[part]));
  assert.deepEqual(differing, one.differsIn ?? [], JSON.stringify({ expected, actual }, null, 2));
}
