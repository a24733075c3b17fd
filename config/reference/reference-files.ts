/** Every generated file of the manual and the schema: paths from the project's root, and texts. */
import { buildSchema } from '../schema/build-schema.ts';
import { families } from './families.ts';
import { familyPage } from './keyword-page.ts';
import { parityPage } from './parity-page.ts';

export const REFERENCE_FOLDER = 'docs/reference';

/** An option of the command line, as its page shows it. */
export interface CommandLineOption {
  readonly name: string;
  readonly noun?: string;
  readonly summary: string;
  readonly noEffect?: string;
}

export interface CommandLineCommand {
  readonly name: string;
  readonly summary: string;
  readonly text: string;
  readonly options: readonly CommandLineOption[];
}

export interface CommandLine {
  readonly options: readonly CommandLineOption[];
  readonly commands: readonly CommandLineCommand[];
}

/** In the order of their paths. The same declarations give the same bytes. */
export function referenceFiles(commandLine: CommandLine): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ['config/schema/fairlead.schema.json', `${JSON.stringify(buildSchema(), null, 1)}\n`],
    [`${REFERENCE_FOLDER}/README.md`, indexPage()],
    [`${REFERENCE_FOLDER}/command-line.md`, commandLinePage(commandLine)],
    [`${REFERENCE_FOLDER}/parity.md`, parityPage()],
  ]);
  for (const family of families) files.set(`${REFERENCE_FOLDER}/${family.page}.md`, familyPage(family));
  return files;
}

const GENERATED = '<!-- Generated from the declarations by `npm run generate`. -->\n';

function indexPage(): string {
  const pages = families.map(
    ({ page, title, declarations }) => `- [${title}](${page}.md): ${declarations.length}\n`,
  );
  return `${GENERATED}
# Reference

Every keyword that Fairlead has, from the declarations that also parse and check it. HAProxy's manual stays the
manual of what they mean together.

${pages.join('')}- [Command line](command-line.md)
- [Parity with HAProxy](parity.md): what is supported, and what is not yet
`;
}

function commandLinePage({ options, commands }: CommandLine): string {
  const parts = commands.map(
    ({ name, summary, text, options: own }) =>
      `### fairlead ${name}\n\n${summary} ${text}\n${own.length === 0 ? '' : `\n${optionTable(own)}`}`,
  );
  return `${GENERATED}
# Command line

## For people

${parts.join('\n')}
## HAProxy's options

These work too, and alone when the program is called under the name \`haproxy\`.

${optionTable(options)}`;
}

function optionTable(options: readonly CommandLineOption[]): string {
  const rows = options.map(({ name, noun, summary, noEffect }) => {
    const shown = noun === undefined ? name : `${name} <${noun}>`;
    return `| \`${shown.replaceAll('|', '\\|')}\` | ${summary.replaceAll('|', '\\|')}${noEffect === undefined ? '' : ` Accepted without effect: ${noEffect}.`} |`;
  });
  return `| option | |\n|---|---|\n${rows.join('\n')}\n`;
}
