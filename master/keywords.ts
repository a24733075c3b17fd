/** What `fairlead keywords` prints: the catalogue by family, one keyword, or the parity table. Texts only. */
import { countsOf, families, type KeywordFamily, parityRows } from '../config/reference/families.ts';
import { facts } from '../config/reference/keyword-page.ts';
import { parityText } from '../config/reference/parity-page.ts';
import { argumentRows, usageLine } from '../config/reference/usage.ts';
import type { Declaration } from '../src/keyword/declaration.ts';
import { nearest } from '../src/keyword/nearest.ts';
import { UsageError } from './option-table.ts';

export interface KeywordsRequest {
  /** Shows the keywords of this name, in all families or in one. */
  readonly name: string | null;
  readonly family: string | null;
  readonly isParity: boolean;
  readonly isJson: boolean;
}

/** The text for standard output. Throws UsageError for a family or keyword that does not exist. */
export function keywordsText({ name, family, isParity, isJson }: KeywordsRequest): string {
  if (isParity) return isJson ? parityJson() : parityText();
  const chosen = family === null ? families : [findFamily(family)];
  const found = name === null ? chosen : named(chosen, name);
  if (isJson) return json(found.flatMap(({ declarations }) => declarations.map(jsonOf)));
  if (name === null) return found.map(listText).join('\n');
  return found.flatMap(({ declarations }) => declarations.map(keywordText)).join('\n');
}

function findFamily(name: string): KeywordFamily {
  const found = families.find(({ family }) => family === name);
  if (found !== undefined) return found;
  const names = families.map(({ family }) => family);
  const close = nearest(name, names);
  throw new UsageError(
    `'${name}' is not a family${close === undefined ? `; there are ${names.join(', ')}` : `; did you mean '${close}'?`}`,
  );
}

/** Families with the keywords of that name alone. */
function named(chosen: readonly KeywordFamily[], name: string): KeywordFamily[] {
  const isNamed = (declaration: Declaration) =>
    declaration.name === name || declaration.aliases.includes(name);
  const found = chosen
    .map((each) => ({ ...each, declarations: each.declarations.filter(isNamed) }))
    .filter(({ declarations }) => declarations.length > 0);
  if (found.length > 0) return found;
  if (parityRows().some(({ missing }) => missing.includes(name)))
    throw new UsageError(`'${name}' is a HAProxy keyword that Fairlead does not support yet`);
  const close = nearest(
    name,
    chosen.flatMap(({ declarations }) => declarations.map((each) => each.name)),
  );
  throw new UsageError(
    `'${name}' is not a keyword${close === undefined ? '' : `; did you mean '${close}'?`}`,
  );
}

function listText({ family, title, declarations }: KeywordFamily): string {
  const width = Math.min(32, Math.max(...declarations.map(({ name }) => name.length)));
  const lines = declarations.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`);
  return `${title} (${family}, ${declarations.length}):\n${lines.join('')}`;
}

function keywordText(declaration: Declaration): string {
  const { family, summary, args, examples, differences } = declaration;
  const rows = argumentRows(args).map(({ name, takes, isOptional, fallback }) => {
    const need = isOptional
      ? `optional${fallback === undefined ? '' : `, by default ${fallback}`}`
      : 'required';
    return `  ${name.padEnd(16)} ${takes.replaceAll('`', '')} (${need})\n`;
  });
  const block = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `\n${title}:\n${lines.join('')}`;
  return [
    `${usageLine(declaration)}    (${family})\n\n${summary}\n`,
    block(
      'Facts',
      facts(declaration).map((fact) => `  ${fact.replaceAll('`', "'")}\n`),
    ),
    block('Arguments', rows),
    block(
      'Examples',
      examples.map(({ text }) => `  ${text}\n`),
    ),
    block(
      'Differences from HAProxy',
      differences.map((text) => `  ${text.replaceAll('`', "'")}\n`),
    ),
  ].join('');
}

function jsonOf(declaration: Declaration): object {
  const { family, name, aliases, summary, args, examples, differences } = declaration;
  return {
    family,
    name,
    aliases,
    usage: usageLine(declaration),
    summary,
    facts: facts(declaration),
    arguments: argumentRows(args),
    examples: examples.map(({ text }) => text),
    differences,
  };
}

function parityJson(): string {
  return json(parityRows().map((row) => ({ ...row, counts: countsOf(row) })));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
