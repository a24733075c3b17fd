/** Validates a YAML file by the JSON Schema of the configuration, with ajv, and tells at which value it does not fit. */
import { Ajv, type ErrorObject } from 'ajv';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { buildSchema } from '../schema/build-schema.ts';
import { pruneSchema } from '../schema/prune-schema.ts';
import type { SourceText } from './source-text.ts';
import type { YamlValue } from './value.ts';

/** At most one error: of several, the one that is deepest in the file says most. */
export function checkSchema(root: YamlValue, source: SourceText): Diagnostic[] {
  const schema = pruneSchema(buildSchema(), keysOf(root, new Set()));
  const validate = new Ajv({
    strict: false,
    allErrors: true,
    inlineRefs: false,
    validateSchema: false,
    code: { optimize: false },
  }).compile(schema);
  if (validate(plainOf(root))) return [];
  const errors = [...(validate.errors ?? [])];
  errors.sort((a, b) => depthOf(b) - depthOf(a) || rankOf(a) - rankOf(b));
  return errors.slice(0, 1).map((error) => diagnosticOf(error, root, source));
}

/** All keys of all maps. */
function keysOf(value: YamlValue, keys: Set<string>): Set<string> {
  if (value.kind === 'list') for (const item of value.items) keysOf(item, keys);
  if (value.kind !== 'map') return keys;
  for (const { key, value: item } of value.entries) {
    keys.add(key.text);
    keysOf(item, keys);
  }
  return keys;
}

function depthOf({ instancePath }: ErrorObject): number {
  return instancePath.split('/').length;
}

/** An alternative that fails says less than why it does. */
function rankOf({ keyword }: ErrorObject): number {
  return ['additionalProperties', 'enum', 'const', 'required', 'type', 'pattern'].indexOf(keyword) >>> 0;
}

function diagnosticOf(
  { instancePath, message, params }: ErrorObject,
  root: YamlValue,
  source: SourceText,
): Diagnostic {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const value = valueAt(root, path);
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  const at = keyAt(value, extra) ?? value.at;
  const line = source.line(at.line);
  return {
    severity: 'error',
    at,
    problem: `'${[...path, ...(extra === undefined ? [] : [extra])].join(' ')}' does not fit the schema of the configuration: it ${message ?? 'is wrong'}`,
    ...(line !== undefined && { source: line }),
  };
}

function valueAt(root: YamlValue, path: readonly string[]): YamlValue {
  let value = root;
  for (const step of path) {
    const next =
      value.kind === 'map'
        ? value.entries.find(({ key }) => key.text === step)?.value
        : value.kind === 'list'
          ? value.items[Number(step)]
          : undefined;
    if (next === undefined) return value;
    value = next;
  }
  return value;
}

function keyAt(value: YamlValue, name: string | undefined): Diagnostic['at'] | undefined {
  return value.kind === 'map' ? value.entries.find(({ key }) => key.text === name)?.key.at : undefined;
}

/** As JSON has it. Keys keep their text, so `__proto__` is a key as any other. */
function plainOf(value: YamlValue): unknown {
  switch (value.kind) {
    case 'text':
      return value.number ?? value.text;
    case 'switch':
      return value.isOn;
    case 'nothing':
      return null;
    case 'list':
      return value.items.map(plainOf);
    case 'map':
      return Object.fromEntries(value.entries.map(({ key, value: item }) => [key.text, plainOf(item)]));
  }
}
