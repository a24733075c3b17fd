/** Declarations of log-format aliases: `%ci`, `%ST` (manual section 8.2.6). */
import type { LineBuffer } from '../bytes/line-buffer.ts';
import type { Declaration } from '../keyword/declaration.ts';
import type { StreamView } from '../sample/stream-view.ts';

/** What a log line may tell besides the stream's own facts; the same for all lines of a process. */
export interface LogSite {
  readonly pid: number;
  readonly hostName: string;
}

/**
 * How an alias prints: `text` goes through quoting and escaping, `number` and `ip` follow the X flag; `raw` prints as
 * it is.
 */
export type AliasKind = 'text' | 'number' | 'ip' | 'raw';

export interface LogAliasDeclaration extends Declaration<'log-alias'> {
  readonly kind: AliasKind;
  /** The alias makes sense only in `mode http`. */
  readonly isHttpOnly: boolean;
  /** The value: a byte string or number, or null where there is none (`-` in the line). */
  read?(stream: StreamView, site: LogSite): string | number | null;
  /** Writes the value by itself; instead of `read` where building a string would cost. */
  write?(stream: StreamView, out: LineBuffer, site: LogSite): void;
}

type Input = Pick<LogAliasDeclaration, 'name' | 'summary' | 'kind' | 'read' | 'write' | 'examples'> & {
  readonly isHttpOnly?: boolean;
};

export function defineLogAlias(input: Input): LogAliasDeclaration {
  return Object.freeze({
    aliases: [],
    differences: [],
    args: {},
    isHttpOnly: false,
    ...input,
    family: 'log-alias' as const,
  });
}
