/**
 * Parses `if` or `unless` and the ACLs behind it (manual section 7.2): named and anonymous ones, negated by `!`,
 * all of them needed between two `or` or `||`.
 */
import type { AclTestModel, ConditionModel, ConditionTermModel } from '../keyword/language-model.ts';
import { nearest } from '../keyword/nearest.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Position, type Word, Words } from '../keyword/words.ts';
import { needProblem } from '../sample/parse-expression.ts';
import type { SampleRegistry } from '../sample/registry.ts';
import { parseAcl } from './parse-acl.ts';
import { PREDEFINED_ACLS } from './predefined-acls.ts';

/** The ACLs that were declared before: the tests of each name. A Map will do. */
export interface AclLookup {
  get(name: string): readonly AclTestModel[] | undefined;
  keys(): Iterable<string>;
}

/**
 * Takes all words. Throws ArgumentError for an unknown ACL and for what an anonymous one has wrong. An ACL whose
 * fetch is not valid at the site is warned of, as in HAProxy: it never matches there.
 */
export function parseCondition(
  words: Words,
  site: ParseSite,
  registry: SampleRegistry,
  acls: AclLookup,
): ConditionModel {
  const start = words.mark();
  const keyword = words.take('if or unless');
  const isUnless = keyword.text === 'unless';
  if (!isUnless && keyword.text !== 'if')
    throw new ArgumentError(keyword.at, `unexpected word '${keyword.text}'`, {
      remedy: "write 'if' or 'unless' before a condition",
    });
  const place: Place = { site, registry, acls };
  const alternatives: ConditionTermModel[][] = [];
  let terms: ConditionTermModel[] = [];
  while (!words.isEmpty) {
    if (words.takeIf('||') || words.takeIf('or')) {
      if (terms.length > 0) alternatives.push(terms);
      terms = [];
      continue;
    }
    const term = parseTerm(words, place);
    if (term !== null) terms.push(term);
  }
  if (terms.length > 0) alternatives.push(terms);
  if (alternatives.length === 0)
    site.warn(words.at, `the condition behind '${keyword.text}' is empty`, {
      remedy: 'write the name of an ACL, or a test in braces: { path_beg /api }',
    });
  return { isUnless, alternatives, text: textFrom(words, start) };
}

interface Place {
  readonly site: ParseSite;
  readonly registry: SampleRegistry;
  readonly acls: AclLookup;
}

/** One ACL with the exclamation marks before it; null when the words end behind those. */
function parseTerm(words: Words, place: Place): ConditionTermModel | null {
  let isNegated = false;
  for (;;) {
    if (words.isEmpty) return null;
    const word = words.take('<acl>');
    const name = word.text.replace(/^!+/, '');
    if ((word.text.length - name.length) % 2 === 1) isNegated = !isNegated;
    if (name === '') continue;
    if (name === '{') return { isNegated, acl: null, tests: [parseAnonymous(words, word, place)] };
    return { isNegated, acl: name, tests: findNamed(name, word, place) };
  }
}

function parseAnonymous(words: Words, brace: Word, place: Place): AclTestModel {
  const inner: Word[] = [];
  while (words.peek() !== '}') {
    if (words.isEmpty)
      throw new ArgumentError(brace.at, "missing closing '}' of this ACL", {
        remedy: "braces are words of their own: write blanks around '{' and '}'",
      });
    inner.push(words.take('<pattern>'));
  }
  const end = words.take('}').at;
  if (inner.length === 0) throw new ArgumentError(end, "there is no test between '{' and '}'");
  const test = parseAcl(new Words(inner, end), place.site, place.registry);
  warnWhereInvalid([test], inner[0]!.at, 'this anonymous ACL', place);
  return test;
}

function findNamed(name: string, word: Word, place: Place): readonly AclTestModel[] {
  const declared = place.acls.get(name);
  const tests = declared ?? predefined(name, word.at, place);
  if (tests === undefined) {
    const close = nearest(name, [...place.acls.keys(), ...PREDEFINED_ACLS.keys()]);
    throw new ArgumentError(word.at, `no such ACL : '${name}'`, {
      remedy: close === undefined ? 'declare it above with an acl line' : `did you mean '${close}'?`,
    });
  }
  warnWhereInvalid(tests, word.at, `ACL '${name}'`, place);
  return tests;
}

function predefined(
  name: string,
  at: Position,
  { site, registry }: Place,
): readonly AclTestModel[] | undefined {
  const text = PREDEFINED_ACLS.get(name);
  if (text === undefined) return undefined;
  return [
    parseAcl(
      new Words(
        text.split(' ').map((part) => ({ text: part, at })),
        at,
      ),
      site,
      registry,
    ),
  ];
}

function warnWhereInvalid(
  tests: readonly AclTestModel[],
  at: Position,
  noun: string,
  { site, registry }: Place,
): void {
  for (const test of tests) {
    const fetch = registry.fetch(test.expression.fetch.name);
    const wrong = fetch === undefined ? null : needProblem(fetch, site);
    if (wrong !== null)
      site.warn(at, `${noun} never matches here: ${wrong.problem}`, { reason: wrong.reason });
  }
}

function textFrom(words: Words, start: number): string {
  const end = words.mark();
  words.rewind(start);
  const text = words
    .takeRest()
    .map((word) => word.text)
    .join(' ');
  words.rewind(end);
  return text;
}
