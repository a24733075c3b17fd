/** The text of one YAML file by offset: places for words and diagnostics, and the lines to show with them. */
import type { Position } from '../../src/keyword/words.ts';

export class SourceText {
  readonly file: string;
  readonly text: string;
  /** The offset at which each line begins. */
  readonly #starts: number[] = [0];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1))
      this.#starts.push(feed + 1);
  }

  at(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: offset - this.#starts[low]! + 1 };
  }

  /** The line, from 1, without its line end; undefined where there is none. */
  line(number: number): string | undefined {
    const start = this.#starts[number - 1];
    if (start === undefined) return undefined;
    const next = this.#starts[number];
    return this.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '');
  }
}
