/**
 * Directives: lines whose first word begins with a dot (manual section 2.4). They take blocks of lines in and out,
 * and give messages to whoever checks the configuration. One object serves one file: blocks end with it.
 *
 * A block is in one of three states, and blocks nest:
 *
 * ```
 *            .if true                    .elif or .else
 *   (outside) ───────▶ taken ───────────────────────────▶ done
 *       │                ▲                                  ▲
 *       │ .if false      │ .elif true, .else                │
 *       ├────────────▶ waiting                              │
 *       └── .if inside of a block that is not taken, ───────┘
 *           or with a condition in error
 * ```
 */
import { nearest } from '../../src/keyword/nearest.ts';
import type { Word } from '../../src/keyword/words.ts';
import type { Diagnostic, Severity } from '../diagnostics/diagnostic.ts';
import { type ConditionScope, evaluateCondition } from './condition.ts';
import type { Advice } from './line-error.ts';

interface Block {
  state: 'taken' | 'waiting' | 'done';
  hasElse: boolean;
  readonly opening: Line;
}

/** A line that has words. */
export interface Line {
  readonly words: readonly [Word, ...Word[]];
  readonly source: string;
}

type Handler = (blocks: Preprocessor, line: Line) => void;

export class Preprocessor {
  readonly #scope: () => ConditionScope;
  readonly #report: (diagnostic: Diagnostic) => void;
  readonly #blocks: Block[] = [];

  /** `scope` is asked at each condition, because the environment changes while a file is read. */
  constructor(scope: () => ConditionScope, report: (diagnostic: Diagnostic) => void) {
    this.#scope = scope;
    this.#report = report;
  }

  /** Whether ordinary lines count here. */
  get isActive(): boolean {
    return this.#blocks.at(-1)?.state !== 'waiting' && this.#blocks.at(-1)?.state !== 'done';
  }

  /** Acts on a directive. Returns false for a line that is none. */
  take(line: Line): boolean {
    const name = line.words[0].text;
    if (!name.startsWith('.')) return false;
    const handler =
      BLOCK_DIRECTIVES.get(name) ??
      (this.isActive ? (MESSAGE_DIRECTIVES.get(name) ?? unknownDirective) : undefined);
    handler?.(this, line);
    return true;
  }

  /** Reports the blocks that the file leaves open. */
  finish(): void {
    for (const block of this.#blocks)
      this.error(block.opening, 0, "non-terminated '.if' block", {
        remedy: "close it with '.endif' in the same file",
      });
  }

  open(line: Line): void {
    const state = this.isActive ? this.#evaluate(line) : 'done';
    this.#blocks.push({ state, hasElse: false, opening: line });
  }

  /** `.elif` and `.else`: `decide` says what becomes of a block that waits for its branch. */
  branch(line: Line, decide: (line: Line) => Block['state']): void {
    const block = this.#current(line);
    if (block === undefined) return;
    if (block.hasElse) this.error(line, 0, `'${line.words[0].text}' after '.else' is not permitted`);
    else block.state = block.state === 'waiting' ? decide(line) : 'done';
  }

  elseIf(line: Line): void {
    this.branch(line, () => this.#evaluate(line));
  }

  otherwise(line: Line): void {
    this.refuseArguments(line, 1);
    this.branch(line, () => 'taken');
    const block = this.#blocks.at(-1);
    if (block !== undefined) block.hasElse = true;
  }

  close(line: Line): void {
    this.refuseArguments(line, 1);
    if (this.#current(line) !== undefined) this.#blocks.pop();
  }

  message(line: Line, severity: Severity): void {
    this.refuseArguments(line, 2, 'put quotes around a message with blanks');
    const word = line.words[1] ?? line.words[0];
    this.#report({ severity, at: word.at, problem: `'${line.words[1]?.text ?? ''}'`, source: line.source });
  }

  refuseArguments(line: Line, from: number, remedy?: string): void {
    const extra = line.words.findIndex((word, i) => i >= from && word.text !== '');
    if (extra >= 0)
      this.error(
        line,
        extra,
        `unexpected argument '${line.words[extra]!.text}' for '${line.words[0].text}'`,
        remedy === undefined ? {} : { remedy },
      );
  }

  error(line: Line, word: number, problem: string, advice: Advice = {}): void {
    this.#report({ severity: 'error', at: line.words[word]!.at, problem, ...advice, source: line.source });
  }

  #current(line: Line): Block | undefined {
    if (this.#blocks.length === 0) this.error(line, 0, `lone '${line.words[0].text}' with no matching '.if'`);
    return this.#blocks.at(-1);
  }

  #evaluate(line: Line): Block['state'] {
    const [directive, ...words] = line.words;
    const result = evaluateCondition(words.map((word) => word.text).join(' '), this.#scope());
    if ('value' in result) return result.value ? 'taken' : 'waiting';
    const { error, column, ...advice } = result;
    this.#report({
      severity: 'error',
      at: placeOf(column, words, line.source) ?? directive.at,
      problem: `${error}, in '${directive.text}'`,
      ...advice,
      source: line.source,
    });
    return 'done';
  }
}

/** They count in any block, to keep track of nesting. */
const BLOCK_DIRECTIVES: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['.if', (blocks, line) => blocks.open(line)],
  ['.elif', (blocks, line) => blocks.elseIf(line)],
  ['.else', (blocks, line) => blocks.otherwise(line)],
  ['.endif', (blocks, line) => blocks.close(line)],
]);

const MESSAGE_DIRECTIVES: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['.diag', (blocks, line) => blocks.message(line, 'diag')],
  ['.notice', (blocks, line) => blocks.message(line, 'notice')],
  ['.warning', (blocks, line) => blocks.message(line, 'warning')],
  ['.alert', (blocks, line) => blocks.message(line, 'error')],
]);

function unknownDirective(blocks: Preprocessor, line: Line): void {
  const names = [...BLOCK_DIRECTIVES.keys(), ...MESSAGE_DIRECTIVES.keys()];
  const close = nearest(line.words[0].text, names);
  blocks.error(line, 0, `unknown directive '${line.words[0].text}'`, {
    remedy: close === undefined ? `known: ${names.join(' ')}` : `did you mean '${close}'?`,
  });
}

/**
 * The place in the file of a column in the joined words: exact in a word that was written plain, else the word's
 * beginning. Undefined without words.
 */
function placeOf(column: number, words: readonly Word[], source: string): Word['at'] | undefined {
  let first = 1;
  for (const [i, word] of words.entries()) {
    const isWritten = source.startsWith(word.text, word.at.column - 1);
    if (column <= first + word.text.length || i === words.length - 1)
      return isWritten ? { ...word.at, column: word.at.column + column - first } : word.at;
    first += word.text.length + 1;
  }
  return undefined;
}
