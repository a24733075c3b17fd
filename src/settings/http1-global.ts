/** Global keywords about HTTP/1 messages (manual section 3.1). */
import { arg } from '../keyword/arg.ts';
import { defineGlobalOption, switchOf } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';

/** How one header name is spelled for clients or servers that need it: lower case, and what is sent. */
export interface NameSpelling {
  readonly from: string;
  readonly to: string;
}

const RULE = 'the first name must be in lower case, and the second differ from it in nothing but case';

/** What is wrong with a pair of names, or undefined. */
function spellingFault({ from, to }: NameSpelling): string | undefined {
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(from)) return `'${from}' is not a header name in lower case`;
  return to.toLowerCase() === from ? undefined : `'${from}' and '${to}' are not the same header name`;
}

/** The pairs of a file's text, or what is wrong with it. */
function readSpellings(text: string): NameSpelling[] | string {
  const spellings = new Map<string, NameSpelling>();
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [from = '', to = '', ...rest] = line.split(/[ \t]+/);
    if (to === '' || rest.length > 0) return `line ${i + 1} does not have two header names`;
    const fault = spellingFault({ from, to });
    if (fault !== undefined) return `line ${i + 1}: ${fault}`;
    if (spellings.has(from)) return `line ${i + 1}: '${from}' is there twice`;
    spellings.set(from, { from, to });
  }
  return [...spellings.values()];
}

const spellingsFileArg = () =>
  arg.custom<readonly NameSpelling[]>({
    what: 'file',
    good: [],
    read(word, site) {
      const text = Buffer.from(site.readFile(word.text, word.at)).toString('latin1');
      const spellings = readSpellings(text);
      if (typeof spellings === 'string')
        throw new ArgumentError(word.at, `'${word.text}' ${spellings}`, { reason: RULE });
      return spellings;
    },
  });

export const http1Options = [
  defineGlobalOption(
    switchOf({
      name: 'h1-accept-payload-with-any-method',
      key: 'acceptsAnyPayload',
      sections: [],
      summary: 'Takes HTTP/1.0 requests of GET, HEAD and DELETE with a body instead of answering 413.',
    }),
  ),
  defineGlobalOption(
    switchOf({
      name: 'h1-do-not-close-on-insecure-transfer-encoding',
      key: 'trustsInsecureFraming',
      sections: [],
      summary: 'Keeps connections open behind messages that have a transfer coding and a length.',
    }),
  ),
  defineGlobalOption({
    name: 'h1-case-adjust',
    key: 'nameSpellings',
    collect: 'list',
    summary: 'How a header name is spelled for proxies with option h1-case-adjust-bogus-client or -server.',
    args: { from: arg.word('from'), to: arg.word('to') },
    examples: [
      {
        text: 'h1-case-adjust content-length Content-Length',
        result: { from: 'content-length', to: 'Content-Length' },
      },
    ],
    check: (spelling) => {
      const fault = spellingFault(spelling);
      return fault === undefined ? undefined : `${fault}: ${RULE}`;
    },
    value: ({ from, to }): NameSpelling => ({ from, to }),
  }),
  defineGlobalOption({
    name: 'h1-case-adjust-file',
    key: 'nameSpellingsFile',
    summary: 'A file with two spellings of a header name in each line, as h1-case-adjust takes them.',
    args: { file: spellingsFileArg() },
    examples: [{ text: 'h1-case-adjust-file /etc/haproxy/header-names', result: [] }],
    value: ({ file }) => file,
  }),
] as const;
