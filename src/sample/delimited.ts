/** Cutting fields and words out of delimited text (manual section 7.3.1, `field` and `word`). */

export interface Cut {
  /** 1 is the first from the left, -1 the first from the right. */
  readonly index: number;
  /** How many, going on in the same direction; 0 means all that are left. */
  readonly count: number;
  readonly delimiters: string;
  /** Words: several delimiters in a row count as one. Fields: there is an empty field between them. */
  readonly skipsEmpty: boolean;
}

/** The text from the field at the index over as many as wanted, delimiters between them included. Undefined when there is none. */
export function cutFields(text: string, cut: Cut): string | undefined {
  return cut.index > 0 ? cutFromLeft(text, cut) : cutFromRight(text, cut);
}

function cutFromLeft(text: string, { index, count, delimiters, skipsEmpty }: Cut): string | undefined {
  let start = skipsEmpty ? skipRight(text, 0, delimiters) : 0;
  let end = fieldEnd(text, start, delimiters);
  for (let seen = 1; seen < index; seen++) {
    if (end >= text.length) return undefined;
    start = skipsEmpty ? skipRight(text, end, delimiters) : end + 1;
    end = fieldEnd(text, start, delimiters);
  }
  if (skipsEmpty && start >= text.length) return undefined;
  if (count === 0) return text.slice(start);
  for (let taken = 1; taken < count && end < text.length; taken++) {
    const next = skipsEmpty ? skipRight(text, end, delimiters) : end + 1;
    if (skipsEmpty && next >= text.length) return text.slice(start);
    end = fieldEnd(text, next, delimiters);
  }
  return text.slice(start, end);
}

function cutFromRight(text: string, { index, count, delimiters, skipsEmpty }: Cut): string | undefined {
  let end = skipsEmpty ? skipLeft(text, text.length, delimiters) : text.length;
  let start = fieldStart(text, end, delimiters);
  for (let seen = -1; seen > index; seen--) {
    if (start <= 0) return undefined;
    end = skipsEmpty ? skipLeft(text, start, delimiters) : start - 1;
    start = fieldStart(text, end, delimiters);
  }
  if (skipsEmpty && end <= 0) return undefined;
  if (count === 0) return text.slice(0, end);
  for (let taken = 1; taken < count && start > 0; taken++) {
    const before = skipsEmpty ? skipLeft(text, start, delimiters) : start - 1;
    if (skipsEmpty && before <= 0) return text.slice(0, end);
    start = fieldStart(text, before, delimiters);
  }
  return text.slice(start, end);
}

function fieldEnd(text: string, from: number, delimiters: string): number {
  let at = from;
  while (at < text.length && !delimiters.includes(text[at]!)) at++;
  return at;
}

function fieldStart(text: string, end: number, delimiters: string): number {
  let at = end;
  while (at > 0 && !delimiters.includes(text[at - 1]!)) at--;
  return at;
}

function skipRight(text: string, from: number, delimiters: string): number {
  let at = from;
  while (at < text.length && delimiters.includes(text[at]!)) at++;
  return at;
}

function skipLeft(text: string, end: number, delimiters: string): number {
  let at = end;
  while (at > 0 && delimiters.includes(text[at - 1]!)) at--;
  return at;
}
