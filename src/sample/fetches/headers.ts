/** Fetches of header fields, of the request and of the response (manual section 7.3.6). */

import type { HttpHead } from '../../http/head.ts';
import { FIELD, FIELD_FLAG } from '../../http/head.ts';
import { arg } from '../../keyword/arg.ts';
import { type IpAddress, parseIp, parseIpv4 } from '../../net/ip.ts';
import { headerName, occurrence } from '../arguments.ts';
import { defineFetch, type FetchEach, type FetchRun } from '../declare.ts';
import { countOccurrences, HeaderCursor, type HeaderUnit, occurrenceAt } from '../header-values.ts';
import { integerOrZero } from '../integer.ts';
import type { SampleValue } from '../sample.ts';
import type { StreamView } from '../stream-view.ts';

/** Which head a fetch reads; `current` is the response's once there is one. */
type HeadOf = (stream: StreamView) => HttpHead | null;
const request: HeadOf = (stream) => stream.request;
const response: HeadOf = (stream) => stream.response;
const current: HeadOf = (stream) => stream.response ?? stream.request;

const ofHeader = { name: arg.optional(headerName), occ: arg.optional(occurrence) };
const ofCount = { name: arg.optional(headerName) };
type Named = { readonly name: string | undefined; readonly occ?: number | undefined };

const GIVEN =
  'GET / HTTP/1.1\r\nhost: example.org\r\nvia: 1.0 a, 1.1 b\r\nvia: 1.1 c\r\nuser-agent: x (y, z)\r\nx-forwarded-for: 192.0.2.1, 192.0.2.2\r\nx-limit: 10\r\nempty:\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\nserver: app\r\nvary: accept, cookie\r\nx-limit: 10\r\n\r\n';

/** One occurrence as a value; `read` answers undefined where the text has none. */
function one(
  headOf: HeadOf,
  unit: HeaderUnit,
  { name, occ }: Named,
  read: (text: string) => SampleValue | undefined,
): FetchRun {
  const cursor = new HeaderCursor(name ?? '', unit);
  const position = occ ?? 0;
  return (stream) => {
    const head = headOf(stream);
    if (head === null) return undefined;
    const text = occurrenceAt(cursor, head, position);
    return text === undefined ? undefined : read(text);
  };
}

/** Every occurrence, for ACLs; undefined when the arguments name one. */
function every(
  headOf: HeadOf,
  unit: HeaderUnit,
  { name, occ }: Named,
  read: (text: string) => SampleValue | undefined,
): FetchEach | undefined {
  if (occ !== undefined && occ !== 0) return undefined;
  const cursor = new HeaderCursor(name ?? '', unit);
  return (stream, visit) => {
    const head = headOf(stream);
    if (head === null) return false;
    for (cursor.start(head); cursor.next(); ) {
      const value = read(cursor.value);
      if (value !== undefined && visit(value, stream)) return true;
    }
    return false;
  };
}

function count(headOf: HeadOf, unit: HeaderUnit, name: string | undefined): FetchRun {
  const cursor = new HeaderCursor(name ?? '', unit);
  return (stream) => {
    const head = headOf(stream);
    return head === null ? undefined : countOccurrences(cursor, head);
  };
}

const asText = (text: string): string => text;

/** An address as X-Forwarded-For holds it: an IPv4 address may have a port behind it. */
function asAddress(text: string): IpAddress | undefined {
  const address = parseIp(text);
  if (address !== null) return address;
  const colon = text.indexOf(':');
  const v4 = colon < 0 || !/^\d+$/.test(text.slice(colon + 1)) ? -1 : parseIpv4(text.slice(0, colon));
  return v4 < 0 ? undefined : { v4, v6: '' };
}

function names(headOf: HeadOf, delimiter: string): FetchRun {
  return (stream) => {
    const head = headOf(stream);
    if (head === null) return undefined;
    let text = '';
    for (let row = 0; row < head.fieldCount * FIELD.STRIDE; row += FIELD.STRIDE) {
      if ((head.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) === 0)
        text += (text === '' ? '' : delimiter) + head.nameAt(row);
    }
    for (const field of head.added) text += (text === '' ? '' : delimiter) + field.name;
    return text;
  };
}

const delimiterArg = { delim: arg.optional(arg.word('delim'), ',') };

export const headerFetches = [
  defineFetch({
    name: 'hdr',
    summary:
      "A header's last comma-separated value, or the one at a position; of the request in request rules, of the response in response rules.",
    args: ofHeader,
    output: 'str',
    needs: 'request-head',
    orNeeds: 'response-head',
    examples: [
      { text: 'hdr(host)', given: GIVEN, result: 'example.org' },
      { text: 'hdr(via,-2)', given: GIVEN, result: '1.1 b' },
    ],
    compile: (args) => one(current, 'value', args, asText),
    compileEach: (args) => every(current, 'value', args, asText),
  }),
  defineFetch({
    name: 'req.hdr',
    summary: "A request header's last comma-separated value, or the one at a position.",
    args: ofHeader,
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'req.hdr(Via)', given: GIVEN, result: '1.1 c' },
      { text: 'req.hdr(via,1)', given: GIVEN, result: '1.0 a' },
      { text: 'req.hdr(via,4)', given: GIVEN, result: null },
      { text: 'req.hdr(empty)', given: GIVEN, result: '' },
      { text: 'req.hdr(none)', given: GIVEN, result: null },
    ],
    compile: (args) => one(request, 'value', args, asText),
    compileEach: (args) => every(request, 'value', args, asText),
  }),
  defineFetch({
    name: 'req.fhdr',
    summary: "A request header's last full line, or the one at a position, commas included.",
    args: ofHeader,
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'req.fhdr(user-agent)', given: GIVEN, result: 'x (y, z)' },
      { text: 'req.fhdr(via,1)', given: GIVEN, result: '1.0 a, 1.1 b' },
    ],
    compile: (args) => one(request, 'line', args, asText),
    compileEach: (args) => every(request, 'line', args, asText),
  }),
  defineFetch({
    name: 'req.hdr_cnt',
    aliases: ['hdr_cnt'],
    summary: 'The number of comma-separated values of a request header, or of all headers.',
    args: ofCount,
    output: 'sint',
    needs: 'request-head',
    examples: [
      { text: 'req.hdr_cnt(via)', given: GIVEN, result: '3' },
      { text: 'req.hdr_cnt(none)', given: GIVEN, result: '0' },
    ],
    compile: ({ name }) => count(request, 'value', name),
  }),
  defineFetch({
    name: 'req.fhdr_cnt',
    summary: 'The number of lines of a request header, or of all headers.',
    args: ofCount,
    output: 'sint',
    needs: 'request-head',
    examples: [{ text: 'req.fhdr_cnt(via)', given: GIVEN, result: '2' }],
    compile: ({ name }) => count(request, 'line', name),
  }),
  defineFetch({
    name: 'req.hdr_val',
    aliases: ['hdr_val'],
    summary: "A request header's value as an integer.",
    args: ofHeader,
    output: 'sint',
    needs: 'request-head',
    examples: [
      { text: 'req.hdr_val(x-limit)', given: GIVEN, result: '10' },
      { text: 'req.hdr_val(host)', given: GIVEN, result: '0' },
    ],
    compile: (args) => one(request, 'value', args, integerOrZero),
    compileEach: (args) => every(request, 'value', args, integerOrZero),
  }),
  defineFetch({
    name: 'req.hdr_ip',
    aliases: ['hdr_ip'],
    summary: "A request header's value as an IP address.",
    args: ofHeader,
    output: 'addr',
    needs: 'request-head',
    examples: [
      { text: 'req.hdr_ip(x-forwarded-for)', given: GIVEN, result: '192.0.2.2' },
      { text: 'req.hdr_ip(host)', given: GIVEN, result: null },
    ],
    compile: (args) => one(request, 'value', args, asAddress),
    compileEach: (args) => every(request, 'value', args, asAddress),
  }),
  defineFetch({
    name: 'req.hdr_names',
    summary: "The names of the request's headers, in order.",
    args: delimiterArg,
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'req.hdr_names(;)', given: 'GET / HTTP/1.1\r\nHost: a\r\nVia: b\r\n\r\n', result: 'host;via' },
    ],
    compile: ({ delim }) => names(request, delim.slice(0, 1)),
  }),
  defineFetch({
    name: 'res.hdr',
    aliases: ['shdr'],
    summary: "A response header's last comma-separated value, or the one at a position.",
    args: ofHeader,
    output: 'str',
    needs: 'response-head',
    examples: [{ text: 'res.hdr(vary,1)', given: ANSWER, result: 'accept' }],
    compile: (args) => one(response, 'value', args, asText),
    compileEach: (args) => every(response, 'value', args, asText),
  }),
  defineFetch({
    name: 'res.fhdr',
    summary: "A response header's last full line, or the one at a position.",
    args: ofHeader,
    output: 'str',
    needs: 'response-head',
    examples: [{ text: 'res.fhdr(vary)', given: ANSWER, result: 'accept, cookie' }],
    compile: (args) => one(response, 'line', args, asText),
    compileEach: (args) => every(response, 'line', args, asText),
  }),
  defineFetch({
    name: 'res.hdr_cnt',
    aliases: ['shdr_cnt'],
    summary: 'The number of comma-separated values of a response header, or of all headers.',
    args: ofCount,
    output: 'sint',
    needs: 'response-head',
    examples: [{ text: 'res.hdr_cnt(vary)', given: ANSWER, result: '2' }],
    compile: ({ name }) => count(response, 'value', name),
  }),
  defineFetch({
    name: 'res.fhdr_cnt',
    summary: 'The number of lines of a response header, or of all headers.',
    args: ofCount,
    output: 'sint',
    needs: 'response-head',
    examples: [{ text: 'res.fhdr_cnt(vary)', given: ANSWER, result: '1' }],
    compile: ({ name }) => count(response, 'line', name),
  }),
  defineFetch({
    name: 'res.hdr_val',
    aliases: ['shdr_val'],
    summary: "A response header's value as an integer.",
    args: ofHeader,
    output: 'sint',
    needs: 'response-head',
    examples: [{ text: 'res.hdr_val(x-limit)', given: ANSWER, result: '10' }],
    compile: (args) => one(response, 'value', args, integerOrZero),
    compileEach: (args) => every(response, 'value', args, integerOrZero),
  }),
  defineFetch({
    name: 'res.hdr_ip',
    aliases: ['shdr_ip'],
    summary: "A response header's value as an IP address.",
    args: ofHeader,
    output: 'addr',
    needs: 'response-head',
    examples: [
      {
        text: 'res.hdr_ip(x-from)',
        given: 'HTTP/1.1 200 OK\r\nx-from: 192.0.2.9:80\r\n\r\n',
        result: '192.0.2.9',
      },
    ],
    compile: (args) => one(response, 'value', args, asAddress),
    compileEach: (args) => every(response, 'value', args, asAddress),
  }),
  defineFetch({
    name: 'res.hdr_names',
    summary: "The names of the response's headers, in order.",
    args: delimiterArg,
    output: 'str',
    needs: 'response-head',
    examples: [{ text: 'res.hdr_names', given: ANSWER, result: 'server,vary,x-limit' }],
    compile: ({ delim }) => names(response, delim.slice(0, 1)),
  }),
];
