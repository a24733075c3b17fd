/**
 * Ids of the header names that the data plane asks for, so that a parsed row compares as a number.
 * Every other name has the id OTHER and compares as bytes.
 */
export const HeaderId = {
  OTHER: 0, HOST: 1, CONTENT_LENGTH: 2, TRANSFER_ENCODING: 3, CONNECTION: 4, UPGRADE: 5, EXPECT: 6, KEEP_ALIVE: 7,
  PROXY_CONNECTION: 8, TE: 9, TRAILER: 10, COOKIE: 11, SET_COOKIE: 12, X_FORWARDED_FOR: 13, CONTENT_TYPE: 14,
  USER_AGENT: 15, ACCEPT_ENCODING: 16, CACHE_CONTROL: 17, LOCATION: 18, AUTHORIZATION: 19, DATE: 20, SERVER: 21,
} as const;
export type HeaderId = (typeof HeaderId)[keyof typeof HeaderId];

const IDS: ReadonlyMap<string, HeaderId> = new Map(
  Object.entries(HeaderId).filter(([key]) => key !== 'OTHER').map(([key, id]) => [key.toLowerCase().replaceAll('_', '-'), id]),
);

/** The id of a lower-case name known at load; rules call it when they compile. */
export function headerIdOf(name: string): HeaderId {
  return IDS.get(name) ?? HeaderId.OTHER;
}
