/** The parity table: what Fairlead has of HAProxy's names, as Markdown and as text. */
import { countsOf, type ParityRow, parityRows, sumOf } from './families.ts';
import { code } from './keyword-page.ts';

const MEANINGS: readonly string[] = [
  'Supported: it works as in HAProxy, but for the differences that its page names.',
  'Without effect: it is accepted and checked, and changes nothing here; its page says why.',
  'Not yet: it is refused, with a message that says so.',
];

export function parityPage(): string {
  const rows = parityRows();
  const lines = [...rows, sumOf(rows)].map((row) => {
    const { total, supported, withoutEffect, missing, supportedPct } = countsOf(row);
    return `| ${row.title} | ${total} | ${supported} | ${withoutEffect} | ${missing} | ${supportedPct} % |`;
  });
  return `<!-- Generated from the keyword declarations by \`npm run generate\`. -->

# Parity with HAProxy 3.5

Counted are HAProxy's own names.

${MEANINGS.map((meaning) => `- ${meaning}`).join('\n')}

| family | names | supported | without effect | not yet | supported |
|---|---|---|---|---|---|
${lines.join('\n')}

${rows.map(namesOf).join('\n')}`;
}

function namesOf(row: ParityRow): string {
  const list = (title: string, names: readonly string[]) =>
    names.length === 0 ? '' : `\n${title}: ${names.map(code).join(', ')}\n`;
  return `## ${row.title}\n${list('Supported', row.supported)}${list('Accepted without effect', row.withoutEffect)}${list('Not yet', row.missing)}`;
}

/** The table for a terminal, and below it the names that are not supported yet. */
export function parityText(): string {
  const rows = parityRows();
  const width = Math.max(...rows.map(({ title }) => title.length));
  const lines = [...rows, sumOf(rows)].map((row) => {
    const { total, supported, withoutEffect, missing, supportedPct } = countsOf(row);
    return `${row.title.padEnd(width)} ${cells(total, supported, withoutEffect, missing)} ${supportedPct.padStart(6)} %`;
  });
  const missing = rows
    .filter((row) => row.missing.length > 0)
    .map((row) => `\n${row.title}, not yet:\n${wrapped(row.missing)}`);
  return `${''.padEnd(width)} ${cells('names', 'supported', 'no effect', 'not yet')}\n${lines.join('\n')}\n\n${MEANINGS.join('\n')}\n${missing.join('')}`;
}

function cells(...values: readonly (string | number)[]): string {
  return values.map((value) => String(value).padStart(10)).join('');
}

/** The width of a line of names, in columns. */
const LINE_WIDTH = 100;

function wrapped(names: readonly string[]): string {
  const lines = [''];
  for (const name of names) {
    const last = lines.at(-1)!;
    if (last.length + name.length + 2 > LINE_WIDTH) lines.push(name);
    else lines[lines.length - 1] = last === '' ? name : `${last}, ${name}`;
  }
  return lines.map((line) => `  ${line}\n`).join('');
}
