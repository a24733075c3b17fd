/** The parts of a request target that fetches name (RFC 9112 §3.2, manual section 7.3.6 `path`). */

const SLASH = 47;

/**
 * Where the path begins: 0 in origin form, behind scheme and authority in absolute form. -1 when there is none: `*`,
 * the authority form of CONNECT, an absolute target that ends with its authority.
 */
export function pathStart(target: string): number {
  if (target.charCodeAt(0) === SLASH) return 0;
  const authority = target.indexOf('://');
  return authority < 0 ? -1 : target.indexOf('/', authority + 3);
}

/** The path without its query; undefined when there is none. */
export function pathOf(target: string): string | undefined {
  const start = pathStart(target);
  if (start < 0) return undefined;
  const end = target.indexOf('?', start);
  if (end < 0) return start === 0 ? target : target.slice(start);
  return target.slice(start, end);
}

/** Path and query; undefined when there is no path. */
export function pathAndQueryOf(target: string): string | undefined {
  const start = pathStart(target);
  if (start <= 0) return start < 0 ? undefined : target;
  return target.slice(start);
}

/** The authority of a target in absolute form, as `user@host:port`; undefined in other forms. */
export function authorityOf(target: string): string | undefined {
  const scheme = target.indexOf('://');
  if (scheme < 0 || target.charCodeAt(0) === SLASH) return undefined;
  const end = target.indexOf('/', scheme + 3);
  return end < 0 ? target.slice(scheme + 3) : target.slice(scheme + 3, end);
}
