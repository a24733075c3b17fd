/**
 * Ids of the header names that the data plane asks for, so that a parsed row compares as a number.
 * Every other name has the id OTHER and compares as bytes.
 */
export const HeaderId = {
  OTHER: 0,
  HOST: 1,
  CONTENT_LENGTH: 2,
  TRANSFER_ENCODING: 3,
  CONNECTION: 4,
  UPGRADE: 5,
  EXPECT: 6,
  TE: 7,
  KEEP_ALIVE: 8,
  PROXY_CONNECTION: 9,
  TRAILER: 10,
  COOKIE: 11,
  SET_COOKIE: 12,
  X_FORWARDED_FOR: 13,
  CONTENT_TYPE: 14,
  USER_AGENT: 15,
  ACCEPT_ENCODING: 16,
  CACHE_CONTROL: 17,
  LOCATION: 18,
  AUTHORIZATION: 19,
  DATE: 20,
  SERVER: 21,
} as const;
export type HeaderId = (typeof HeaderId)[keyof typeof HeaderId];

const IDS: ReadonlyMap<string, HeaderId> = new Map(
  Object.entries(HeaderId)
    .filter(([key]) => key !== 'OTHER')
    .map(([key, id]) => [key.toLowerCase().replaceAll('_', '-'), id]),
);

/** The id of a lower-case name known at load; rules call it when they compile. */
export function headerIdOf(name: string): HeaderId {
  return IDS.get(name) ?? HeaderId.OTHER;
}

/** Longer names have no id. */
const MAX_NAME_BYTES = 31;
/** The id of each length and first letter: no two known names share both, which a test holds. */
const ID_BY_SHAPE = new Uint8Array(1024);
/** The names' bytes, 32 for each id. */
const NAME_BYTES = new Uint8Array(32 * 32);
for (const [name, id] of IDS) {
  ID_BY_SHAPE[shapeOf(name.length, name.charCodeAt(0))] = id;
  NAME_BYTES.set(Buffer.from(name, 'latin1'), id << 5);
}

function shapeOf(length: number, first: number): number {
  return (length << 5) | (first & 31);
}

/** The id of the name in `bytes[start, end)`, which must be in lower case and not empty. */
export function headerIdAt(bytes: Buffer, start: number, end: number): HeaderId {
  const length = end - start;
  if (length > MAX_NAME_BYTES) return HeaderId.OTHER;
  const id = ID_BY_SHAPE[shapeOf(length, bytes[start]!)]!;
  if (id === HeaderId.OTHER) return HeaderId.OTHER;
  const shift = (id << 5) - start;
  for (let at = start; at < end; at++) if (bytes[at] !== NAME_BYTES[at + shift]) return HeaderId.OTHER;
  return id as HeaderId;
}

/** The lower-case name of an id; '' for OTHER. */
export function headerNameOf(id: HeaderId): string {
  for (const [name, known] of IDS) if (known === id) return name;
  return '';
}
