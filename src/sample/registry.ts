/** Finds fetches and converters by name: what parsing and compiling expressions need of the catalogue. */
import type { ConverterDeclaration, FetchDeclaration } from './declare.ts';

export interface SampleRegistry {
  fetch(name: string): FetchDeclaration | undefined;
  converter(name: string): ConverterDeclaration | undefined;
  fetchNames(): Iterable<string>;
  converterNames(): Iterable<string>;
  /** True for a name that HAProxy has and Fairlead does not support yet. */
  isUnsupported?(family: 'fetch' | 'converter', name: string): boolean;
}

type AnyFetch = FetchDeclaration<never> | FetchDeclaration;
type AnyConverter = ConverterDeclaration<never> | ConverterDeclaration;

/** Indexes declarations by name and alias. Throws when two share one: a defect of the catalogue. */
export function createSampleRegistry(
  fetches: readonly AnyFetch[],
  converters: readonly AnyConverter[],
): SampleRegistry {
  const fetchesByName = indexed(fetches as readonly FetchDeclaration[]);
  const convertersByName = indexed(converters as readonly ConverterDeclaration[]);
  return {
    fetch: (name) => fetchesByName.get(name),
    converter: (name) => convertersByName.get(name),
    fetchNames: () => fetchesByName.keys(),
    converterNames: () => convertersByName.keys(),
  };
}

function indexed<D extends { readonly name: string; readonly aliases: readonly string[] }>(
  declarations: readonly D[],
): Map<string, D> {
  const byName = new Map<string, D>();
  for (const declaration of declarations) {
    for (const name of [declaration.name, ...declaration.aliases]) {
      if (byName.has(name)) throw new Error(`two declarations are named '${name}'`);
      byName.set(name, declaration);
    }
  }
  return byName;
}
