/** Fetches of URL parameters (manual section 7.3.6 `url_param`). */
import { arg } from '../../keyword/arg.ts';
import { defineFetch, type FetchEach, type FetchRun } from '../declare.ts';
import { integerOrZero } from '../integer.ts';
import { ParamCursor } from '../query-params.ts';
import type { SampleValue } from '../sample.ts';

const GIVEN = 'GET /p;jsid=7?a=1&b=&a=2;c=x%20y&d HTTP/1.1\r\nhost: example.org\r\n\r\n';
const QUESTION = 63;

const args = {
  name: arg.optional(arg.word('name'), ''),
  delim: arg.optional(arg.word('delim'), '?'),
  i: arg.optional(arg.oneOf('i')),
};
type Values = { readonly name: string; readonly delim: string; readonly i: 'i' | undefined };
type Read = (text: string) => SampleValue | undefined;
const asText: Read = (text) => text;

/** The first parameter of the name, or the first of all. */
function one(values: Values, read: Read): FetchRun {
  const { cursor, delimiter } = cursorOf(values);
  return (stream) => {
    if (stream.request === null) return undefined;
    const target = stream.request.target();
    const at = target.indexOf(delimiter);
    if (at < 0) return undefined;
    cursor.start(target, at + 1);
    return cursor.next() ? read(cursor.value) : undefined;
  };
}

function every(values: Values, read: Read): FetchEach {
  const { cursor, delimiter } = cursorOf(values);
  return (stream, visit) => {
    if (stream.request === null) return false;
    const target = stream.request.target();
    const at = target.indexOf(delimiter);
    if (at < 0) return false;
    for (cursor.start(target, at + 1); cursor.next(); ) {
      const value = read(cursor.value);
      if (value !== undefined && visit(value, stream)) return true;
    }
    return false;
  };
}

/** Only the first character of a delimiter counts, as in HAProxy. */
function cursorOf({ name, delim, i }: Values): { readonly cursor: ParamCursor; readonly delimiter: string } {
  const delimiter = delim === '' ? '?' : delim.slice(0, 1);
  const code = delim === '' ? QUESTION : delim.charCodeAt(0);
  return { cursor: new ParamCursor(name, { delimiter: code, ignoresCase: i !== undefined }), delimiter };
}

export const urlParamFetches = [
  defineFetch({
    name: 'url_param',
    aliases: ['urlp'],
    summary:
      'The first value of a URL parameter, as it stands in the query string or behind another delimiter.',
    args,
    output: 'str',
    needs: 'request-head',
    examples: [
      { text: 'url_param(a)', given: GIVEN, result: '1' },
      { text: 'url_param(b)', given: GIVEN, result: '' },
      { text: 'url_param(c)', given: GIVEN, result: 'x%20y' },
      { text: 'url_param(d)', given: GIVEN, result: null },
      { text: 'url_param(A)', given: GIVEN, result: null },
      { text: 'url_param(A,,i)', given: GIVEN, result: '1' },
      { text: 'url_param(jsid,;)', given: 'GET /p;jsid=7 HTTP/1.1\r\n\r\n', result: '7' },
      { text: 'url_param', given: GIVEN, result: '1' },
    ],
    compile: (values) => one(values, asText),
    compileEach: (values) => every(values, asText),
  }),
  defineFetch({
    name: 'urlp_val',
    summary: "A URL parameter's value as an integer.",
    args,
    output: 'sint',
    needs: 'request-head',
    examples: [{ text: 'urlp_val(a)', given: GIVEN, result: '1' }],
    compile: (values) => one(values, integerOrZero),
    compileEach: (values) => every(values, integerOrZero),
  }),
];
