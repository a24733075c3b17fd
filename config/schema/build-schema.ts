/**
 * The JSON Schema (draft 07) of the YAML configuration, built from the declarations: what editors complete and check
 * with, and what a file is validated against when nothing else is wrong with it. Only shapes are in it; what stands
 * in texts is checked by the linker.
 */
import {
  actions,
  algorithms,
  bindOptions,
  globalOptions,
  proxyOptions,
  serverOptions,
} from '../../src/catalog.ts';
import type { JsonSchema } from '../../src/keyword/arg.ts';
import type { AnyOption, Declaration, SectionName } from '../../src/keyword/declaration.ts';
import type { RuleSetName } from '../../src/keyword/site.ts';
import { PROXIES_KEY, PROXY_MAPS } from '../yaml/read-sections.ts';
import { LINES_KEY } from '../yaml/read-statements.ts';
import {
  anyOf,
  argumentsSchema,
  CONDITION_PROPERTIES,
  descriptionOf,
  lineSchemas,
  SHARED_DEFINITIONS,
  switchSchema,
} from './argument-schema.ts';

type Properties = { [key: string]: JsonSchema };

export function buildSchema(): JsonSchema {
  const options = { bind: optionReferences(bindOptions), server: optionReferences(serverOptions) };
  const global = globalOptions as unknown as readonly AnyOption[];
  const proxy = proxyOptions as unknown as readonly AnyOption[];
  const definitions: Properties = { ...SHARED_DEFINITIONS };
  for (const declaration of [...global, ...proxy])
    definitions[definitionName(declaration)] = keywordSchema(declaration, options);
  for (const name of ruleSets()) definitions[`${name.replace(' ', '-')}-rule`] = ruleSchema(name);
  definitions['balance'] = callSchema(algorithms as unknown as readonly Declaration[], {});
  definitions['global'] = sectionSchema(global, 'global');
  for (const kind of PROXY_KINDS)
    definitions[kind] = sectionSchema(
      proxy.filter((each) => isSeenIn(each, kind)),
      kind,
    );
  Object.assign(definitions, optionDefinitions(bindOptions), optionDefinitions(serverOptions));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Fairlead configuration',
    description: 'A configuration of Fairlead in YAML. Keywords are those of HAProxy.',
    type: ['object', 'null'],
    properties: topProperties(),
    patternProperties: { '^x-': { description: 'Not read: a place for anchors.' } },
    additionalProperties: false,
    $defs: definitions,
  };
}

const PROXY_KINDS: readonly SectionName[] = ['defaults', 'frontend', 'backend', 'listen'];

function topProperties(): Properties {
  const defaults = { $ref: '#/$defs/defaults' };
  const properties: Properties = {
    global: { $ref: '#/$defs/global', description: 'Settings of the whole process.' },
    defaults: {
      anyOf: [defaults, { type: 'array', items: defaults }],
      description: 'What the other sections start from: one map, or a list of maps with names.',
    },
  };
  for (const [key, kind] of PROXY_MAPS) {
    properties[key] = {
      type: ['object', 'null'],
      additionalProperties: { $ref: `#/$defs/${kind}` },
      description: `The ${kind} sections by name.`,
    };
  }
  properties[PROXIES_KEY] = {
    type: ['array', 'null'],
    items: {
      anyOf: [...PROXY_MAPS.values()].map((kind) => ({
        required: [kind],
        allOf: [{ $ref: `#/$defs/${kind}` }],
      })),
    },
    description: 'Sections of all kinds in their order, each with its kind and name.',
  };
  return properties;
}

/** Keywords that are ignored in a section with a warning are not refused there. */
function isSeenIn(declaration: AnyOption, kind: SectionName): boolean {
  return declaration.sections.includes(kind) || (kind !== 'defaults' && declaration.misplaced !== 'refused');
}

function definitionName({ family, name }: Declaration): string {
  return `${family}-${name.replaceAll(' ', '-')}`;
}

/** What a keyword may have behind its colon. */
function keywordSchema(
  declaration: AnyOption,
  options: { readonly [family: string]: Properties },
): JsonSchema {
  const { args, isMap, collect } = declaration;
  const lines = lineSchemas(args, options);
  const onOff = switchSchema(args, declaration);
  if (onOff !== null) lines.push(onOff);
  if (isMap === true) lines.splice(1, Infinity, byNameSchema(declaration, options));
  if (collect === 'list') lines.push({ type: 'array', items: anyOf([...lines]) });
  return anyOf(lines, descriptionOf(declaration));
}

function byNameSchema({ args }: AnyOption, options: { readonly [family: string]: Properties }): JsonSchema {
  const rest = Object.fromEntries(Object.entries(args).slice(1));
  const lines = lineSchemas(rest, options);
  const onOff = switchSchema(rest, {});
  const line = anyOf(onOff === null ? lines : [...lines, onOff]);
  return { type: 'object', additionalProperties: { anyOf: [line, { type: 'array', items: line }] } };
}

/** The options of bind or server lines. An option with a counterpart that begins with `no-` can be false. */
function optionDefinitions(declarations: readonly object[]): Properties {
  const definitions: Properties = {};
  const list = declarations as readonly Declaration[];
  const names = new Set(list.map(({ name }) => name));
  for (const declaration of list) {
    const schemas = lineSchemas(declaration.args, {});
    const onOff = switchSchema(declaration.args, names.has(`no-${declaration.name}`) ? { clears: true } : {});
    if (onOff !== null) schemas.push(onOff);
    definitions[definitionName(declaration)] = anyOf(schemas, descriptionOf(declaration));
  }
  return definitions;
}

/** The same as keys of the maps they stand in. */
function optionReferences(declarations: readonly object[]): Properties {
  const list = declarations as readonly Declaration[];
  return sorted(
    Object.fromEntries(list.map((option) => [option.name, { $ref: `#/$defs/${definitionName(option)}` }])),
  );
}

function ruleSets(): RuleSetName[] {
  return (proxyOptions as unknown as readonly AnyOption[])
    .filter(({ args }) => 'rule' in args)
    .map(({ name }) => name as RuleSetName);
}

function ruleSchema(ruleSet: RuleSetName): JsonSchema {
  const known = actions.filter((action) => action.ruleSets.includes(ruleSet));
  return callSchema(known as unknown as readonly Declaration[], CONDITION_PROPERTIES);
}

/** A text as on a line, or a map of one name to its arguments. */
function callSchema(
  declarations: readonly Declaration[],
  conditions: { readonly [key: string]: JsonSchema },
): JsonSchema {
  const properties: Properties = {};
  for (const declaration of declarations) {
    const { args } = declaration;
    const schemas = [{ $ref: '#/$defs/line' }, argumentsSchema(args, conditions)];
    const onOff = switchSchema(args, {});
    if (onOff !== null) schemas.push(onOff as never);
    for (const name of [declaration.name, ...declaration.aliases])
      properties[name] = anyOf(schemas, descriptionOf(declaration));
  }
  return {
    anyOf: [
      { type: 'string', description: 'As on a line of haproxy.cfg.' },
      {
        type: 'object',
        properties: { ...sorted(properties), ...conditions },
        additionalProperties: false,
        minProperties: 1,
      },
    ],
  };
}

/** Names of several words, as the maps in maps that they nest in. */
interface Branch {
  declaration: AnyOption | null;
  readonly members: Map<string, Branch>;
}

function sectionSchema(declarations: readonly AnyOption[], kind: SectionName): JsonSchema {
  const root: Branch = { declaration: null, members: new Map() };
  for (const declaration of declarations)
    for (const name of [declaration.name, ...declaration.aliases]) plant(root, name, declaration);
  const properties = memberProperties(root);
  const header: Properties = {
    ...(kind === 'defaults' && {
      name: { type: 'string', description: "The name that other sections take it by, with 'from'." },
    }),
    ...([...PROXY_MAPS.values()].includes(kind) && {
      [kind]: {
        type: 'string',
        description: `The name of the ${kind}, where it is an item of '${PROXIES_KEY}'.`,
      },
    }),
    ...(kind !== 'global' && {
      from: { type: 'string', description: 'The defaults section that this one starts from.' },
    }),
  };
  const base = {
    type: ['object', 'null'],
    properties: { ...header, ...properties },
    additionalProperties: false,
  };
  return withKeys(base, {
    [LINES_KEY]: {
      type: 'array',
      items: { anyOf: [{ type: 'string' }, { type: 'object', properties, additionalProperties: false }] },
      description: 'Lines in their order: as in haproxy.cfg, or as maps.',
    },
  });
}

function withKeys(schema: JsonSchema, keys: Properties, required: readonly string[] = []): JsonSchema {
  const properties = { ...keys, ...(schema['properties'] as Properties) };
  return { ...schema, ...(required.length > 0 && { type: 'object', required }), properties };
}

function plant(root: Branch, name: string, declaration: AnyOption): void {
  let branch = root;
  for (const word of name.split(' ')) {
    const next: Branch = branch.members.get(word) ?? { declaration: null, members: new Map() };
    branch.members.set(word, next);
    branch = next;
  }
  branch.declaration = declaration;
}

function memberProperties(branch: Branch): Properties {
  return sorted(
    Object.fromEntries([...branch.members].map(([word, member]) => [word, branchSchema(member)])),
  );
}

function branchSchema(branch: Branch): JsonSchema {
  const own = branch.declaration === null ? null : { $ref: `#/$defs/${definitionName(branch.declaration)}` };
  if (branch.members.size === 0) return own!;
  const members = { type: 'object', properties: memberProperties(branch), additionalProperties: false };
  const one = [{ type: 'string' }, members];
  const all: JsonSchema[] = [...one, { type: 'array', items: { anyOf: own === null ? one : [...one, own] } }];
  return { anyOf: own === null ? all : [...all, own] };
}

function sorted(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
