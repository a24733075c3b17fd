/** All balance algorithms. */
import type { BalanceDeclaration } from './declare.ts';
import { hash } from './expression.ts';
import { first } from './first.ts';
import { header } from './header.ts';
import { leastConnections } from './least-connections.ts';
import { random } from './random.ts';
import { rdpCookie } from './rdp-cookie.ts';
import { roundRobin, staticRoundRobin } from './round-robin.ts';
import { source } from './source.ts';
import { uri } from './uri.ts';
import { urlParam } from './url-param.ts';

export const algorithms = [
  roundRobin,
  staticRoundRobin,
  leastConnections,
  source,
  uri,
  urlParam,
  header,
  hash,
  random,
  first,
  rdpCookie,
] as unknown as readonly BalanceDeclaration[];
