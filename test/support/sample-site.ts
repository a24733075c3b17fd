/** Parses and evaluates expressions and conditions in one call, for tests of samples, ACLs and rules. */
import { compileCondition } from '../../src/acl/compile-condition.ts';
import { parseAcl } from '../../src/acl/parse-acl.ts';
import { parseCondition } from '../../src/acl/parse-condition.ts';
import type { AclTestModel, ConditionModel, ExpressionModel } from '../../src/keyword/language-model.ts';
import type { Need, ParseSite } from '../../src/keyword/site.ts';
import { type Position, Words } from '../../src/keyword/words.ts';
import { compileText } from '../../src/sample/compile-expression.ts';
import { converters } from '../../src/sample/converters.ts';
import { fetches } from '../../src/sample/fetches.ts';
import { parseExpression } from '../../src/sample/parse-expression.ts';
import { createSampleRegistry } from '../../src/sample/registry.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';

export const samples = createSampleRegistry(fetches, converters);

/** Everything a fetch may need, on both sides. */
export const EVERYTHING: readonly Need[] = [
  'client-connection',
  'session',
  'request-bytes',
  'request-head',
  'request-body',
  'stream',
  'backend',
  'server-connection',
  'response-bytes',
  'response-head',
];
export const REQUEST_RULE: readonly Need[] = [
  'client-connection',
  'session',
  'request-bytes',
  'request-head',
  'request-body',
  'stream',
];

export interface TestSite extends ParseSite {
  /** Warnings, in order. */
  readonly warnings: string[];
}

/** A site where samples and conditions can be parsed; `files` are what `-f` finds. */
export function testSite(
  options: {
    provides?: readonly Need[];
    files?: { readonly [path: string]: string };
    acls?: ReadonlyMap<string, readonly AclTestModel[]>;
  } = {},
): TestSite {
  const warnings: string[] = [];
  const acls = options.acls ?? new Map<string, readonly AclTestModel[]>();
  const absent = (): never => {
    throw new Error('not part of this test');
  };
  const site: TestSite = {
    warnings,
    basePath: '/',
    provides: options.provides ?? EVERYTHING,
    placeName: 'http-request rule',
    parseExpression: (words) => parseExpression(words, site, samples),
    parseCondition: (words) => parseCondition(words, site, samples, acls),
    parseAcl: (words) => parseAcl(words, site, samples),
    parseLogFormat: absent,
    parseRule: absent,
    parseOptions: absent,
    parseCall: absent,
    refer: () => undefined,
    warn: (_at, problem) => {
      warnings.push(problem);
    },
    readFile(path) {
      const text = options.files?.[path];
      if (text === undefined) throw new Error(`no file ${path}`);
      return Buffer.from(text, 'latin1');
    },
  };
  return site;
}

/** Words of a text cut at blanks, each with its column. */
export function wordsOf(text: string): Words {
  const at = (column: number): Position => ({ file: 'test.cfg', line: 1, column });
  return new Words(
    [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: at(match.index + 1) })),
    at(text.length + 1),
  );
}

/** One word, blanks and all. */
export function wordOf(text: string): Words {
  return new Words([{ text, at: { file: 'test.cfg', line: 1, column: 1 } }], {
    file: 'test.cfg',
    line: 1,
    column: text.length + 1,
  });
}

export function expressionOf(text: string, site: ParseSite = testSite()): ExpressionModel {
  return parseExpression(wordOf(text), site, samples);
}

/** The text of an expression's sample on a stream; null when it does not exist. */
export function evaluate(text: string, stream: StreamView): string | null {
  return compileText(expressionOf(text), samples)(stream) ?? null;
}

/** `acl` lines to their tests by name, for conditions that name them. */
export function aclsOf(
  lines: readonly string[],
  site: ParseSite = testSite(),
): ReadonlyMap<string, readonly AclTestModel[]> {
  const acls = new Map<string, AclTestModel[]>();
  for (const line of lines) {
    const words = wordsOf(line);
    const name = words.take('<name>').text;
    acls.set(name, [...(acls.get(name) ?? []), parseAcl(words, site, samples)]);
  }
  return acls;
}

export function conditionOf(
  text: string,
  site: ParseSite = testSite(),
  acls: ReadonlyMap<string, readonly AclTestModel[]> = new Map(),
): ConditionModel {
  return parseCondition(wordsOf(text), site, samples, acls);
}

/** Whether a condition such as `if { path /a } or x` is met; `lines` are the acl lines it names. */
export function isMet(text: string, stream: StreamView, lines: readonly string[] = []): boolean {
  return compileCondition(conditionOf(text, testSite(), aclsOf(lines)), samples)(stream);
}
