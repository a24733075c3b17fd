/**
 * Global defaults for TLS (manual section 3.1 and 3.2). TLS itself is refused where it is asked for, on bind and server
 * lines; distributions ship these defaults in every file, where they then apply to nothing.
 */
import { arg } from '../keyword/arg.ts';
import { defineGlobalOption } from '../keyword/declaration.ts';
import { withoutEffect } from './without-effect.ts';

const WHY =
  'TLS is not supported yet, and lines that ask for it are refused: there is nothing this would apply to';

function defineTlsDefault(name: string, example: string, summary: string) {
  const args = { value: arg.rest('value') };
  return defineGlobalOption(withoutEffect({ name, args, example: `${name} ${example}`, summary, why: WHY }));
}

const of = (side: string): string => (side === 'bind' ? 'listeners' : 'server connections');

const perSide = (['bind', 'server'] as const).flatMap((side) => [
  defineTlsDefault(
    `ssl-default-${side}-ciphers`,
    'ECDHE+AESGCM',
    `Ciphers of TLS 1.2 and before on ${of(side)}.`,
  ),
  defineTlsDefault(
    `ssl-default-${side}-ciphersuites`,
    'TLS_AES_128_GCM_SHA256',
    `Ciphers of TLS 1.3 on ${of(side)}.`,
  ),
  defineTlsDefault(`ssl-default-${side}-curves`, 'X25519:P-256', `Curves offered on ${of(side)}.`),
  defineTlsDefault(`ssl-default-${side}-options`, 'ssl-min-ver TLSv1.2', `Options of TLS on ${of(side)}.`),
  defineTlsDefault(`ssl-default-${side}-sigalgs`, 'RSA+SHA256', `Signature algorithms on ${of(side)}.`),
  defineTlsDefault(
    `ssl-default-${side}-client-sigalgs`,
    'RSA+SHA256',
    `Signature algorithms for client certificates on ${of(side)}.`,
  ),
]);

export const tlsDefaultOptions = [
  ...perSide,
  defineTlsDefault('ca-base', '/etc/ssl/certs', 'The folder of certificate authorities.'),
  defineTlsDefault('crt-base', '/etc/ssl/private', 'The folder of certificates.'),
  defineTlsDefault('key-base', '/etc/ssl/private', 'The folder of keys.'),
  defineTlsDefault('ssl-dh-param-file', '/etc/ssl/dhparam.pem', 'Parameters for Diffie-Hellman.'),
  defineTlsDefault('ssl-server-verify', 'required', 'Whether certificates of servers are verified.'),
  defineTlsDefault('tune.ssl.default-dh-param', '2048', 'The size of Diffie-Hellman parameters.'),
  defineTlsDefault('tune.ssl.cachesize', '20000', 'Sessions kept for resumption.'),
  defineTlsDefault('tune.ssl.lifetime', '300', 'How long sessions can be resumed.'),
  defineTlsDefault('tune.ssl.maxrecord', '1400', 'The largest record sent.'),
] as const;
