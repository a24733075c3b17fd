/**
 * Schemes that authenticate a connection instead of each request: NTLM and Negotiate. A server connection on which
 * they are asked for must not be shared between clients (manual section 4.2, http-reuse).
 */
import type { HttpHead } from '../../src/http/head.ts';
import { headerIdOf } from '../../src/http/header-id.ts';

const WWW = 'www-authenticate';
const PROXY = 'proxy-authenticate';
const WWW_ID = headerIdOf(WWW);
const PROXY_ID = headerIdOf(PROXY);

/** Whether a response makes its connection its client's own from now on. */
export function endsConnectionSharing(head: HttpHead): boolean {
  if (head.status === 401) return asksForConnection(head.values(WWW_ID, WWW));
  return head.status === 407 && asksForConnection(head.values(PROXY_ID, PROXY));
}

function asksForConnection(challenges: readonly string[]): boolean {
  return challenges.some((challenge) => {
    const scheme = challenge.slice(0, 9).toLowerCase();
    return scheme.startsWith('ntlm') || scheme === 'negotiate';
  });
}
