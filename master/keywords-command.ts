/** `fairlead keywords`: the catalogue for people and for tools. */
import { bindOptions, globalOptions, proxyOptions, serverOptions } from '../src/catalog.ts';
import type { Declaration } from '../src/keyword/declaration.ts';
import { UsageError } from './option-table.ts';

/** Families in the order they are listed. */
const FAMILIES: readonly (readonly Declaration[])[] = [
  globalOptions,
  proxyOptions,
  bindOptions,
  serverOptions,
];

export interface KeywordsOptions {
  readonly isParity: boolean;
  readonly isJson: boolean;
}

/** Resolves to the exit status. */
export async function listKeywords({ isParity, isJson }: KeywordsOptions): Promise<number> {
  if (isParity) throw new UsageError('--parity is not built into this version yet');
  const all = FAMILIES.flat();
  const entries = all.map(({ family, name, summary }) => ({ family, name, summary }));
  if (isJson) process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else process.stdout.write(keywordText(entries));
  return 0;
}

/** A heading for each family, a line for each keyword. */
export function keywordText(entries: readonly Pick<Declaration, 'family' | 'name' | 'summary'>[]): string {
  const families = [...new Set(entries.map(({ family }) => family))];
  return families
    .map((family) => {
      const lines = entries
        .filter((entry) => entry.family === family)
        .map(({ name, summary }) => `  ${name.padEnd(32)} ${summary}\n`);
      return `${family}:\n${lines.join('')}`;
    })
    .join('\n');
}
