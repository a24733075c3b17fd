/**
 * The words of one configuration statement, read from left to right by the arguments of its declaration.
 *
 * Both front-ends (haproxy.cfg and YAML), the arguments in parentheses of fetches and converters, and the
 * runtime API's command lines all end as `Words`, so an argument is parsed by one piece of code everywhere.
 */

/** Where a word stands in its file. Lines and columns count from 1; column counts UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Word {
  readonly text: string;
  readonly at: Position;
}

/**
 * What an argument's `parse` throws when a word is wrong. It becomes a diagnostic with a caret below the word.
 * `problem` says what is wrong, `reason` why, `remedy` what to write instead.
 */
export class ArgumentError extends Error {
  readonly at: Position;
  readonly reason: string | undefined;
  readonly remedy: string | undefined;

  constructor(at: Position, problem: string, advice: { reason?: string; remedy?: string } = {}) {
    super(problem);
    this.name = 'ArgumentError';
    this.at = at;
    this.reason = advice.reason;
    this.remedy = advice.remedy;
  }
}

/** A cursor over the words of one statement. */
export class Words {
  readonly #words: readonly Word[];
  readonly #end: Position;
  #next = 0;

  /** `end` is the position just past the last word: where a missing argument is reported. */
  constructor(words: readonly Word[], end: Position) {
    this.#words = words;
    this.#end = end;
  }

  get isEmpty(): boolean {
    return this.#next >= this.#words.length;
  }

  /** Where the next word stands, or the end of the statement. */
  get at(): Position {
    return this.#words[this.#next]?.at ?? this.#end;
  }

  peek(ahead = 0): string | undefined {
    return this.#words[this.#next + ahead]?.text;
  }

  /** Takes the next word. Throws an ArgumentError that names what is missing when there is none. */
  take(what: string): Word {
    const word = this.#words[this.#next];
    if (word === undefined) throw new ArgumentError(this.#end, `missing ${what}`);
    this.#next++;
    return word;
  }

  /** Takes the next word if it is exactly `text`. */
  takeIf(text: string): boolean {
    if (this.peek() !== text) return false;
    this.#next++;
    return true;
  }

  takeRest(): Word[] {
    const rest = this.#words.slice(this.#next);
    this.#next = this.#words.length;
    return rest;
  }

  /** The cursor's place, to come back to with `rewind`. */
  mark(): number {
    return this.#next;
  }

  rewind(mark: number): void {
    this.#next = mark;
  }
}
