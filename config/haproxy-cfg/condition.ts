/**
 * Conditions of `.if`, `.elif` and `-cc` (manual section 2.4):
 *
 * ```
 *   condition   = and *( "||" and )
 *   and         = term *( "&&" term )
 *   term        = "!" term | "(" condition ")" | integer | predicate [ "(" arguments ")" ]
 * ```
 *
 * The whole text is read before anything is evaluated, so a mistake is found wherever it stands.
 */
import { nearest } from '../../src/keyword/nearest.ts';
import { type CallArgument, readCallArguments } from './call-arguments.ts';
import { type Advice, LineError } from './line-error.ts';
import { type ConditionScope, type PredicateDeclaration, predicates } from './predicates.ts';
import { tokenizeLine } from './tokenize.ts';

export type { ConditionFacts, ConditionScope } from './predicates.ts';

/** `column` counts from 1 in the condition's text. */
export type ConditionResult =
  | { readonly value: boolean }
  | ({ readonly error: string; readonly column: number } & Advice);

/** How deep parentheses may nest. */
const MAX_DEPTH = 256;

/** Evaluates a condition whose quotes and variables have been resolved. The empty text is false. Never throws. */
export function evaluateCondition(text: string, scope: ConditionScope): ConditionResult {
  if (text === '') return { value: false };
  try {
    return { value: new ConditionReader(text).read()(scope) };
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return { error: error.message, column: error.index + 1, ...error.advice };
  }
}

/** Evaluates the argument of `-cc`: quotes and variables are resolved first, and `#` is no comment. Never throws. */
export function evaluateArgument(argument: string, scope: ConditionScope): ConditionResult {
  const site = { file: '-cc', line: 1, section: '', environment: scope.environment, hasNoComments: true };
  const { words, diagnostics } = tokenizeLine(argument, site);
  const wrong = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  if (wrong !== undefined)
    return {
      error: wrong.problem,
      column: wrong.at.column,
      ...(wrong.remedy !== undefined && { remedy: wrong.remedy }),
    };
  return evaluateCondition(words.map((word) => word.text).join(' '), scope);
}

type Evaluator = (scope: ConditionScope) => boolean;

const PREDICATES: ReadonlyMap<string, PredicateDeclaration> = new Map(
  predicates.map((predicate) => [predicate.name, predicate]),
);

class ConditionReader {
  readonly #text: string;
  #index = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Evaluator {
    const evaluator = this.#readOr();
    if (this.#index < this.#text.length) {
      throw new LineError(
        this.#index,
        `unexpected character '${this.#text[this.#index]}' behind a complete condition`,
        { remedy: 'join conditions with && or ||' },
      );
    }
    return evaluator;
  }

  #readOr(): Evaluator {
    const parts = [this.#readAnd()];
    while (this.#takeIf('||')) parts.push(this.#readAnd());
    return parts.length === 1 ? parts[0]! : (scope) => parts.some((part) => part(scope));
  }

  #readAnd(): Evaluator {
    const parts = [this.#readTerm()];
    while (this.#takeIf('&&')) parts.push(this.#readTerm());
    return parts.length === 1 ? parts[0]! : (scope) => parts.every((part) => part(scope));
  }

  #readTerm(): Evaluator {
    let isNegated = false;
    while (this.#takeIf('!')) isNegated = !isNegated;
    const term = this.#takeIf('(') ? this.#readGroup() : (this.#readInteger() ?? this.#readPredicate());
    this.#skipBlanks();
    return isNegated ? (scope) => !term(scope) : term;
  }

  #readGroup(): Evaluator {
    const open = this.#index - 1;
    if (++this.#depth > MAX_DEPTH) throw new LineError(open, `parentheses nest deeper than ${MAX_DEPTH}`);
    const inner = this.#readOr();
    this.#depth--;
    if (!this.#takeIf(')'))
      throw new LineError(open, "missing ')'", { remedy: 'close the parenthesis that opens here' });
    return inner;
  }

  #readInteger(): Evaluator | undefined {
    const digits = this.#match(/[+-]?\d+/y);
    if (digits === '') return undefined;
    const value = /[1-9]/.test(digits);
    return () => value;
  }

  #readPredicate(): Evaluator {
    const start = this.#index;
    const name = this.#match(/[A-Za-z_][A-Za-z0-9_]*/y);
    const predicate = PREDICATES.get(name);
    if (predicate === undefined) throw unknownTerm(this.#text, start, name);
    const names = Object.keys(predicate.args);
    const values = this.#readArguments(names.length);
    if (values.length > names.length)
      throw new LineError(values[names.length]!.start, `too many arguments for ${name}()`, {
        remedy: `write ${usage(predicate)}; quote a comma that belongs to the text`,
      });
    if (values.length < names.length)
      throw new LineError(start, `missing argument <${names[values.length]}> of ${name}()`, {
        remedy: `write ${usage(predicate)}`,
      });
    const texts = values.map((value) => value.text);
    return (scope) => evaluate(predicate, texts, scope, values[0]?.start ?? start);
  }

  /** A predicate without parentheses has one empty argument, like one with empty parentheses. */
  #readArguments(wanted: number): CallArgument[] {
    const start = this.#index;
    const { values, next } =
      this.#text[start] === '('
        ? readCallArguments(this.#text, start)
        : { values: [{ text: '', start }], next: start };
    this.#index = next;
    return wanted === 0 && values.length === 1 && values[0]!.text === '' ? [] : values;
  }

  #takeIf(token: string): boolean {
    this.#skipBlanks();
    if (!this.#text.startsWith(token, this.#index)) return false;
    this.#index += token.length;
    return true;
  }

  #skipBlanks(): void {
    this.#match(/[ \t\v\f\r\n]+/y);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#index += found.length;
    return found;
  }
}

function unknownTerm(text: string, start: number, name: string): LineError {
  if (name === '') {
    const what =
      start >= text.length
        ? 'a condition is missing at the end'
        : `expected a condition, found '${text.slice(start, start + 20)}'`;
    return new LineError(start, what, {
      remedy: 'write an integer, a predicate, or a condition in parentheses',
    });
  }
  const close = nearest(name, PREDICATES.keys());
  const remedy =
    close === undefined ? `known: ${[...PREDICATES.keys()].join(', ')}` : `did you mean '${close}'?`;
  return new LineError(start, `unknown predicate '${name}'`, { remedy });
}

function usage(predicate: PredicateDeclaration): string {
  return `${predicate.name}(${Object.keys(predicate.args)
    .map((name) => `<${name}>`)
    .join(',')})`;
}

function evaluate(
  predicate: PredicateDeclaration,
  values: readonly string[],
  scope: ConditionScope,
  index: number,
): boolean {
  try {
    return predicate.evaluate(values, scope);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LineError(index, `${error.message} in ${predicate.name}()`);
  }
}
