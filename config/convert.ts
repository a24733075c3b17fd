/**
 * Turns a configuration into its other form: haproxy.cfg into YAML, or YAML into haproxy.cfg. Both give the same
 * model. What the parsers resolve is lost: comments, conditional blocks (the lines that count are kept) and
 * variables (their values are written).
 */
import { writeCfg } from './convert/write-cfg.ts';
import { writeYaml } from './convert/write-yaml.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import type { Document } from './document/document.ts';
import { type ParseOptions, parseHaproxyCfg } from './haproxy-cfg/parse.ts';
import { parseYaml } from './yaml/parse-yaml.ts';
import { PROXY_KINDS } from './yaml/read-sections.ts';

export type ConfigForm = 'cfg' | 'yaml';

export interface ConvertOptions extends ParseOptions {
  /** The form that the text has. */
  readonly from: ConfigForm;
  /** Its name, for messages. */
  readonly file: string;
}

export interface ConvertResult {
  /** The other form; null when there is an error. */
  readonly text: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws for what is in the text. Keywords are not checked: what is not known is written as it is. */
export function convert(text: string, { from, file, ...options }: ConvertOptions): ConvertResult {
  const parse = from === 'yaml' ? parseYaml : parseHaproxyCfg;
  const { document, diagnostics } = parse([{ file, text }], options);
  const all = from === 'yaml' ? diagnostics : [...diagnostics, ...sectionsWithoutYaml(document)];
  if (all.some(({ severity }) => severity === 'error')) return { text: null, diagnostics: all };
  return { text: writeDocument(document, from === 'yaml' ? 'cfg' : 'yaml'), diagnostics: all };
}

/** A document in one of the forms. */
export function writeDocument(document: Document, form: ConfigForm): string {
  return form === 'yaml' ? writeYaml(document) : writeCfg(document);
}

function sectionsWithoutYaml({ sections }: Document): Diagnostic[] {
  return sections
    .filter(({ kind }) => kind !== 'global' && kind !== 'defaults' && !PROXY_KINDS.includes(kind))
    .map(({ kind, at, source }) => ({
      severity: 'error',
      at,
      source,
      problem: `section '${kind}' has no form in YAML yet`,
      reason: 'Fairlead does not support it yet',
    }));
}
