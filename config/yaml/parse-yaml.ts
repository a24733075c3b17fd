/**
 * YAML to the document: the second front-end, beside `config/haproxy-cfg`. The steps that follow are the same for
 * both, so what a keyword takes is checked once, by the linker, with the same messages.
 *
 * Who reports what, in this order: the syntax of YAML (a file with an error there is not read further); shapes that
 * no statement can be made of, here; the language, by the linker; and at last, only when all of these found nothing,
 * the JSON Schema (`checkSchema`), so that no mistake is told twice and what passes is what an editor accepts.
 */
import type { Position } from '../../src/keyword/words.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Section } from '../document/document.ts';
import type { ParseOptions, ParseResult, Source } from '../haproxy-cfg/parse.ts';
import { readSections } from './read-sections.ts';
import { readTree } from './read-tree.ts';
import { SourceText } from './source-text.ts';
import type { YamlValue } from './value.ts';

export interface YamlResult extends ParseResult {
  /** The line of a file at a position: words of one statement may stand on several lines. */
  lineAt(at: Position): string | undefined;
  /** What the JSON Schema refuses. For files in which nothing else is wrong. */
  checkSchema(): Promise<readonly Diagnostic[]>;
}

/** Parses files in order, as one configuration. All errors are reported; never throws. */
export function parseYaml(sources: readonly Source[], options: ParseOptions): YamlResult {
  const environment = new Map([...options.environment, ...Object.entries(options.predefined ?? {})]);
  const diagnostics: Diagnostic[] = [];
  const sections: Section[] = [];
  const files: { readonly source: SourceText; readonly root: YamlValue }[] = [];
  const texts = new Map<string, SourceText>();
  for (const { file, text } of sources) {
    const source = new SourceText(file, text.startsWith('\ufeff') ? text.slice(1) : text);
    texts.set(file, source);
    const tree = readTree(source);
    diagnostics.push(...tree.diagnostics);
    if (tree.root === null) continue;
    files.push({ source, root: tree.root });
    const report = (diagnostic: Diagnostic) => diagnostics.push(diagnostic);
    sections.push(...readSections(tree.root, { source, environment, report }));
  }
  return {
    document: { files: sources.map(({ file }) => file), sections },
    diagnostics,
    environment,
    lineAt: ({ file, line }) => texts.get(file)?.line(line),
    async checkSchema() {
      const { checkSchema } = await import('./check-schema.ts');
      return files.flatMap(({ source, root }) => checkSchema(root, source));
    },
  };
}
