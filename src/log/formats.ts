/**
 * The standard log formats as the log-format strings they stand for (manual sections 8.2.1 to 8.2.3).
 */
import type { LogFormatModel } from '../keyword/language-model.ts';
import { parseAliasFormat } from './parse-log-format.ts';

export const HTTP_LOG_FORMAT =
  '%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r';
/** What is asked of TLS is answered as for a connection without it. */
export const HTTPS_LOG_FORMAT = `${HTTP_LOG_FORMAT} 0/-/-/-/0 -/%sslv/%sslc`;
export const TCP_LOG_FORMAT = '%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq';
export const HTTP_CLF_LOG_FORMAT =
  '%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl';
export const TCP_CLF_LOG_FORMAT =
  '%{+Q}o %{-Q}ci - - [%T] "TCP " 000 %B "" "" %cp %ms %ft %b %s %Th %Tw %Tc %Tt %U %ts-- %ac %fc %bc %sc %rc %sq %bq "" "" ';

const STANDARD = {
  http: HTTP_LOG_FORMAT,
  https: HTTPS_LOG_FORMAT,
  'http-clf': HTTP_CLF_LOG_FORMAT,
  tcp: TCP_LOG_FORMAT,
  'tcp-clf': TCP_CLF_LOG_FORMAT,
  // What a proxy without any format logs when a connection or request begins.
  'http-accept': 'Connect from %ci:%cp to %fi:%fp (%f/HTTP)',
  'tcp-accept': 'Connect from %ci:%cp to %fi:%fp (%f/TCP)',
} as const;

export type StandardFormat = keyof typeof STANDARD;

/** The parsed form of a standard format; they hold no expressions, so nothing of the language around is needed. */
export function standardFormat(kind: StandardFormat): LogFormatModel {
  const at = { file: `option ${kind}log`, line: 1, column: 1 };
  return parseAliasFormat({ text: STANDARD[kind], at });
}
