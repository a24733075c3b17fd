/**
 * The part of a schema that can say anything about one file: properties that no map of the file has, and definitions
 * that are then not referred to, are left out. The verdict is the same; compiling the whole schema takes ajv 200 ms
 * and more, the part for a small file a tenth of it.
 */
import type { JsonSchema } from '../../src/keyword/arg.ts';

type Definitions = { readonly [name: string]: JsonSchema };

const REFERENCE = '#/$defs/';

/** `keys` are all keys of all maps of the file. Descriptions are left out. */
export function pruneSchema({ $defs, ...root }: JsonSchema, keys: ReadonlySet<string>): JsonSchema {
  const pruner = new Pruner($defs as Definitions, keys);
  const pruned = pruner.prune(root) as JsonSchema;
  return { ...pruned, $defs: pruner.takeDefinitions() };
}

class Pruner {
  readonly #definitions: Definitions;
  readonly #keys: ReadonlySet<string>;
  readonly #taken: { [name: string]: unknown } = {};

  constructor(definitions: Definitions, keys: ReadonlySet<string>) {
    this.#definitions = definitions;
    this.#keys = keys;
  }

  takeDefinitions(): { readonly [name: string]: unknown } {
    return this.#taken;
  }

  prune(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((item) => this.prune(item));
    if (typeof schema !== 'object' || schema === null) return schema;
    const result: { [key: string]: unknown } = {};
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'description') continue;
      if (key === '$ref') this.#take((value as string).slice(REFERENCE.length));
      result[key] = key === 'properties' ? this.#properties(value as Definitions) : this.prune(value);
    }
    return result;
  }

  #properties(properties: Definitions): { [name: string]: unknown } {
    const used = Object.entries(properties).filter(([name]) => this.#keys.has(name));
    return Object.fromEntries(used.map(([name, schema]) => [name, this.prune(schema)]));
  }

  #take(name: string): void {
    if (name in this.#taken) return;
    this.#taken[name] = true;
    this.#taken[name] = this.prune(this.#definitions[name]);
  }
}
