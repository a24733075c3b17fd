/** Parameters of a query string as fetches see them (manual section 7.3.6 `url_param`): nothing is decoded. */

const EQUALS = 61;
const AMPERSAND = 38;
const SEMICOLON = 59;

/** Walks over the parameters of a text. Reused like HeaderCursor. */
export class ParamCursor {
  value = '';
  readonly #name: string;
  readonly #ignoresCase: boolean;
  readonly #delimiter: number;
  #text = '';
  #at = 0;

  /** An empty name means every parameter. `delimiter` is a character code that ends a value beside `&` and `;`. */
  constructor(name: string, options: { readonly delimiter: number; readonly ignoresCase: boolean }) {
    this.#name = options.ignoresCase ? name.toLowerCase() : name;
    this.#ignoresCase = options.ignoresCase;
    this.#delimiter = options.delimiter;
  }

  /** Begins behind the `?` or other delimiter: at `from`. */
  start(text: string, from: number): void {
    this.#text = text;
    this.#at = from;
  }

  next(): boolean {
    const text = this.#text;
    while (this.#at < text.length) {
      const from = this.#at;
      const end = this.#endFrom(from);
      this.#at = end + 1;
      if (this.#takeParam(from, end)) return true;
    }
    return false;
  }

  #takeParam(from: number, end: number): boolean {
    const text = this.#text;
    const name = this.#name;
    if (name === '') return this.#takeAny(from, end);
    const equals = from + name.length;
    if (equals >= end || text.charCodeAt(equals) !== EQUALS) return false;
    if (this.#ignoresCase ? text.slice(from, equals).toLowerCase() !== name : !text.startsWith(name, from))
      return false;
    this.value = text.slice(equals + 1, end);
    return true;
  }

  #takeAny(from: number, end: number): boolean {
    const equals = this.#text.indexOf('=', from);
    if (equals < 0 || equals >= end) return false;
    this.value = this.#text.slice(equals + 1, end);
    return true;
  }

  #endFrom(from: number): number {
    const text = this.#text;
    for (let at = from; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === AMPERSAND || char === SEMICOLON || char === this.#delimiter) return at;
    }
    return text.length;
  }
}
