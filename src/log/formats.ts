/**
 * The standard log formats as the log-format strings they stand for (manual sections 8.2.1 to 8.2.3).
 */
import type { LogFormatModel } from '../keyword/language-model.ts';
import {
  HTTP_CLF_LOG_FORMAT,
  HTTP_LOG_FORMAT,
  HTTPS_LOG_FORMAT,
  TCP_CLF_LOG_FORMAT,
  TCP_LOG_FORMAT,
} from './format-texts.ts';
import { parseAliasFormat } from './parse-log-format.ts';

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
