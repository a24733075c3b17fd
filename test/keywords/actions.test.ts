/** Every example of every action, and every wrong argument. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actions } from '../../src/catalog.ts';
import type { Arg } from '../../src/keyword/arg.ts';
import { haproxyActions } from '../../src/keyword/haproxy-keywords.ts';
import type { RuleSetName } from '../../src/keyword/site.ts';
import { ArgumentError, Words } from '../../src/keyword/words.ts';
import type { ActionDeclaration } from '../../src/rules/declare.ts';
import { Verdict } from '../../src/rules/declare.ts';
import { type Outcome, parseRule, run, sent, sentReply, siteAt } from '../support/rules.ts';
import type { StreamInput } from '../support/stream-view.ts';

const END = { file: 'example', line: 1, column: 1000 };

/** What a rule did, as examples write it: what it answered, decided, or left of the head. */
function resultOf({ verdict, stream }: Outcome, wanted: unknown): string {
  const { reply } = stream;
  if (reply !== null)
    return reply.reason === 'page' ? `page ${reply.status} ${reply.termination}` : sentReply(reply);
  if (verdict === Verdict.STOP) return 'stop';
  if (stream.logLevel !== null) return `level ${stream.logLevel}`;
  if (wanted === 'continue') return 'continue';
  const text = sent((stream.response ?? stream.request)!);
  const [, ...fields] = text.split('\r\n');
  const showsStartLine = /^[A-Z]+ |^HTTP\//.test(String(wanted));
  return showsStartLine ? text : fields.join('\r\n');
}

function inputOf(given: string | undefined): StreamInput {
  return given?.startsWith('HTTP/') ? { response: given } : { request: given ?? null };
}

function ruleSetOf(action: ActionDeclaration, given: string | undefined): RuleSetName {
  return given?.startsWith('HTTP/')
    ? action.ruleSets.find((set) => set !== 'http-request')!
    : action.ruleSets[0]!;
}

describe('actions', () => {
  for (const action of actions) {
    it(`${action.name} does what its examples say`, () => {
      assert.ok(action.examples.length > 0, 'it has an example');
      for (const { text, given, result } of action.examples)
        assert.equal(
          resultOf(run(ruleSetOf(action, given), text, inputOf(given)), result),
          result,
          `${text} on ${given}`,
        );
    });

    it(`${action.name} leaves plain data in the model, which can cross threads`, () => {
      for (const { text, given } of action.examples) {
        const { rule } = parseRule(ruleSetOf(action, given), text);
        assert.deepEqual(structuredClone(rule.action), rule.action);
      }
    });

    it(`${action.name} accepts good words and refuses bad ones by name`, () => {
      for (const [name, argument] of Object.entries(action.args)) assertWords(name, argument);
    });

    it(`${action.name} refuses a word that belongs to no argument`, () => {
      const [example] = action.examples;
      assert.throws(
        () => parseRule(ruleSetOf(action, example!.given), `${example!.text} nonsense`),
        (error) => error instanceof ArgumentError && error.message.includes("'nonsense'"),
      );
    });

    it(`${action.name} is one of HAProxy's in all its rule sets`, () => {
      for (const ruleSet of action.ruleSets) assert.ok(haproxyActions(ruleSet).has(action.name), ruleSet);
    });
  }

  it('have summaries and differences that are sentences', () => {
    for (const { name, summary, differences } of actions)
      for (const sentence of [summary, ...differences]) assert.match(sentence, /^[A-Z`].*\.$/s, name);
  });
});

function parseWord(argument: Arg<unknown>, text: string, name: string): unknown {
  return argument.parse(new Words([{ text, at: END }], END), siteAt('http-request').site, name);
}

function assertWords(name: string, argument: Arg<unknown>): void {
  for (const good of argument.good)
    assert.doesNotThrow(() => parseWord(argument, good, name), `${name}: '${good}'`);
  for (const bad of argument.bad) {
    assert.throws(
      () => parseWord(argument, bad, name),
      (error) =>
        error instanceof ArgumentError &&
        (error.message.includes(`<${name}>`) || (bad !== '' && error.message.includes(bad))),
      `${name}: '${bad}'`,
    );
  }
}
