/** Fetches of the request line, and of what is made of it together with the Host header (manual section 7.3.6). */

import type { HttpHead } from '../../http/head.ts';
import { arg } from '../../keyword/arg.ts';
import { defineFetch } from '../declare.ts';
import { HeaderCursor } from '../header-values.ts';
import { pathAndQueryOf, pathOf } from '../request-target.ts';

const GIVEN = 'GET /img/a.png?size=2 HTTP/1.1\r\nhost: example.org\r\n\r\n';
const ABSOLUTE = 'GET http://example.org/p?q=1 HTTP/1.1\r\nhost: example.org\r\n\r\n';
const ASTERISK = 'OPTIONS * HTTP/1.1\r\nhost: example.org\r\n\r\n';

export const requestLineFetches = [
  defineFetch({
    name: 'method',
    summary: "The request's method.",
    args: {},
    output: 'meth',
    needs: 'stream',
    examples: [{ text: 'method', given: GIVEN, result: 'GET' }],
    compile: () => (stream) =>
      stream.request === null ? undefined : (stream.request.replacedMethod ?? stream.request.method),
  }),
  defineFetch({
    name: 'path',
    summary: "The path of the request's URL: from its first slash to the question mark.",
    args: {},
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'path', given: GIVEN, result: '/img/a.png' },
      { text: 'path', given: ABSOLUTE, result: '/p' },
      { text: 'path', given: ASTERISK, result: null },
    ],
    compile: () => (stream) => (stream.request === null ? undefined : pathOf(stream.request.target())),
  }),
  defineFetch({
    name: 'pathq',
    summary: "The path of the request's URL with its query string.",
    args: {},
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'pathq', given: GIVEN, result: '/img/a.png?size=2' },
      { text: 'pathq', given: ABSOLUTE, result: '/p?q=1' },
    ],
    compile: () => (stream) =>
      stream.request === null ? undefined : pathAndQueryOf(stream.request.target()),
  }),
  defineFetch({
    name: 'url',
    summary: "The request's URL as it stands in the request line.",
    args: {},
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'url', given: ABSOLUTE, result: 'http://example.org/p?q=1' },
      { text: 'url', given: ASTERISK, result: '*' },
    ],
    compile: () => (stream) => stream.request?.target(),
  }),
  defineFetch({
    name: 'query',
    summary: 'The query string behind the question mark; empty when only the mark is there.',
    args: { options: arg.optional(arg.oneOf('with_qm')) },
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'query', given: GIVEN, result: 'size=2' },
      { text: 'query(with_qm)', given: GIVEN, result: '?size=2' },
      { text: 'query', given: 'GET /? HTTP/1.1\r\n\r\n', result: '' },
      { text: 'query', given: 'GET / HTTP/1.1\r\n\r\n', result: null },
    ],
    compile({ options }) {
      const withMark = options === 'with_qm';
      return (stream) => (stream.request === null ? undefined : queryOf(stream.request.target(), withMark));
    },
  }),
  defineFetch({
    name: 'base',
    summary: 'The first Host header and the path, put together.',
    args: {},
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'base', given: GIVEN, result: 'example.org/img/a.png' },
      { text: 'base', given: ASTERISK, result: 'example.org' },
    ],
    compile() {
      const host = new HeaderCursor('host', 'line');
      return (stream) =>
        stream.request === null ? undefined : hostAnd(host, stream.request, pathOf(stream.request.target()));
    },
  }),
  defineFetch({
    name: 'baseq',
    summary: 'The first Host header and the path with its query string, put together.',
    args: {},
    output: 'str',
    needs: 'request-head',
    examples: [{ text: 'baseq', given: GIVEN, result: 'example.org/img/a.png?size=2' }],
    compile() {
      const host = new HeaderCursor('host', 'line');
      return (stream) =>
        stream.request === null
          ? undefined
          : hostAnd(host, stream.request, pathAndQueryOf(stream.request.target()));
    },
  }),
  defineFetch({
    name: 'req.ver',
    aliases: ['req_ver'],
    summary: "The request's HTTP version, as 1.1.",
    args: {},
    output: 'str',
    needs: 'request-head',
    examples: [{ text: 'req.ver', given: GIVEN, result: '1.1' }],
    compile: () => (stream) => (stream.request === null ? undefined : versionText(stream.request.version)),
  }),
  defineFetch({
    name: 'req.proto_http',
    aliases: ['req_proto_http'],
    summary: 'True when the request is HTTP.',
    args: {},
    output: 'bool',
    needs: 'stream',
    examples: [{ text: 'req.proto_http', given: GIVEN, result: '1' }],
    compile: () => (stream) => stream.request !== null,
  }),
  defineFetch({
    name: 'req.len',
    aliases: ['req_len'],
    summary: "The number of the request's bytes that are in the buffer.",
    args: {},
    output: 'sint',
    needs: 'stream',
    examples: [{ text: 'req.len,bool', given: GIVEN, result: '1' }],
    differences: ['In HTTP rules it counts the request head only.'],
    compile: () => (stream) =>
      stream.requestBytes?.length ??
      (stream.request === null ? undefined : stream.request.end - stream.request.start),
  }),
];

function queryOf(target: string, withMark: boolean): string | undefined {
  const mark = target.indexOf('?');
  if (mark < 0) return undefined;
  if (withMark && mark + 1 < target.length) return target.slice(mark);
  return target.slice(mark + 1);
}

/** Undefined when there is neither a Host header nor a path. */
function hostAnd(host: HeaderCursor, head: HttpHead, path: string | undefined): string | undefined {
  host.start(head);
  if (!host.next()) return path;
  return path === undefined ? host.value : host.value + path;
}

const VERSIONS: { readonly [version: number]: string } = { 10: '1.0', 11: '1.1', 20: '2.0', 30: '3.0' };

/** The text of HttpHead.version. */
export function versionText(version: number): string {
  return VERSIONS[version] ?? `${Math.floor(version / 10)}.${version % 10}`;
}
