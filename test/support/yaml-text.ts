/** Parses and links a YAML configuration that a test has as text, beside the same of haproxy.cfg. */
import type { Diagnostic } from '../../config/diagnostics/diagnostic.ts';
import { parseHaproxyCfg } from '../../config/haproxy-cfg/parse.ts';
import { linkDocument } from '../../config/link/link.ts';
import type { Model } from '../../config/model/model.ts';
import { parseYaml } from '../../config/yaml/parse-yaml.ts';
import { TEST_FACTS } from './link-text.ts';

export interface TextOptions {
  readonly environment?: ReadonlyMap<string, string>;
}

const PARSERS = { yaml: parseYaml, cfg: parseHaproxyCfg };

export interface TextResult {
  /** One array of words for each statement, a section's header first. */
  readonly statements: readonly (readonly string[])[];
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** The file is called `test.yaml` or `test.cfg`. */
export function readText(text: string, form: 'yaml' | 'cfg' = 'yaml', options: TextOptions = {}): TextResult {
  const { environment = new Map() } = options;
  const parsed = PARSERS[form]([{ file: `test.${form}`, text }], { environment, facts: TEST_FACTS });
  const linked = linkDocument(parsed.document, {
    workingFolder: '/test',
    readFile: () => Buffer.from('HTTP/1.0 503 Busy\r\n\r\n'),
  });
  const statements = parsed.document.sections.flatMap(({ kind, header, statements: own }) => [
    [kind, ...header.map((word) => word.text)],
    ...own.map(({ words }) => words.map((word) => word.text)),
  ]);
  const diagnostics = [...parsed.diagnostics, ...linked.diagnostics];
  const isWrong = diagnostics.some(({ severity }) => severity === 'error');
  return { statements, model: isWrong ? null : linked.model, diagnostics };
}

/** The statements of a text that must parse without a message, each as one line. */
export function linesOf(text: string, options: TextOptions = {}): string[] {
  const parsed = parseYaml([{ file: 'test.yaml', text }], {
    environment: options.environment ?? new Map(),
    facts: TEST_FACTS,
  });
  if (parsed.diagnostics.length > 0)
    throw new Error(parsed.diagnostics.map(({ problem }) => problem).join('\n'));
  return parsed.document.sections.flatMap(({ kind, header, statements }) => [
    [kind, ...header.map((word) => word.text)].join(' '),
    ...statements.map(({ words }) => `  ${words.map((word) => word.text).join('|')}`),
  ]);
}

/** A value without places in files, and without the files' names. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'at' && key !== 'files');
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutPlaces(item)]));
}
