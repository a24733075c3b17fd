/** Fetches of what frontends have captured, and of start lines as they stay known (manual section 7.3.6). */
import { arg } from '../../keyword/arg.ts';
import { defineFetch } from '../declare.ts';
import { pathAndQueryOf } from '../request-target.ts';

const GIVEN = 'GET /img/a.png?size=2 HTTP/1.1\r\nhost: example.org\r\n\r\n';

const slot = { idx: arg.int({ min: 0 }) };

function versionLine(version: number): string {
  return `HTTP/${Math.trunc(version / 10)}.${version % 10}`;
}

export const captureFetches = [
  defineFetch({
    name: 'capture.req.hdr',
    summary: 'The content of a request capture slot, counted from 0.',
    args: slot,
    output: 'str',
    needs: 'stream',
    examples: [{ text: 'capture.req.hdr(0)', given: GIVEN, result: null }],
    compile:
      ({ idx }) =>
      (stream) =>
        stream.facts.capturedRequestHeaders[idx] ?? undefined,
  }),
  defineFetch({
    name: 'capture.req.method',
    summary: "The request's method as it came, also when the response or the end is there.",
    args: {},
    output: 'str',
    needs: 'stream',
    examples: [{ text: 'capture.req.method', given: GIVEN, result: 'GET' }],
    compile: () => (stream) => stream.request?.method,
  }),
  defineFetch({
    name: 'capture.req.uri',
    summary: "The path of the request's target as it came, with its query.",
    args: {},
    output: 'str',
    needs: 'stream',
    examples: [
      { text: 'capture.req.uri', given: GIVEN, result: '/img/a.png?size=2' },
      { text: 'capture.req.uri', given: 'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n', result: null },
    ],
    compile: () => (stream) =>
      stream.request === null ? undefined : pathAndQueryOf(stream.request.requestTarget()),
  }),
  defineFetch({
    name: 'capture.req.ver',
    summary: "The request's version, as HTTP/1.1.",
    args: {},
    output: 'str',
    needs: 'stream',
    examples: [{ text: 'capture.req.ver', given: GIVEN, result: 'HTTP/1.1' }],
    compile: () => (stream) => (stream.request === null ? undefined : versionLine(stream.request.version)),
  }),
  defineFetch({
    name: 'capture.res.hdr',
    summary: 'The content of a response capture slot, counted from 0.',
    args: slot,
    output: 'str',
    // What comes with the server's response, and stays.
    needs: 'server-connection',
    examples: [{ text: 'capture.res.hdr(0)', given: GIVEN, result: null }],
    compile:
      ({ idx }) =>
      (stream) =>
        stream.facts.capturedResponseHeaders[idx] ?? undefined,
  }),
  defineFetch({
    name: 'capture.res.ver',
    summary: "The version of the server's response, as HTTP/1.1.",
    args: {},
    output: 'str',
    needs: 'server-connection',
    examples: [{ text: 'capture.res.ver', given: GIVEN, result: null }],
    compile: () => (stream) => {
      const { responseVersion } = stream.facts;
      return responseVersion === 0 ? undefined : versionLine(responseVersion);
    },
  }),
];
