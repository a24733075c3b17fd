/** Arguments and lines of keywords as JSON Schema: what the YAML front-end takes for them, by their declarations. */
import { type Arg, type Args, formOf, type JsonSchema } from '../../src/keyword/arg.ts';
import type { Declaration, OptionDeclaration } from '../../src/keyword/declaration.ts';
import { isOpenWord, nameOf } from '../yaml/argument-words.ts';

/** A text in which a variable or an escape is replaced: what comes of it is checked when it is read. */
const WITH_VARIABLE: JsonSchema = { $ref: '#/$defs/variable' };

export const SHARED_DEFINITIONS: { readonly [name: string]: JsonSchema } = {
  variable: {
    type: 'string',
    pattern: '[$\\\\]',
    description: 'A text with a variable: ${NAME} or ${NAME-default}.',
  },
  scalar: { type: ['string', 'number'] },
  word: {
    anyOf: [{ $ref: '#/$defs/scalar' }, { type: 'array', items: { $ref: '#/$defs/scalar' }, minItems: 1 }],
  },
  line: { type: ['string', 'number'], description: 'The arguments as on a line of haproxy.cfg.' },
  condition: { anyOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/$defs/scalar' } }] },
};

/** One argument's value. */
function argumentSchema(argument: Arg<unknown>): JsonSchema {
  const form = formOf(argument);
  switch (form.kind) {
    case 'word':
      return argument.kind === 'flag' ? { type: 'boolean' } : wordSchema(argument.schema);
    case 'words':
      return { $ref: '#/$defs/word' };
    case 'condition':
      return { $ref: '#/$defs/condition' };
    case 'group':
      return { anyOf: [argumentsSchema(form.parts), { type: 'string' }] };
    case 'call':
    case 'options':
      return argument.schema;
  }
}

/** A declared schema, widened by the texts that become such a word: `"8080"`, `${PORT}`. */
function wordSchema(schema: JsonSchema): JsonSchema {
  const types = ([] as unknown[]).concat(schema['type'] ?? []);
  const values = 'const' in schema ? [schema['const']] : schema['enum'];
  if (Array.isArray(values))
    return {
      anyOf: [{ enum: [...new Set(values.flatMap((value) => [value, String(value)]))] }, WITH_VARIABLE],
    };
  if (types.includes('string') && schema['pattern'] !== undefined)
    return { anyOf: [{ ...schema, type: ['string', 'number'] }, WITH_VARIABLE] };
  if (types.length === 1 && types[0] === 'integer')
    return { anyOf: [schema, { type: 'string', pattern: '^[+-]?[0-9]+$' }, WITH_VARIABLE] };
  return isOpenWord(schema) ? { $ref: '#/$defs/word' } : { $ref: '#/$defs/scalar' };
}

/** A map of arguments by name. `others` are further keys: options, or the keys of a condition. */
export function argumentsSchema(args: Args, others: { readonly [key: string]: JsonSchema } = {}): JsonSchema {
  const properties: { [key: string]: JsonSchema } = {};
  const required: string[] = [];
  for (const [key, argument] of Object.entries(args)) {
    const form = formOf(argument);
    if (form.kind === 'condition') Object.assign(properties, CONDITION_PROPERTIES);
    else if (form.kind !== 'options') properties[nameOf(key, argument)] = repeatable(argument);
    if (!argument.isOptional && argument.kind !== 'flag' && argument.kind !== 'named')
      required.push(nameOf(key, argument));
  }
  return {
    type: 'object',
    properties: { ...properties, ...others },
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

export const CONDITION_PROPERTIES: { readonly [key: string]: JsonSchema } = {
  if: { $ref: '#/$defs/condition', description: 'Only when this condition holds.' },
  unless: { $ref: '#/$defs/condition', description: 'Not when this condition holds.' },
};

function repeatable(argument: Arg<unknown>): JsonSchema {
  const schema = argumentSchema(argument);
  return argument.isRepeated === true ? { anyOf: [schema, { type: 'array', items: schema }] } : schema;
}

/** What may stand for the arguments of one line. Options of bind and server lines come as `options`. */
export function lineSchemas(
  args: Args,
  options: { readonly [family: string]: { readonly [key: string]: JsonSchema } },
): JsonSchema[] {
  const entries = Object.entries(args);
  const [only] = entries.map(([, argument]) => argument);
  if (only === undefined) return [];
  const others = Object.assign({}, ...entries.map(([, argument]) => optionsOf(argument, options)));
  if (entries.length > 1) return [{ $ref: '#/$defs/line' }, argumentsSchema(args, others)];
  const { kind } = formOf(only);
  if (kind === 'options' || only.kind === 'named' || only.kind === 'flag')
    return [{ $ref: '#/$defs/line' }, argumentsSchema(args, others)];
  return [argumentSchema(only)];
}

function optionsOf(
  argument: Arg<unknown>,
  options: { readonly [family: string]: { readonly [key: string]: JsonSchema } },
): { readonly [key: string]: JsonSchema } {
  const form = formOf(argument);
  return form.kind === 'options' ? options[form.family]! : {};
}

/** `true` and `false` as the value of a keyword; null where neither is accepted. */
export function switchSchema(
  args: Args,
  declaration: Partial<Pick<OptionDeclaration, 'negated' | 'clears'>>,
): JsonSchema | null {
  const canBeOn = Object.values(args).every(({ isOptional }) => isOptional);
  const canBeOff = declaration.negated !== undefined || declaration.clears === true;
  if (canBeOn && canBeOff) return { type: 'boolean' };
  if (canBeOn) return { const: true };
  return canBeOff ? { const: false } : null;
}

export function anyOf(schemas: readonly JsonSchema[], description?: string): JsonSchema {
  const schema = schemas.length === 1 ? schemas[0]! : { anyOf: schemas };
  return description === undefined ? schema : { description, ...schema };
}

/** The summary, and what a reader must know before using the keyword. */
export function descriptionOf(
  declaration: Declaration & Partial<Pick<OptionDeclaration, 'obsolete' | 'noEffect'>>,
): string {
  const { summary, obsolete, noEffect } = declaration;
  return [
    summary,
    obsolete === undefined ? '' : `Old: use ${obsolete}.`,
    noEffect === undefined ? '' : `No effect: ${noEffect}.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
