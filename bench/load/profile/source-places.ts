/** Finds the TypeScript line behind a line of the built program, by the source maps that the build leaves. */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Place {
  /** A `file:` URL, a `node:` name, or ''. */
  readonly url: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

const maps = new Map<string, SourceMap | null>();

/** `workers/stream/http-stream.ts:120`; Node's own modules as they are. */
export function sourcePlace({ url, line, column }: Place): string {
  if (!url.startsWith('file:')) return url === '' ? '' : `${url}:${line}`;
  const file = fileURLToPath(url);
  const entry = mapOf(file)?.findEntry(line - 1, Math.max(0, column - 1));
  if (entry === undefined || !('originalSource' in entry)) return `${file}:${line}`;
  // The build writes sources relative to `dist`; Node makes file URLs of some.
  const source = entry.originalSource.startsWith('file:')
    ? relative(dirname(dirname(file)), fileURLToPath(entry.originalSource))
    : entry.originalSource.replace(/^(\.\.\/)+/, '');
  return `${source}:${entry.originalLine + 1}`;
}

function mapOf(file: string): SourceMap | null {
  const known = maps.get(file);
  if (known !== undefined) return known;
  const path = `${file}.map`;
  const map = existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : null;
  maps.set(file, map);
  return map;
}
