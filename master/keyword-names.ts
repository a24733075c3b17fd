/** The keyword that sets a field of the model, by section and the field's key. */
import { globalOptions, proxyOptions, serverOptions } from '../src/catalog.ts';
import type { KeywordNames } from './model-diff.ts';

export const keywordNames: KeywordNames = {
  global: namesOf(globalOptions),
  proxy: namesOf(proxyOptions),
  server: namesOf(serverOptions),
};

/** The first where several keywords set one field. */
function namesOf(options: readonly { readonly key: string; readonly name: string }[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { key, name } of options) if (!names.has(key)) names.set(key, name);
  return names;
}
