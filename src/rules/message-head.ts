/** The head that a rule set works on, and fields in it that rules must leave alone. */
import type { HttpHead } from '../http/head.ts';
import type { RuleSetName } from '../keyword/site.ts';
import type { RuleStream } from './declare.ts';

export type HeadOf = (stream: RuleStream) => HttpHead | null;

export function headOf(ruleSet: RuleSetName): HeadOf {
  return ruleSet === 'http-request' ? requestHead : responseHead;
}

function requestHead(stream: RuleStream): HttpHead | null {
  return stream.request;
}

function responseHead(stream: RuleStream): HttpHead | null {
  return stream.response;
}

/** They say where a message ends: they are Fairlead's own, and a rule that changed them would let messages run into one another. */
export function isFramingField(name: string): boolean {
  return name === 'content-length' || name === 'transfer-encoding';
}
