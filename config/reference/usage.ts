/** How a keyword is written, in one line, and what its arguments take, in words: from its declaration. */
import { type Arg, type Args, formOf, type JsonSchema } from '../../src/keyword/arg.ts';
import type { Declaration } from '../../src/keyword/declaration.ts';
import { nameOf } from '../yaml/argument-words.ts';

/** `timeout client <timeout>`, `hdr([ <name> ])`. */
export function usageLine(declaration: Declaration): string {
  const { family, name, args } = declaration;
  const own = (declaration as { readonly usage?: string }).usage;
  if (own !== undefined) return own;
  const usages = Object.entries(args).map(([key, argument]) => argumentUsage(key, argument));
  if (family === 'log-alias') return `%${name}`;
  const isCall = family === 'fetch' || family === 'converter' || family === 'predicate';
  if (isCall) return usages.length === 0 ? name : `${name}(${usages.join(', ')})`;
  return [name, ...usages].join(' ');
}

function argumentUsage(key: string, argument: Arg<unknown>): string {
  const isNamed = argument.kind === 'named' || argument.kind === 'flag';
  const usage =
    isNamed && argument.word === undefined ? argument.usage.replace('[ ', `[ ${key}`) : argument.usage;
  const spaced = usage.replaceAll(/ +/g, ' ').replaceAll(/\[ (?=\])/g, '[ ');
  return argument.isRepeated === true ? `${spaced}...` : spaced;
}

export interface ArgumentRow {
  readonly name: string;
  readonly takes: string;
  readonly isOptional: boolean;
  /** Undefined where there is none that can be shown. */
  readonly fallback: string | undefined;
}

export function argumentRows(args: Args): ArgumentRow[] {
  return Object.entries(args).map(([key, argument]) => ({
    name: nameOf(key, argument),
    takes: takes(argument),
    isOptional: argument.isOptional,
    fallback: fallbackText(argument),
  }));
}

function takes(argument: Arg<unknown>): string {
  const form = formOf(argument);
  const several = argument.isRepeated === true ? ', several times' : '';
  if (argument.kind === 'flag') return 'nothing: it is there or not';
  if (form.kind === 'condition') return '`if` or `unless` and a condition';
  if (form.kind === 'options') return `options of ${form.family} lines`;
  if (form.kind === 'call')
    return form.takesCondition ? 'an action, its arguments and a condition' : 'a name and its arguments';
  if (form.kind === 'group')
    return `${Object.keys(form.parts)
      .map((part) => `a ${part}`)
      .join(' and ')}${several}`;
  return `${schemaText(argument.schema, argument.usage)}${several}`;
}

function schemaText(schema: JsonSchema, usage: string): string {
  const {
    enum: values,
    minimum,
    maximum,
  } = schema as { enum?: readonly unknown[]; minimum?: number; maximum?: number };
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (minimum !== undefined && maximum !== undefined) return `a number from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `a number of ${minimum} or more`;
  if (maximum !== undefined) return `a number of ${maximum} or less`;
  if (schema['type'] === 'integer') return 'a number';
  return `\`${usage.replaceAll(/^\[ | \]$/g, '').trim()}\``;
}

function fallbackText({ fallback, kind }: Arg<unknown>): string | undefined {
  if (kind === 'flag' || fallback === undefined || fallback === null) return undefined;
  return typeof fallback === 'object' ? undefined : String(fallback);
}
