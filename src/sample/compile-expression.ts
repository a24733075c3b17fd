/**
 * Compiles expressions to functions of a stream: fetch, then casts and converters in order, all found at load.
 */
import type { CallModel, ExpressionModel } from '../keyword/language-model.ts';
import { type Cast, findCast, SAME } from './cast.ts';
import type { ConvertRun, FetchRun, SampleVisit } from './declare.ts';
import type { SampleRegistry } from './registry.ts';
import type { CompiledExpression, SampleType, SampleValue, TypedSample } from './sample.ts';
import type { StreamView } from './stream-view.ts';

/** What a step yields, and what the next one takes. Undefined ends the chain: the sample does not exist. */
type Sample = SampleValue | TypedSample | undefined;
type Step = (value: SampleValue | TypedSample, stream: StreamView) => Sample;

/** Compiles an expression that parsing has accepted. Throws an Error when the registry is not the one it was parsed with. */
export function compileExpression(model: ExpressionModel, registry: SampleRegistry): CompiledExpression {
  const { steps, type } = compileSteps(model, registry);
  return { type, evaluate: chained(compileFetch(model.fetch, registry), steps) };
}

/**
 * Compiles an expression whose value is wanted in one type, as log formats want text. Undefined where the sample
 * does not exist or its value cannot be cast. Throws an Error when there is no such cast: check with findCast.
 */
export function compileExpressionAs(
  model: ExpressionModel,
  to: SampleType,
  registry: SampleRegistry,
): (stream: StreamView) => Sample {
  return chained(compileFetch(model.fetch, registry), stepsTo(model, to, registry));
}

/** As compileExpressionAs for text: a byte string, or undefined. */
export function compileText(
  model: ExpressionModel,
  registry: SampleRegistry,
): (stream: StreamView) => string | undefined {
  return compileExpressionAs(model, 'str', registry) as (stream: StreamView) => string | undefined;
}

/**
 * Compiles a test of an expression: true when `accept` takes the value of any occurrence, cast to `to` or, for null,
 * as it comes (manual section 7.1: ACLs look at every header value, cookie or parameter of the name).
 */
export function compileTest(
  model: ExpressionModel,
  to: SampleType | null,
  registry: SampleRegistry,
  accept: (value: SampleValue) => boolean,
): (stream: StreamView) => boolean {
  const declaration = findFetch(model.fetch, registry);
  const steps = to === null ? compileSteps(model, registry).steps : stepsTo(model, to, registry);
  const each = declaration.compileEach?.(model.fetch.args);
  if (each !== undefined) {
    const visit = testedBy(steps, accept);
    return (stream) => each(stream, visit);
  }
  const fetch = declaration.compile(model.fetch.args);
  if (steps.length === 0) {
    return (stream) => {
      const value = fetch(stream);
      return value !== undefined && accept(value as SampleValue);
    };
  }
  const visit = testedBy(steps, accept);
  return (stream) => {
    const value = fetch(stream);
    return value !== undefined && visit(value, stream);
  };
}

function testedBy(steps: readonly Step[], accept: (value: SampleValue) => boolean): SampleVisit {
  return (value, stream) => {
    let current: Sample = value;
    for (let i = 0; i < steps.length; i++) {
      current = steps[i]!(current, stream);
      if (current === undefined) return false;
    }
    return accept(current as SampleValue);
  };
}

function chained(fetch: FetchRun, steps: readonly Step[]): (stream: StreamView) => Sample {
  const [first, second] = steps;
  if (first === undefined) return fetch;
  if (second === undefined) {
    return (stream) => {
      const value = fetch(stream);
      return value === undefined ? undefined : first(value, stream);
    };
  }
  return (stream) => {
    let current = fetch(stream);
    for (let i = 0; i < steps.length && current !== undefined; i++) current = steps[i]!(current, stream);
    return current;
  };
}

function stepsTo(model: ExpressionModel, to: SampleType, registry: SampleRegistry): readonly Step[] {
  const { steps, type } = compileSteps(model, registry);
  pushCast(steps, type, to);
  return steps;
}

function compileSteps(
  model: ExpressionModel,
  registry: SampleRegistry,
): { readonly steps: Step[]; readonly type: SampleType } {
  const steps: Step[] = [];
  let type = findFetch(model.fetch, registry).output;
  for (const call of model.converters) {
    const declaration = registry.converter(call.name);
    if (declaration === undefined) throw new Error(`no converter '${call.name}' in this catalogue`);
    pushCast(steps, type, declaration.input);
    steps.push(declaration.compile(call.args) as ConvertRun as Step);
    type = declaration.output;
  }
  return { steps, type };
}

function pushCast(steps: Step[], from: SampleType, to: SampleType): void {
  const cast: Cast | null = findCast(from, to);
  if (cast === null) throw new Error(`no cast from ${from} to ${to}`);
  if (cast !== SAME) steps.push(cast);
}

function compileFetch(call: CallModel, registry: SampleRegistry): FetchRun {
  return findFetch(call, registry).compile(call.args);
}

function findFetch(call: CallModel, registry: SampleRegistry) {
  const declaration = registry.fetch(call.name);
  if (declaration === undefined) throw new Error(`no sample fetch '${call.name}' in this catalogue`);
  return declaration;
}
