/** Error pages of a proxy: reads the files, keeps the last page of each status. */
import type { ErrorPageLine } from '../../src/settings/error-pages.ts';
import type { ErrorPageModel } from '../model/model.ts';
import type { Entry } from './draft.ts';
import { type ReadFile, tryRead } from './read-file.ts';
import type { Report } from './report.ts';

/** Reads each file once, however many proxies use it, and reports what is wrong with it once. */
export class ErrorPages {
  readonly #report: Report;
  readonly #readFile: ReadFile;
  readonly #maxBytes: number;
  readonly #read = new Map<string, Uint8Array | null>();

  /** `maxBytes`: a buffer without the room kept for rules (manual section 4.2, errorfile). */
  constructor(report: Report, readFile: ReadFile, maxBytes: number) {
    this.#report = report;
    this.#readFile = readFile;
    this.#maxBytes = maxBytes;
  }

  link(entries: readonly Entry[]): ErrorPageModel[] {
    const pages = new Map<number, ErrorPageModel>();
    for (const entry of entries) {
      const page = this.#page(entry);
      if (page !== null) pages.set(page.status, page);
    }
    return [...pages.values()];
  }

  #page(entry: Entry): ErrorPageModel | null {
    const line = entry.value as ErrorPageLine;
    if (line.kind === 'redirect') return line;
    const bytes = this.#bytesOf(line.path, entry);
    return bytes === null ? null : { ...line, bytes };
  }

  #bytesOf(path: string, entry: Entry): Uint8Array | null {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const bytes = tryRead(this.#readFile, path, entry, this.#report);
    const isGood = bytes !== null && this.#isResponse(bytes, path, entry);
    this.#read.set(path, isGood ? bytes : null);
    return isGood ? bytes : null;
  }

  #isResponse(bytes: Uint8Array, path: string, entry: Entry): boolean {
    if (bytes.length === 0) return true;
    if (bytes.length > this.#maxBytes) {
      this.#report.error(
        entry,
        `error page '${path}' has ${bytes.length} bytes, more than the ${this.#maxBytes} that fit`,
        {
          reason:
            'a response made here must fit in a buffer (tune.bufsize) without its reserve (tune.maxrewrite)',
        },
      );
      return false;
    }
    const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
    if (
      /^HTTP\/\d\.\d \d{3}[^\r\n]*\r?\n/.test(head) &&
      /\r?\n\r?\n/.test(Buffer.from(bytes).toString('latin1'))
    )
      return true;
    this.#report.error(entry, `'${path}' does not hold an HTTP response`, {
      reason: 'it must begin with a status line and have an empty line behind its headers',
      remedy: 'begin it with a line such as: HTTP/1.0 503 Service Unavailable',
    });
    return false;
  }
}
