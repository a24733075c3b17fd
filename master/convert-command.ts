/** `fairlead convert`: hands the files to the converter of the configuration, and writes what comes back. */
import { writeFileSync } from 'node:fs';
import { type ConfigForm, convert } from '../config/convert.ts';
import type { Diagnostic } from '../config/diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../config/diagnostics/render.ts';
import { readConfigFiles } from '../config/haproxy-cfg/read-files.ts';
import { defaultSettings, UsageError } from './option-table.ts';
import { readRequest } from './read-request.ts';

export interface ConvertRequest {
  /** The form to write; null means the other one. */
  readonly to: string | null;
  /** The file to write to; null means standard output. */
  readonly output: string | null;
}

/** Resolves to 0 when all files were converted. Nothing is written when one of them is wrong. */
export async function convertFiles(
  files: readonly string[],
  { to, output }: ConvertRequest,
): Promise<number> {
  if (to !== null && to !== 'yaml' && to !== 'cfg')
    throw new UsageError(`'${to}' is not a form to convert to; write yaml or cfg`);
  if (files.length > 1 && output !== null) throw new UsageError('-o takes one file to convert');
  const texts: string[] = [];
  for (const file of files) {
    const text = convertFile(file, to);
    if (text === null) return 1;
    texts.push(text);
  }
  return write(texts.join('\n'), output);
}

function write(text: string, output: string | null): number {
  if (output === null) {
    process.stdout.write(text);
    return 0;
  }
  try {
    writeFileSync(output, text);
    return 0;
  } catch (error) {
    process.stderr.write(`cannot write ${output}: ${(error as Error).message}\n`);
    return 1;
  }
}

function convertFile(file: string, to: ConfigForm | null): string | null {
  const from = /\.ya?ml$/i.test(file) ? 'yaml' : 'cfg';
  if (to === from) throw new UsageError(`${file} is ${from} already`);
  const read = readConfigFiles([file]);
  show(read.diagnostics);
  if (read.sources.length !== 1) {
    if (read.sources.length > 1) throw new UsageError(`${file} is a folder: convert its files one by one`);
    return null;
  }
  const source = read.sources[0]!;
  const { environment, facts, predefined } = readRequest({ ...defaultSettings(), files: [file] });
  const { text, diagnostics } = convert(source.text, {
    from,
    file: source.file,
    environment,
    facts,
    ...(predefined !== undefined && { predefined }),
  });
  show(diagnostics);
  return text;
}

function show(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics)
    if (diagnostic.severity !== 'diag') process.stderr.write(`${renderDiagnostic(diagnostic)}\n`);
}
