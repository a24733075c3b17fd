/**
 * What rules that change a method or a status do to bodies: the server frames its response by what was sent to it, the
 * client reads it by what it asked for and by the status it gets (RFC 9112 §6.3).
 */
import { BodyKind, type HttpHead } from '../../src/http/head.ts';
import { HeaderId } from '../../src/http/header-id.ts';

/**
 * True when a body that the server sends is none of the client's: its request was HEAD, or the status became one
 * that has no body. Takes the fields out of the head that would announce the body.
 */
export function dropsBody(request: HttpHead, response: HttpHead): boolean {
  if (response.bodyKind === BodyKind.NONE || response.bodyKind === BodyKind.TUNNEL) return false;
  const { status } = response;
  if (status !== 204 && status !== 304 && (request.method !== 'HEAD' || request.replacedMethod === null))
    return false;
  response.remove(HeaderId.TRANSFER_ENCODING, 'transfer-encoding');
  if (status === 204) response.remove(HeaderId.CONTENT_LENGTH, 'content-length');
  return true;
}

/** True when the client waits for a body that the server, asked by HEAD instead, does not send. */
export function isBodyMissing(request: HttpHead): boolean {
  return request.replacedMethod === 'HEAD' && request.method !== 'HEAD';
}
