/** Host and the authority of an absolute target say the same (RFC 9112 §3.2.2): a rule that changes one changes both. */
import type { HttpHead } from '../http/head.ts';
import { HeaderId } from '../http/header-id.ts';

/** The offsets of the authority in `scheme://authority…`; undefined in other forms. */
function authorityRange(target: string): readonly [start: number, end: number] | undefined {
  const scheme = target.indexOf('://');
  if (scheme < 0 || target.startsWith('/')) return undefined;
  const start = scheme + 3;
  const rest = target.slice(start);
  const length = rest.search(/[/?]/);
  return [start, length < 0 ? target.length : start + length];
}

/** Host has a new value: an absolute target takes it over. */
export function hostChanged(head: HttpHead): void {
  const target = head.target();
  const range = authorityRange(target);
  if (range === undefined) return;
  const host = head.values(HeaderId.HOST, 'host')[0] ?? '';
  head.replacedTarget = target.slice(0, range[0]) + host + target.slice(range[1]);
}

/** The target has a new value: Host takes its authority over, in the place where it stands. */
export function targetChanged(head: HttpHead): void {
  const target = head.target();
  const range = authorityRange(target);
  if (range === undefined) return;
  const host = target.slice(...range);
  const row = head.findRow(HeaderId.HOST, 'host');
  if (row < 0) head.set(HeaderId.HOST, 'host', host);
  else head.replaceRow(row, host);
}
