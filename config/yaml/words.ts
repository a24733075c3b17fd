/**
 * Texts of YAML to words: those that are cut as a line of haproxy.cfg is, and those that are one word. Variables,
 * quotes and escapes are read by the tokenizer of haproxy.cfg.
 */
import type { Word } from '../../src/keyword/words.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { tokenizeLine } from '../haproxy-cfg/tokenize.ts';
import type { YamlText } from './value.ts';

export interface WordSite {
  /** The name of the section, for `$.SECTION`. */
  readonly section: string;
  readonly environment: ReadonlyMap<string, string>;
  report(diagnostic: Diagnostic): void;
}

/**
 * The words of a text, as of a line of haproxy.cfg but for two things: `#` is an ordinary character, because YAML
 * has comments of its own, and a line feed in the text is a blank.
 */
export function cutText(value: YamlText, site: WordSite): Word[] {
  const line = value.text.replaceAll(/[\r\n]/g, ' ');
  const words = tokenize(line, { value, site, indexOf: (index) => index });
  if (line.includes('$') && !line.includes('\\$')) for (const word of words) warnOfPlainVariable(word, site);
  return words;
}

/** Quotes of YAML itself do not count here, so a variable that is meant to be replaced is easily written without any. */
function warnOfPlainVariable({ text, at }: Word, { environment, report }: WordSite): void {
  const [variable, name] = /\$\{?([A-Za-z_]\w*)\}?/.exec(text) ?? [];
  if (name === undefined || !environment.has(name)) return;
  report({
    severity: 'warning',
    at,
    problem: `'${variable}' is not replaced here`,
    reason: 'this text is cut as a line of haproxy.cfg is: variables count in double quotes inside of it',
    remedy: `write '"…"' around the word, double quotes in single quotes; or the arguments as a map`,
  });
}

/**
 * A text that is one word. It is read as if it stood in double quotes in haproxy.cfg: variables and escapes count,
 * blanks and quotes are part of it. A list variable, `${NAME[*]}`, can make it several words or none.
 */
export function oneWord(value: YamlText, site: WordSite): Word[] {
  const { text } = value;
  if (!/[$\\\0]/.test(text)) return [{ text, at: value.at }];
  const quoted = `"${text.replaceAll('"', '\\"').replaceAll('\r', '\\r')}"`;
  const places = innerPlaces(text);
  const words = tokenize(quoted, { value, site, indexOf: (index) => places[index] ?? text.length });
  return words.map((word) => ({ text: word.text, at: value.at }));
}

/** For each index of the quoted text, the index of the text itself. */
function innerPlaces(text: string): number[] {
  const places = [0];
  for (let i = 0; i < text.length; i++) {
    places.push(i);
    if (text[i] === '"' || text[i] === '\r') places.push(i);
  }
  return places;
}

interface Piece {
  readonly value: YamlText;
  readonly site: WordSite;
  /** From an index of the line to one of the value's text. */
  indexOf(index: number): number;
}

function tokenize(line: string, { value, site, indexOf }: Piece): Word[] {
  const { words, diagnostics } = tokenizeLine(line, {
    file: value.at.file,
    line: value.at.line,
    section: site.section,
    environment: site.environment,
    hasNoComments: true,
  });
  const placed = (column: number) => value.placeOf(indexOf(column - 1));
  for (const { source: _, at, ...diagnostic } of diagnostics)
    site.report({ ...diagnostic, at: placed(at.column) });
  return words.map(({ text, at }) => ({ text, at: placed(at.column) }));
}
