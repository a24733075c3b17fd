/** A line of haproxy.cfg as YAML, for the manual. */
import { stringify } from 'yaml';
import { sectionMap } from '../convert/section-map.ts';
import { tokenizeLine } from '../haproxy-cfg/tokenize.ts';
import { vocabularies } from '../yaml/vocabulary.ts';

/** Null for a line that no map can hold. */
export function exampleInYaml(text: string, family: 'global' | 'proxy'): string | null {
  const { words, end } = tokenizeLine(text, { file: '', line: 1, section: '', environment: new Map() });
  if (words.length === 0) return null;
  return stringify(sectionMap([{ words, end, source: text }], vocabularies[family]), {
    lineWidth: 0,
    version: '1.2',
  });
}
