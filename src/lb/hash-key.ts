/** Where a server's points on the ring of `hash-type consistent` come from (manual section 5.2, `hash-key`). */
import { parseIp } from '../net/ip.ts';
import { HASH_FUNCTIONS } from './hash-functions.ts';

export type HashKeyKind = 'id' | 'id32' | 'addr' | 'addr-port';

export interface RingServer {
  readonly id: number;
  /** A numeric address; anything else, such as a path, has the id stand for it. */
  readonly host: string;
  readonly port: number;
}

/** Points of ids begin in such steps, before their bits are mixed: as watched in HAProxy 2.6. */
const POINTS_PER_ID = 4096;

/** 32 signed bits; a server's points are made from this number and those that follow. */
export function seedOfId(id: number): number {
  return Math.imul(id, POINTS_PER_ID);
}

export function ringSeedOf(kind: HashKeyKind, { id, host, port }: RingServer): number {
  if (kind === 'id32') return id | 0;
  const ip = kind === 'id' ? null : parseIp(host);
  if (ip === null) return seedOfId(id);
  const text = `${ip.v6 === '' ? ip.v4 : ip.v6}${kind === 'addr-port' ? ` ${port}` : ''}`;
  return HASH_FUNCTIONS.crc32.text(text, 0, text.length);
}
