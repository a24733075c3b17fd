/** A variable in double quotes (manual section 2.3): `$NAME`, `${NAME}`, `${NAME-default}`, `${NAME[*]}`, `$.LINE`. */
import { LineError } from './line-error.ts';

/** What variables mean on one line. */
export interface VariableSite {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The name of the section the line is in, or its kind where it has no name; '' before the first. */
  readonly section: string;
  readonly environment: ReadonlyMap<string, string>;
}

export interface Variable {
  /** Of the variable, else its default, else ''. */
  readonly value: string;
  /** `[*]`: the value is a list of words. */
  readonly isList: boolean;
  /** Index just behind it. */
  readonly next: number;
}

const PSEUDO_VARIABLES: ReadonlyMap<string, (site: VariableSite) => string> = new Map([
  ['.FILE', (site: VariableSite) => site.file],
  ['.LINE', (site: VariableSite) => String(site.line)],
  ['.SECTION', (site: VariableSite) => site.section],
]);

/** Reads the variable whose `$` is at `dollar`. Defaults hold no escapes and end at the first `}`. Throws a LineError. */
export function readVariable(text: string, dollar: number, site: VariableSite): Variable {
  const hasBrace = text[dollar + 1] === '{';
  const start = dollar + (hasBrace ? 2 : 1);
  const name = readName(text, start);
  const found = PSEUDO_VARIABLES.get(name)?.(site) ?? site.environment.get(name);
  const behindName = start + name.length;
  if (!hasBrace) return { value: found ?? '', isList: false, next: behindName };
  const isList = hasListMark(text, behindName, name);
  const { fallback, next } = readDefault(text, behindName + (isList ? 3 : 0), { brace: dollar + 1, name });
  return { value: found ?? fallback, isList, next };
}

function readName(text: string, start: number): string {
  NAME.lastIndex = start;
  const name = NAME.exec(text)?.[0] ?? '';
  if (name.startsWith('.') && !PSEUDO_VARIABLES.has(name))
    throw new LineError(start, `unknown pseudo-variable '${name}'`, {
      remedy: `there are ${[...PSEUDO_VARIABLES.keys()].join(', ')}`,
    });
  if (name === '')
    throw new LineError(start, 'forbidden first char in environment variable name', {
      remedy: 'write a name that begins with a letter or an underscore, or \\$ for the dollar itself',
    });
  return name;
}

const NAME = /\.?[A-Za-z_][A-Za-z0-9_]*|\./y;

function hasListMark(text: string, index: number, name: string): boolean {
  if (text[index] !== '[') return false;
  if (text.startsWith('[*]', index)) return true;
  throw new LineError(index, 'truncated or invalid word expansion sequence', {
    remedy: `write \${${name}[*]}`,
  });
}

function readDefault(
  text: string,
  index: number,
  variable: { brace: number; name: string },
): { fallback: string; next: number } {
  const close = text[index] === '-' ? text.indexOf('}', index) : index;
  if (close < 0 || text[close] !== '}') {
    throw new LineError(variable.brace, 'unmatched brace in environment variable name', {
      reason: 'a name has letters, digits and underscores; behind it stands }, [*] or - and a default',
      remedy: `write \${${variable.name}}`,
    });
  }
  return { fallback: text.slice(index + 1, close), next: close + 1 };
}
