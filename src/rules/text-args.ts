/** Arguments that actions have in common: texts that must not be empty, formats, names of fields, regular expressions. */
import { type Arg, arg } from '../keyword/arg.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import { ArgumentError, type Position, type Word } from '../keyword/words.ts';
import { compileUserRegex } from '../sample/user-regex.ts';

/** One word of any characters that is not empty: HAProxy takes an empty one for a missing argument. */
export function textArg(what: string): Arg<string> {
  return arg.custom({
    what,
    good: ['example', 'two\nlines'],
    bad: [''],
    read(word, _site, name) {
      if (word.text === '') throw new ArgumentError(word.at, `<${name}> is empty`);
      return word.text;
    },
  });
}

/** As textArg, for what stands in a header line or start line. */
export function lineTextArg(what: string): Arg<string> {
  return arg.custom({
    what,
    good: ['example'],
    bad: ['', 'a\nb', 'a\rb', 'a\0b'],
    read: (word, _site, name) => readLineText(word, name),
  });
}

/** The word's text. Throws ArgumentError when a header line cannot hold it. */
export function readLineText({ text, at }: Word, name: string): string {
  if (text === '') throw new ArgumentError(at, `<${name}> is empty`);
  refuseControl(text, at, name);
  return text;
}

/** A log format that is not empty. */
export function formatArg(what = 'fmt'): Arg<LogFormatModel> {
  const format = arg.logFormat(what);
  return {
    ...format,
    bad: ['', '%nosuchalias'],
    parse(words, site, name) {
      if (words.peek() === '') throw new ArgumentError(words.at, `<${name}> is empty`);
      return format.parse(words, site, name);
    },
  };
}

/** As formatArg, for what stands in a header line. */
export function lineFormatArg(what = 'fmt'): Arg<LogFormatModel> {
  const format = formatArg(what);
  return {
    ...format,
    bad: [...format.bad, 'a\nb'],
    parse(words, site, name) {
      const { at } = words;
      const model = format.parse(words, site, name);
      for (const node of model.nodes) if (node.kind === 'text') refuseControl(node.text, at, name);
      return model;
    },
  };
}

/** RFC 9110 §5.5: no control characters but HTAB in field values. */
function refuseControl(text: string, at: Position, name: string): void {
  if (CONTROL.test(text))
    throw new ArgumentError(at, `<${name}> has a control character, which no header line may hold`);
}

const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

const TOKEN = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;

/** The name of a header field: a token (RFC 9110 §5.1), in lower case as it is sent. */
export const headerNameArg: Arg<string> = arg.custom({
  what: 'name',
  schema: { type: 'string', pattern: TOKEN.source },
  good: ['X-Forwarded-Proto'],
  bad: ['', 'a b', 'a:', 'é'],
  read: (word, _site, name) => readHeaderName(word, name).toLowerCase(),
});

function readHeaderName(word: Word, argument: string): string {
  if (TOKEN.test(word.text)) return word.text;
  const wrong = [...word.text].find((character) => !TOKEN.test(character));
  const problem =
    wrong === undefined
      ? `<${argument}> is empty`
      : `character '${wrong}' is not allowed in the header name <${argument}> '${word.text}'`;
  throw new ArgumentError(word.at, problem, {
    remedy: "write letters, digits and -!#$%&'*+.^_`|~, without the colon",
  });
}

/** A regular expression whose groups a replacement may name; it is compiled again in the thread. */
export const regexArg: Arg<string> = arg.custom({
  what: 'match-regex',
  good: ['^/old/(.*)$'],
  bad: ['(', 'a{2,1}'],
  read(word, site, name) {
    const compiled = compileUserRegex(word.text, { ignoreCase: false, captures: true });
    if (typeof compiled === 'string')
      throw new ArgumentError(
        word.at,
        `regular expression '${word.text}' for <${name}> is refused: ${compiled}`,
        {
          remedy: 'write it in the syntax that PCRE and JavaScript share',
        },
      );
    if (!compiled.isBounded)
      site.warn(
        word.at,
        `regular expression '${word.text}' uses lookaround or back references: how long it may run cannot be bounded`,
      );
    return word.text;
  },
});
