/** Pages of the manual, in Markdown, from the declarations of a family. */
import type { AnyOption, Declaration, Example } from '../../src/keyword/declaration.ts';
import type { ActionDeclaration } from '../../src/rules/declare.ts';
import { exampleInYaml } from './example-in-yaml.ts';
import type { KeywordFamily } from './families.ts';
import { argumentRows, usageLine } from './usage.ts';

const GENERATED = '<!-- Generated from the keyword declarations by `npm run generate`. -->\n';

export function familyPage({ title, declarations }: KeywordFamily): string {
  const entries = declarations.map((declaration) => keywordEntry(declaration));
  return `${GENERATED}\n# ${title}\n\n${declarations.length} keywords. Names and meanings are those of HAProxy; what differs is said.\n\n${entries.join('\n')}`;
}

/** One keyword: usage, summary, arguments, examples, and what to know before using it. */
function keywordEntry(declaration: Declaration): string {
  const parts = [
    `## ${escaped(declaration.name)}\n`,
    `\`\`\`\n${usageLine(declaration)}\n\`\`\`\n`,
    `${declaration.summary}\n`,
    ...facts(declaration).map((fact) => `- ${fact}\n`),
    argumentTable(declaration),
    examples(declaration),
    differences(declaration),
  ];
  return parts
    .filter((part) => part !== '')
    .join('\n')
    .replaceAll(/(^- .*\n)\n(?=- )/gm, '$1');
}

/** What a declaration says beside its arguments, in short sentences. */
export function facts(declaration: Declaration): string[] {
  const option = declaration as Partial<AnyOption>;
  const { ruleSets } = declaration as Partial<ActionDeclaration>;
  const { input, output } = declaration as { readonly input?: string; readonly output?: string };
  const canBeTakenBack = option.negated !== undefined || option.clears === true;
  return [
    declaration.aliases.length > 0 && `Also written: ${declaration.aliases.map(code).join(', ')}.`,
    (option.sections?.length ?? 0) > 0 && `Sections: ${option.sections!.join(', ')}.`,
    ruleSets !== undefined && `Rules: ${ruleSets.join(', ')}.`,
    input !== undefined && `Takes: ${input}.`,
    output !== undefined && `Gives: ${output}.`,
    (option.modes?.length ?? 0) > 0 && `Only in mode ${option.modes!.join(' and ')}.`,
    canBeTakenBack && 'Can be taken back with `no` before it; in YAML with `false`.',
    option.needsNamedDefaults === true && 'In a defaults section only if that has a name.',
    option.obsolete !== undefined && `Old: accepted with a notice. Use ${option.obsolete}.`,
    option.noEffect !== undefined && `Accepted without effect: ${option.noEffect}.`,
  ].filter((fact): fact is string => typeof fact === 'string');
}

function argumentTable({ args }: Declaration): string {
  const rows = argumentRows(args);
  if (rows.length === 0) return '';
  const lines = rows.map(({ name, takes, isOptional, fallback }) => {
    const need = isOptional
      ? fallback === undefined
        ? 'optional'
        : `optional, by default ${code(fallback)}`
      : 'required';
    return `| ${code(name)} | ${takes.replaceAll('|', '\\|')} | ${need} |`;
  });
  return `| argument | takes | |\n|---|---|---|\n${lines.join('\n')}\n`;
}

function examples(declaration: Declaration): string {
  if (declaration.examples.length === 0) return '';
  return declaration.examples.map((example) => exampleText(declaration, example)).join('\n');
}

function exampleText(declaration: Declaration, example: Example): string {
  const { family } = declaration;
  if (family === 'global' || family === 'proxy') {
    const yaml = exampleInYaml(example.text, family);
    return fenced('haproxy', example.text) + (yaml === null ? '' : `\n${fenced('yaml', yaml)}`);
  }
  if (!SHOWS_RESULT.has(family)) return fenced('haproxy', example.text);
  const given = example.given === undefined ? '' : `given: ${JSON.stringify(example.given)}\n`;
  return fenced('text', `${given}${example.text}\nresult: ${shown(example.result)}`);
}

/** Families whose examples are evaluated to something that a reader knows. */
const SHOWS_RESULT: ReadonlySet<string> = new Set(['fetch', 'converter', 'predicate', 'match', 'log-alias']);

function shown(result: unknown): string {
  if (result === undefined) return 'none';
  return JSON.stringify(result, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

function differences({ differences: list }: Declaration): string {
  return list.length === 0 ? '' : `Differences from HAProxy:\n\n${list.map((one) => `- ${one}\n`).join('')}`;
}

export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function escaped(text: string): string {
  return text.replaceAll(/[*_[\]<>]/g, '\\$&');
}
