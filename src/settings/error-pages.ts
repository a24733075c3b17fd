/** Keywords that replace the error responses of a proxy (manual section 4.2: errorfile, errorloc). */
import { resolve } from 'node:path';
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import { ANY_PROXY } from './sections.ts';

/** The statuses HAProxy makes responses for itself (manual section 4.2, errorfile). */
export const ERROR_STATUSES = [
  200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 414, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504,
] as const;

/** What is sent instead of the built-in response of a status. The link step reads the file. */
export type ErrorPageLine =
  | { readonly kind: 'file'; readonly status: number; readonly path: string }
  | {
      readonly kind: 'redirect';
      readonly status: number;
      readonly code: 302 | 303;
      readonly location: string;
    };

function statusArg(): Arg<number> {
  return arg.custom({
    what: 'code',
    schema: { enum: ERROR_STATUSES },
    good: ERROR_STATUSES.map(String),
    bad: ['201', 'x', '999'],
    read(word, _site, name) {
      const status = ERROR_STATUSES.find((code) => String(code) === word.text);
      if (status !== undefined) return status;
      throw new ArgumentError(
        word.at,
        `'${word.text}' is not a status that has an error page, for <${name}>`,
        {
          remedy: `allowed: ${ERROR_STATUSES.join(', ')}`,
        },
      );
    },
  });
}

function defineErrorLocation(name: string, code: 302 | 303) {
  return defineProxyOption({
    name,
    key: 'errorPages',
    collect: 'list',
    isMap: true,
    sections: ANY_PROXY,
    summary: `Answers an error with a ${code} redirect to a location.`,
    args: { status: statusArg(), url: arg.word('url') },
    examples: [
      {
        text: `${name} 503 http://example.com/sorry`,
        result: { kind: 'redirect', status: 503, code, location: 'http://example.com/sorry' },
      },
    ],
    value: ({ status, url }): ErrorPageLine => ({ kind: 'redirect', status, code, location: url }),
  });
}

export const errorPageOptions = [
  defineProxyOption({
    name: 'errorfile',
    key: 'errorPages',
    collect: 'list',
    isMap: true,
    sections: ANY_PROXY,
    summary: 'Answers an error with the complete HTTP response in a file.',
    args: { status: statusArg(), file: arg.word('file') },
    examples: [
      {
        text: 'errorfile 503 /etc/errors/503.http',
        result: { kind: 'file', status: 503, path: '/etc/errors/503.http' },
      },
    ],
    value: ({ status, file }, site): ErrorPageLine => ({
      kind: 'file',
      status,
      path: resolve(site.basePath, file),
    }),
  }),
  defineErrorLocation('errorloc', 302),
  defineErrorLocation('errorloc302', 302),
  defineErrorLocation('errorloc303', 303),
] as const;
