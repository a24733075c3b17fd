/**
 * haproxy.cfg to the document (manual section 2): texts in, sections with their statements out. Only quoting,
 * variables, conditional blocks and the environment's own statements are interpreted.
 */
import { nearest } from '../../src/keyword/nearest.ts';
import type { Position, Word } from '../../src/keyword/words.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Document, Section, Statement } from '../document/document.ts';
import type { ConditionFacts } from './condition.ts';
import { applyToEnvironment } from './environment.ts';
import { type Line, Preprocessor } from './preprocess.ts';
import { SECTION_KEYWORDS } from './sections.ts';
import { MAX_LINE_LENGTH, tokenizeLine } from './tokenize.ts';

/** One file, read. `file` is its name in positions and for `.FILE`. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

export interface ParseOptions {
  /** The process's environment; it is not changed. */
  readonly environment: ReadonlyMap<string, string>;
  readonly facts: ConditionFacts;
  /** Variables that the program defines itself, whatever the environment says; see predefinedVariables. */
  readonly predefined?: Readonly<Record<string, string>>;
}

export interface ParseResult {
  /** What could be read, also when there are errors. */
  readonly document: Document;
  readonly diagnostics: readonly Diagnostic[];
  /** The environment as the global sections leave it. */
  readonly environment: ReadonlyMap<string, string>;
}

/** Errors after which the rest of a file is not read: it is probably no configuration. */
export const MAX_ERRORS_PER_FILE = 1000;

/** Parses files in order, as one configuration. All errors are reported; never throws. */
export function parseHaproxyCfg(sources: readonly Source[], options: ParseOptions): ParseResult {
  const parser = new Parser(options);
  for (const source of sources) parser.readFile(source);
  return parser.result(sources);
}

interface OpenSection extends Section {
  readonly statements: Statement[];
}

class Parser {
  readonly #facts: ConditionFacts;
  readonly #environment: Map<string, string>;
  readonly #sections: OpenSection[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #section: OpenSection | null = null;
  #errorsInFile = 0;

  constructor(options: ParseOptions) {
    this.#facts = options.facts;
    this.#environment = new Map([...options.environment, ...Object.entries(options.predefined ?? {})]);
  }

  result(sources: readonly Source[]): ParseResult {
    const document = { files: sources.map((source) => source.file), sections: this.#sections };
    return { document, diagnostics: this.#diagnostics, environment: this.#environment };
  }

  /** A section ends with its file, and so do conditional blocks. */
  readFile({ file, text }: Source): void {
    this.#section = null;
    this.#errorsInFile = 0;
    if (this.#refuseBinary(file, text)) return;
    const preprocessor = new Preprocessor(
      () => ({ ...this.#facts, environment: this.#environment }),
      (diagnostic) => this.#report(diagnostic),
    );
    let line = 1;
    for (let start = this.#byteOrderMark(file, text); start < text.length; line++) {
      const feed = text.indexOf('\n', start);
      const end = feed < 0 ? text.length : feed;
      const place = { file, line };
      if (end - start > MAX_LINE_LENGTH) this.#tooLong(place);
      else this.#readLine(text.slice(start, end), place, preprocessor);
      if (feed < 0) this.#missingLineFeed({ ...place, column: end - start + 1 });
      start = end + 1;
      if (this.#errorsInFile < MAX_ERRORS_PER_FILE || start >= text.length) continue;
      this.#error({ file, line: line + 1, column: 1 }, 'too many errors: the rest of the file was not read');
      return;
    }
    preprocessor.finish();
  }

  /** A file that is no text gets one error, not one for each line. */
  #refuseBinary(file: string, text: string): boolean {
    const nul = text.indexOf('\0');
    if (nul < 0) return false;
    const lines = text.slice(0, nul).split('\n');
    const at = { file, line: lines.length, column: lines.at(-1)!.length + 1 };
    this.#error(at, 'NUL byte in the file', {
      reason: 'a configuration file is text; this one is binary or damaged',
    });
    return true;
  }

  /** Returns how many characters the mark takes. */
  #byteOrderMark(file: string, text: string): number {
    if (!text.startsWith('\ufeff')) return 0;
    this.#error({ file, line: 1, column: 1 }, 'the file begins with a byte order mark', {
      remedy: 'save it as UTF-8 without one',
    });
    return 1;
  }

  #tooLong(place: { file: string; line: number }): void {
    const problem = `the line is longer than ${MAX_LINE_LENGTH} characters`;
    this.#error({ ...place, column: MAX_LINE_LENGTH + 1 }, problem, {
      remedy: 'move long lists to a file that the line names',
    });
  }

  #readLine(source: string, place: { file: string; line: number }, preprocessor: Preprocessor): void {
    const site = { ...place, section: this.#sectionName(), environment: this.#environment };
    const { words, end, diagnostics } = tokenizeLine(source, site);
    for (const diagnostic of diagnostics) this.#report(diagnostic);
    const [first, ...rest] = words;
    if (first === undefined || first.text === '') return;
    const line: Line = { words: [first, ...rest], source };
    if (preprocessor.take(line) || !preprocessor.isActive) return;
    this.#readStatement(this.#untilEmptyWord(line), end);
  }

  /** An empty word ends the arguments, as in HAProxy: `"$OPTIONS"` at the end of a line may be nothing. */
  #untilEmptyWord(line: Line): Line {
    const empty = line.words.findIndex((word) => word.text === '');
    if (empty < 0) return line;
    const ignored = line.words.find((word, i) => i > empty && word.text !== '');
    if (ignored !== undefined) {
      this.#report({
        severity: 'warning',
        at: line.words[empty]!.at,
        problem: `an empty word ends the line: '${ignored.text}' and what follows is ignored`,
        reason: 'HAProxy takes an empty argument for the end of the list',
        remedy: 'remove it; where a variable may be empty, write "${NAME[*]}"',
        source: line.source,
      });
    }
    return { ...line, words: line.words.slice(0, empty) as [Word, ...Word[]] };
  }

  #readStatement({ words, source }: Line, end: Position): void {
    const [keyword, ...header] = words;
    if (SECTION_KEYWORDS.has(keyword.text)) {
      this.#section = { kind: keyword.text, header, at: keyword.at, end, source, statements: [] };
      this.#sections.push(this.#section);
    } else if (this.#section === null) this.#outOfSection(keyword, source);
    else {
      this.#section.statements.push({ words, end, source });
      if (this.#section.kind === 'global') this.#applyToEnvironment(words, source);
    }
  }

  #outOfSection(keyword: Word, source: string): void {
    const close = nearest(keyword.text, SECTION_KEYWORDS);
    const remedy =
      close === undefined
        ? 'begin each file with a section, such as global, defaults, frontend, backend or listen'
        : `did you mean '${close}'?`;
    this.#error(keyword.at, `unknown keyword '${keyword.text}' out of section`, { remedy }, source);
  }

  #applyToEnvironment(words: readonly Word[], source: string): void {
    const problem = applyToEnvironment(this.#environment, words);
    if (problem !== undefined) this.#error(words[1]!.at, problem, {}, source);
  }

  #sectionName(): string {
    return this.#section?.header[0]?.text ?? this.#section?.kind ?? '';
  }

  #missingLineFeed(at: Position): void {
    this.#error(at, 'missing LF on the last line', {
      reason: 'the file might have been truncated',
      remedy: 'end the last line with a line feed',
    });
  }

  #error(
    at: Position,
    problem: string,
    advice: Pick<Diagnostic, 'reason' | 'remedy'> = {},
    source?: string,
  ): void {
    this.#report({ severity: 'error', at, problem, ...advice, ...(source !== undefined && { source }) });
  }

  #report(diagnostic: Diagnostic): void {
    if (diagnostic.severity === 'error') this.#errorsInFile++;
    this.#diagnostics.push(diagnostic);
  }
}
