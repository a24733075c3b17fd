/** The error responses of a proxy: its own files and redirects, else the built-in pages. */
import type { ErrorPageModel, ProxyModel } from '../../config/model/model.ts';
import { byteStringOf } from '../../src/bytes/byte-text.ts';
import { closesBehind, errorPage, parseErrorFile } from '../../src/http/error-pages.ts';
import type { Reply } from '../../src/rules/declare.ts';

const EMPTY = Buffer.alloc(0);

export function compileErrorReplies(proxy: ProxyModel): (status: number, termination: string) => Reply {
  const own = new Map(proxy.errorPages.map((page) => [page.status, fromPage(page)]));
  const replies = new Map<string, Reply>();
  return (status, termination) => {
    const key = `${status}${termination}`;
    let reply = replies.get(key);
    if (reply === undefined) {
      reply = {
        ...(own.get(status) ?? builtIn(status)),
        termination,
        loggedStatus: status,
      };
      replies.set(key, reply);
    }
    return reply;
  };
}

type Page = Pick<Reply, 'status' | 'reason' | 'headers' | 'body' | 'bytes' | 'version' | 'closes'>;

function fromPage(page: ErrorPageModel): Page {
  if (page.kind === 'redirect') {
    const headers = [
      { name: 'cache-control', value: 'no-cache' },
      { name: 'content-length', value: '0' },
      { name: 'location', value: byteStringOf(page.location) },
    ];
    const reason = page.code === 302 ? 'Found' : '';
    return { status: page.code, reason, headers, body: EMPTY, closes: false };
  }
  const parsed = parseErrorFile(Buffer.from(page.bytes));
  if (typeof parsed === 'string') throw new Error(`errorfile ${page.path}: ${parsed}`);
  return { ...parsed, closes: false };
}

function builtIn(status: number): Page {
  return { ...errorPage(status), closes: closesBehind(status) };
}
