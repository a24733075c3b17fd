/** Compiles conditions to functions of a stream. A test knows its samples, casts and patterns from load on. */
import type { AclTestModel, ConditionModel, ConditionTermModel } from '../keyword/language-model.ts';
import { compileTest } from '../sample/compile-expression.ts';
import type { SampleRegistry } from '../sample/registry.ts';
import type { StreamView } from '../sample/stream-view.ts';
import type { Matcher } from './declare.ts';
import { findMatch } from './matches.ts';

export type StreamTest = (stream: StreamView) => boolean;

/** True when the rule behind the condition applies. An empty condition is false, and true behind `unless`. */
export function compileCondition(model: ConditionModel, registry: SampleRegistry): StreamTest {
  const isMet = anyOf(
    model.alternatives.map((terms) => allOf(terms.map((term) => compileTerm(term, registry)))),
  );
  return model.isUnless ? (stream) => !isMet(stream) : isMet;
}

function compileTerm(term: ConditionTermModel, registry: SampleRegistry): StreamTest {
  const isMet = anyOf(term.tests.map((test) => compileAclTest(test, registry)));
  return term.isNegated ? (stream) => !isMet(stream) : isMet;
}

/** One ACL line. Throws an Error for a match method that is not in the catalogue. */
export function compileAclTest(test: AclTestModel, registry: SampleRegistry): StreamTest {
  const match = findMatch(test.match);
  if (match === undefined) throw new Error(`no match method '${test.match}' in this catalogue`);
  const to = match.input === 'any' ? null : match.input;
  return compileTest(test.expression, to, registry, compileMatcher(test));
}

/** The patterns of the line and of its files; a file whose case counts differently is matched beside the others. */
function compileMatcher(test: AclTestModel): Matcher {
  const match = findMatch(test.match)!;
  const groups = { exact: [] as string[], folded: [] as string[] };
  groups[test.ignoreCase ? 'folded' : 'exact'].push(...test.patterns);
  for (const [index, lines] of (test.filePatterns ?? []).entries()) {
    const group = groups[test.filesIgnoringCase?.[index] ? 'folded' : 'exact'];
    for (const line of lines) group.push(line);
  }
  if (groups.folded.length === 0) return match.compile(groups.exact, false);
  const folded = match.compile(groups.folded, true);
  if (groups.exact.length === 0) return folded;
  const exact = match.compile(groups.exact, false);
  return (value) => exact(value) || folded(value);
}

function anyOf(tests: readonly StreamTest[]): StreamTest {
  const [first, second] = tests;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  if (tests.length === 2) return (stream) => first(stream) || second(stream);
  return (stream) => {
    for (let i = 0; i < tests.length; i++) if (tests[i]!(stream)) return true;
    return false;
  };
}

function allOf(tests: readonly StreamTest[]): StreamTest {
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (tests.length === 2) return (stream) => first(stream) && second(stream);
  return (stream) => {
    for (let i = 0; i < tests.length; i++) if (!tests[i]!(stream)) return false;
    return true;
  };
}
