/**
 * Sample types and values (manual section 7.3). Text and binary are byte strings: JavaScript strings whose
 * characters are bytes (latin1), so that hashing, matching and slicing need no copies.
 */
import type { IpAddress } from '../net/ip.ts';
import type { StreamView } from './stream-view.ts';

export type SampleType = 'bool' | 'sint' | 'ipv4' | 'ipv6' | 'addr' | 'str' | 'bin' | 'meth' | 'any';

/** sint: a number while it is a safe integer, a bigint beyond (64-bit arithmetic without loss). meth is its name. */
export type SampleValue = boolean | number | bigint | IpAddress | string;

/** A sample whose type is known only when it is fetched (`var()`, maps). */
export interface TypedSample {
  readonly type: Exclude<SampleType, 'any'>;
  readonly value: SampleValue;
}

/** A compiled expression: undefined means the sample does not exist (yet). Type 'any' yields TypedSample. */
export interface CompiledExpression {
  readonly type: SampleType;
  evaluate(stream: StreamView): SampleValue | TypedSample | undefined;
}
