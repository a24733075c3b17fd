/** The keywords of defaults, frontend, backend and listen sections; `redirect`, which is a rule, is declared with those. */
import { hashOptions } from '../lb/hash-type.ts';
import { aclOptions } from './acl.ts';
import { captureOptions } from './captures.ts';
import { checkOptions } from './checks.ts';
import { errorPageOptions } from './error-pages.ts';
import { httpOptions } from './http-options.ts';
import { limitOptions } from './limits.ts';
import { loggingOptions } from './logging.ts';
import { identityOptions } from './proxy-identity.ts';
import { lineOptions } from './proxy-lines.ts';
import { retryOptions } from './retrying.ts';
import { ruleOptions } from './rules.ts';
import { serverChoiceOptions } from './server-choice.ts';
import { sourceOptions } from './source-address.ts';
import { timeouts } from './timeouts.ts';

export const proxyOptions = [
  ...identityOptions,
  ...lineOptions,
  ...aclOptions,
  ...ruleOptions,
  ...timeouts,
  ...limitOptions,
  ...retryOptions,
  ...serverChoiceOptions,
  ...sourceOptions,
  ...httpOptions,
  ...loggingOptions,
  ...captureOptions,
  ...errorPageOptions,
  ...checkOptions,
  ...hashOptions,
] as const;
