/** `fairlead convert`: hands the files to the converter of the configuration. */
import { readFileSync } from 'node:fs';
import { UsageError } from './option-table.ts';

/** What the converter offers: `config/convert.ts`. */
interface Converter {
  /** `from` is the form that `text` has. Returns the other form, or diagnostics' text. */
  convert(
    text: string,
    options: { readonly from: 'cfg' | 'yaml'; readonly file: string },
  ): { readonly text: string } | { readonly problem: string };
}

export type LoadConverter = () => Promise<Converter>;

/** Resolves to 0 when all files were converted to standard output. */
export async function convertFiles(
  files: readonly string[],
  to: string | null,
  load: LoadConverter = missing,
): Promise<number> {
  if (to !== null && to !== 'yaml' && to !== 'cfg')
    throw new UsageError(`'${to}' is not a form to convert to; write yaml or cfg`);
  const { convert } = await load();
  for (const file of files) {
    const from = /\.ya?ml$/i.test(file) ? 'yaml' : 'cfg';
    if (to === from) throw new UsageError(`${file} is ${from} already`);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      process.stderr.write(`cannot read ${file}: ${(error as Error).message}\n`);
      return 1;
    }
    const result = convert(text, { from, file });
    if ('problem' in result) {
      process.stderr.write(`${result.problem}\n`);
      return 1;
    }
    process.stdout.write(result.text);
  }
  return 0;
}

async function missing(): Promise<Converter> {
  throw new UsageError('convert is not built into this version yet');
}
