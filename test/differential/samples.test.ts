/**
 * Expressions and conditions on real requests: HAProxy's answers against those of our own evaluation in this
 * process. Needs Debian's `haproxy`. Cases where the two differ on purpose are left out and named in their
 * declarations.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileCondition } from '../../src/acl/compile-condition.ts';
import { compileText } from '../../src/sample/compile-expression.ts';
import { askOracle, isOracleInstalled, type OracleCase } from '../support/expression-oracle.ts';
import { aclsOf, conditionOf, expressionOf, samples, testSite } from '../support/sample-site.ts';
import { createStream, endpoint } from '../support/stream-view.ts';
import { type CaseTable, caseTables } from './sample-cases.ts';

describe('samples and conditions against HAProxy', {
  skip: isOracleInstalled ? false : "needs Debian's package haproxy",
}, () => {
  for (const table of caseTables) {
    it(`${table.title} give the same answers`, async () => {
      const cases = casesOf(table);
      const answers = await askOracle(cases);
      const ours = cases.map(answerOf);
      const differences = cases.flatMap((one, i) =>
        answers[i] === ours[i] || isOracleOdd(one)
          ? []
          : [
              `${one.text} on ${JSON.stringify(one.request)}: HAProxy ${JSON.stringify(answers[i])}, here ${JSON.stringify(ours[i])}`,
            ],
      );
      assert.deepEqual(differences, []);
    });
  }
});

function casesOf({ requests, expressions = [], conditions = [], lines = [] }: CaseTable): OracleCase[] {
  return requests.flatMap((request) => [
    ...expressions.map((expression) => ({ text: `%[${expression}]`, request, isCondition: false })),
    ...conditions.map((text) => ({
      text,
      request,
      isCondition: true,
      lines: lines.map((line) => `acl ${line}`),
    })),
  ]);
}

/**
 * HAProxy 2.6 adds two negative integers to the largest one, and reads characters below '0' as negative digits of a
 * header's or cookie's integer: garbage that nobody can want.
 */
function isOracleOdd({ text, request }: OracleCase): boolean {
  if (/^%\[int\(-\d+\),(add\(-2|sub\(3)\)/.test(text)) return true;
  return /(hdr|cook)_val\((f|a)\)/.test(text) && /\r\n(f: |cookie: a=)(".*|\d+\..*)\r\n/.test(request);
}

/** What this process makes of a case: the request as the oracle's has it, its last header included. */
function answerOf(one: OracleCase, index: number): string {
  const stream = createStream({
    request: `${one.request}x-case: ${index}\r\n\r\n`,
    source: endpoint('127.0.0.1', 50_000),
    destination: endpoint('127.0.0.1', 8080),
    frontendName: 'fe',
  });
  if (!one.isCondition) return compileText(expressionOf(one.text.slice(2, -1)), samples)(stream) ?? '';
  const acls = aclsOf((one.lines ?? []).map((line) => line.replace(/^acl /, '')));
  return String(compileCondition(conditionOf(`if ${one.text}`, testSite(), acls), samples)(stream));
}
