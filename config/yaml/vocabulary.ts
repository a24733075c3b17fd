/** The names of keywords as YAML nests them: `timeout client` is `client` in the map of `timeout`. */
import { keywords } from '../../src/catalog.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';

export type StatementFamily = 'global' | 'proxy';

export interface Vocabulary {
  find(name: string): AnyOption | undefined;
  /** All names, ours and HAProxy's others. */
  readonly known: ReadonlySet<string>;
  /** What names of several words begin with: `timeout`, `option`. */
  readonly groups: ReadonlySet<string>;
}

function vocabularyOf(family: StatementFamily): Vocabulary {
  const known = new Set([...haproxyKeywords(family), ...keywords.names(family)]);
  const groups = new Set<string>();
  for (const name of known)
    for (let blank = name.indexOf(' '); blank > 0; blank = name.indexOf(' ', blank + 1))
      groups.add(name.slice(0, blank));
  return { find: (name) => keywords.find(family, name) as AnyOption | undefined, known, groups };
}

export const vocabularies: { readonly [F in StatementFamily]: Vocabulary } = {
  global: vocabularyOf('global'),
  proxy: vocabularyOf('proxy'),
};
