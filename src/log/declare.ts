/** Declarations of log-format aliases: `%ci`, `%ST` (manual section 8.2.6). */
import type { LineBuffer } from '../bytes/line-buffer.ts';
import type { Declaration } from '../keyword/declaration.ts';
import type { LogFormatFlags } from '../keyword/language-model.ts';
import type { StreamView } from '../sample/stream-view.ts';

/** What a format may tell besides the stream's own facts, and how its proxy logs. */
export interface LogSite {
  readonly pid: number;
  /** Of this machine. */
  readonly hostName: string;
  /** The longest request line that is told (`tune.http.logurilen`). */
  readonly requestLineMaxBytes: number;
  /** The line is written before the end (`option logasap`): what still grows has a plus sign before it. */
  readonly isEarly: boolean;
}

/** One item of a format. */
export interface AliasUse {
  readonly flags: LogFormatFlags;
  readonly site: LogSite;
  /** In a log line what is missing prints as `-`; in a header value or body it prints nothing. */
  readonly isLine: boolean;
}

export type WriteItem = (stream: StreamView, out: LineBuffer) => void;

export interface LogAliasDeclaration extends Declaration<'log-alias'> {
  /** HAProxy refuses it in `mode tcp`. */
  readonly isHttpOnly: boolean;
  /** It tells of the connection to the server, whose addresses must be asked while that is open. */
  readonly needsServerEnds: boolean;
  compile(use: AliasUse): WriteItem;
}

type Input = Pick<LogAliasDeclaration, 'name' | 'summary' | 'examples' | 'compile'> &
  Partial<Pick<LogAliasDeclaration, 'isHttpOnly' | 'needsServerEnds' | 'differences'>>;

export function defineLogAlias(input: Input): LogAliasDeclaration {
  return Object.freeze({
    aliases: [],
    differences: [],
    args: {},
    isHttpOnly: false,
    needsServerEnds: false,
    ...input,
    family: 'log-alias' as const,
  });
}
