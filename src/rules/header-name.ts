/** Header names in configurations: tokens (RFC 9110 §5.1). */
import { ArgumentError, type Word } from '../keyword/words.ts';

const TOKEN = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;

/** The word's text when it is a header name. Throws ArgumentError that shows the character that is not allowed. */
export function readHeaderName(word: Word, argument: string): string {
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
