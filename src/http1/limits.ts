/** The limits that a head is parsed under; made once per proxy when its plan is compiled. */
import { MAX_HEADERS_DEFAULT } from '../http/head.ts';

export interface HeadLimits {
  /** `tune.http.maxhdr`: lines of a head, the start line included (manual section 3.2). */
  readonly maxHeaders: number;
  /** Bytes of a head, the empty line included: `tune.bufsize` less `tune.maxrewrite`. */
  readonly maxBytes: number;
  /** `option accept-unsafe-violations-in-http-request` or `-response` (manual section 4.2). */
  readonly isRelaxed: boolean;
  /** Global `h1-accept-payload-with-any-method`. */
  readonly acceptsAnyPayload: boolean;
  /** Global `h1-do-not-close-on-insecure-transfer-encoding`. */
  readonly trustsInsecureFraming: boolean;
}

/** Names longer than this are refused, as HAProxy 2.6 does. Bytes. */
export const MAX_NAME_BYTES = 255;

/** `tune.bufsize` 16384 less `tune.maxrewrite` 1024. */
export const MAX_HEAD_BYTES_DEFAULT = 15_360;

export const DEFAULT_LIMITS: HeadLimits = Object.freeze({
  maxHeaders: MAX_HEADERS_DEFAULT,
  maxBytes: MAX_HEAD_BYTES_DEFAULT,
  isRelaxed: false,
  acceptsAnyPayload: false,
  trustsInsecureFraming: false,
});
