/** Lists of values in one header line (RFC 9110 §5.6.1). */

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;

/**
 * The line with new values in the place of those for which `map` has one; undefined when it has none. A replaced value
 * loses the blanks around it, the others stay as they are, empty ones too. Commas within double quotes do not separate.
 */
export function delimitedParts(line: string, map: (value: string) => string | undefined): string | undefined {
  let result = '';
  let isChanged = false;
  for (let from = 0; from <= line.length; ) {
    const end = partEnd(line, from);
    const part = line.slice(from, end);
    const value = part.trim();
    const mapped = value === '' ? undefined : map(value);
    if (mapped !== undefined) isChanged = true;
    result += `${from === 0 ? '' : ','}${mapped ?? part}`;
    from = end + 1;
  }
  return isChanged ? result : undefined;
}

/** Where the comma stands that ends the part beginning at `from`, or the line's length. */
function partEnd(line: string, from: number): number {
  let isQuoted = false;
  for (let at = from; at < line.length; at++) {
    const char = line.charCodeAt(at);
    if (char === COMMA && !isQuoted) return at;
    if (char === QUOTE) isQuoted = !isQuoted;
    else if (char === BACKSLASH && isQuoted) at++;
  }
  return line.length;
}
