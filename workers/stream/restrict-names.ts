/** `option http-restrict-req-hdr-names`: request fields whose names servers may confuse (manual section 4.2). */
import type { HttpHead } from '../../src/http/head.ts';
import { NamePolicy } from '../plan/http-plan.ts';

const PLAIN_NAME = /^[a-z0-9-]+$/;

/** Applies the policy to the fields that are in the head now. False: the request is to be refused. */
export function restrictNames(head: HttpHead, policy: NamePolicy): boolean {
  if (policy === NamePolicy.DELETE) {
    head.removeWhere(isUnusual);
    return true;
  }
  let isClean = true;
  head.forEachField((name) => {
    if (isUnusual(name)) isClean = false;
  });
  return isClean;
}

function isUnusual(name: string): boolean {
  return !PLAIN_NAME.test(name);
}
