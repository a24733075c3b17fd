/** What a proxy's options say about HTTP messages, as streams and sessions ask for it. Part of the proxy's plan. */
import type { HeaderId } from '../../src/http/header-id.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';

/** What becomes of request fields with unusual names: `option http-restrict-req-hdr-names`. */
export const NamePolicy = { PRESERVE: 0, DELETE: 1, REJECT: 2 } as const;
export type NamePolicy = (typeof NamePolicy)[keyof typeof NamePolicy];

/** A field with one end of the client's connection: `option forwardfor`, `option originalto`. */
export interface AddressFieldPlan {
  /** Lower-case field name. */
  readonly headerName: string;
  readonly headerId: HeaderId;
  readonly isOnlyIfMissing: boolean;
  readonly except: ((stream: StreamView) => boolean) | null;
}

/** `monitor-uri` and `monitor fail`. */
export interface MonitorPlan {
  readonly uri: string;
  /** Compared with path and query instead of the whole target. */
  readonly isPath: boolean;
  fails(stream: StreamView): boolean;
}

export interface HttpPlan {
  /** The parser takes what breaks some rules: requests of this frontend, responses of this backend's servers. */
  readonly relaxesRequests: boolean;
  readonly relaxesResponses: boolean;
  /** Header names go out in the spelling of `h1-case-adjust`. */
  readonly adjustsCaseForClients: boolean;
  readonly adjustsCaseForServers: boolean;
  readonly pretendsKeepAlive: boolean;
  readonly namePolicy: NamePolicy;
  readonly dropsRequestTrailers: boolean;
  readonly dropsResponseTrailers: boolean;
  /** Lower case; '' for none. */
  readonly serverNameField: string;
  readonly serverNameId: HeaderId;
  readonly monitor: MonitorPlan | null;
  readonly ignoresProbes: boolean;
  readonly keepsIdleOnStop: boolean;
  readonly buffersRequest: boolean;
  readonly forwardFor: AddressFieldPlan | null;
  readonly originalTo: AddressFieldPlan | null;
  /** The value of a Forwarded field, '' for none (RFC 7239). */
  readonly forwarded: ((stream: StreamView) => string) | null;
}
