/** Fetches of the response's status line (manual section 7.3.6). */
import { defineFetch } from '../declare.ts';
import { versionText } from './request-line.ts';

const ANSWER = 'HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n';

export const responseFetches = [
  defineFetch({
    name: 'status',
    summary: "The response's status code.",
    args: {},
    output: 'sint',
    needs: 'response-head',
    examples: [{ text: 'status', given: ANSWER, result: '302' }],
    compile: () => (stream) => stream.response?.status,
  }),
  defineFetch({
    name: 'res.ver',
    aliases: ['resp_ver'],
    summary: "The response's HTTP version, as 1.1.",
    args: {},
    output: 'str',
    needs: 'response-head',
    examples: [{ text: 'res.ver', given: ANSWER, result: '1.1' }],
    compile: () => (stream) => (stream.response === null ? undefined : versionText(stream.response.version)),
  }),
];
