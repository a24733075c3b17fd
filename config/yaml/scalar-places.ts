/**
 * Where the characters of a YAML scalar stand in its file: what quotes, escapes, folding and indentation make of the
 * source is followed character by character.
 */

/** What a backslash and the character behind it stand for in double quotes (YAML 1.2 section 5.7), by digits. */
const HEX_DIGITS: { readonly [letter: string]: number } = { x: 2, u: 4, U: 8 };

/**
 * The offset in `source` of each UTF-16 unit of `value`, and of its end. `start` and `end` are the scalar's range,
 * its quotes or block header included.
 */
export function placesOf(
  source: string,
  range: readonly [start: number, end: number],
  value: string,
): number[] {
  const [start, end] = range;
  const style = source[start];
  if (style === '"' || style === "'") return align(source, { from: start + 1, to: end - 1, style }, value);
  if (style === '|' || style === '>')
    return align(source, { from: behindLine(source, start), to: end, style }, value);
  return align(source, { from: start, to: end, style: '' }, value);
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly style: string;
}

function behindLine(source: string, start: number): number {
  const feed = source.indexOf('\n', start);
  return feed < 0 ? source.length : feed + 1;
}

function align(source: string, { from, to, style }: Stretch, value: string): number[] {
  const places: number[] = [];
  let offset = from;
  for (let i = 0; i < value.length; i++) {
    offset = skipUnwritten(source, offset, to, value[i]!, style);
    places.push(Math.min(offset, to));
    offset = Math.min(to, offset + widthAt(source, offset, value[i]!, style));
  }
  places.push(Math.min(offset, to));
  return places;
}

/** Past the indentation and line ends that give no character, to what writes `character`. */
function skipUnwritten(source: string, offset: number, to: number, character: string, style: string): number {
  if (style === '"' && isLineContinuation(source, offset)) return skipBlanks(source, offset + 1, to);
  if (source[offset] === character || (style === '"' && source[offset] === '\\')) return offset;
  if (character === ' ' || character === '\n') return offset;
  return skipBlanks(source, offset, to);
}

function isLineContinuation(source: string, offset: number): boolean {
  return source[offset] === '\\' && (source[offset + 1] === '\n' || source[offset + 1] === '\r');
}

function skipBlanks(source: string, offset: number, to: number): number {
  let next = offset;
  while (next < to && /[ \t\r\n]/.test(source[next]!)) next++;
  return next;
}

/** How many units of the source write the character. */
function widthAt(source: string, offset: number, character: string, style: string): number {
  if (style === "'" && character === "'") return 2;
  if (style === '"' && source[offset] === '\\') return 2 + (HEX_DIGITS[source[offset + 1] ?? ''] ?? 0);
  return 1;
}
