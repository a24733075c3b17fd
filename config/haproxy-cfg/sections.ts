/** The words that begin a section (manual sections 3, 4, 5.3.2, 6.2.1, 10.1.1, 11.2 and 12). */

/**
 * All of HAProxy 3.5, and those that earlier versions had: what Fairlead cannot serve is refused when sections are
 * linked, by name; here they only have to be told from statements.
 */
export const SECTION_KEYWORDS: ReadonlySet<string> = new Set([
  'acme',
  'backend',
  'cache',
  'crt-store',
  'defaults',
  'fcgi-app',
  'frontend',
  'global',
  'healthcheck',
  'http-errors',
  'listen',
  'log-forward',
  'log-profile',
  'mailers',
  'peers',
  'program',
  'resolvers',
  'ring',
  'traces',
  'userlist',
]);
