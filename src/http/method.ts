/** Request methods as texts: one string for each known method, so that reading a request makes none. */

const GET = 'GET';
const KNOWN: readonly string[] = [
  GET,
  'PUT',
  'HEAD',
  'POST',
  'TRACE',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'PROPFIND',
  'REPORT',
  'LOCK',
  'UNLOCK',
  'COPY',
  'MOVE',
  'MKCOL',
  'PURGE',
  'PROPPATCH',
  'SEARCH',
];

/** Known methods by their length. */
const BY_LENGTH: readonly (readonly string[])[] = Array.from({ length: 10 }, (_, length) =>
  KNOWN.filter((method) => method.length === length),
);

/** The method that `bytes[start, end)` spells. Methods are compared by case (RFC 9110 §9.1). */
export function methodAt(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 3 && bytes[start] === 71 && bytes[start + 1] === 69 && bytes[start + 2] === 84) return GET;
  const candidates = length < BY_LENGTH.length ? BY_LENGTH[length]! : BY_LENGTH[0]!;
  for (let i = 0; i < candidates.length; i++) if (spells(bytes, start, candidates[i]!)) return candidates[i]!;
  return bytes.latin1Slice(start, end);
}

function spells(bytes: Buffer, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
