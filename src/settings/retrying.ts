/** `retry-on`: which failures of a request are a reason to send it again (manual section 4.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import { BACKENDS } from './sections.ts';

const EVENTS = [
  'conn-failure',
  'empty-response',
  'junk-response',
  'response-timeout',
  '0rtt-rejected',
] as const;
const STATUSES = [
  '401',
  '403',
  '404',
  '408',
  '421',
  '425',
  '429',
  '500',
  '501',
  '502',
  '503',
  '504',
] as const;
const ALL = 'all-retryable-errors';
const RETRYABLE = [...EVENTS, '500', '502', '503', '504'];

/** An event, or an HTTP status as text. */
export type RetryReason = (typeof EVENTS)[number] | (typeof STATUSES)[number];

function reasonsArg(): Arg<readonly RetryReason[]> {
  const known: readonly string[] = ['none', ALL, ...EVENTS, ...STATUSES];
  return {
    ...(arg.rest('keyword') as Arg<unknown> as Arg<readonly RetryReason[]>),
    parse(words, _site, name) {
      const at = words.at;
      const taken = words.takeRest();
      if (taken.length === 0)
        throw new ArgumentError(at, `missing <${name}>`, {
          remedy: `write at least one of ${known.join(', ')}`,
        });
      const wrong = taken.find(({ text }) => !known.includes(text));
      if (wrong !== undefined)
        throw new ArgumentError(wrong.at, `unknown keyword '${wrong.text}', for <${name}>`, {
          remedy: `allowed: ${known.join(', ')}`,
        });
      const texts = taken.map(({ text }) => text);
      if (texts.includes('none') && texts.length > 1)
        throw new ArgumentError(at, "'none' stands alone", { remedy: "remove 'none' or the other keywords" });
      const reasons = texts.flatMap((text) => (text === ALL ? RETRYABLE : text === 'none' ? [] : [text]));
      return [...new Set(reasons)] as RetryReason[];
    },
  };
}

export const retryOptions = [
  defineProxyOption({
    name: 'retry-on',
    key: 'retryOn',
    sections: BACKENDS,
    misplaced: 'refused',
    summary:
      'The failures after which a request is sent again, as often as retries says; by default conn-failure.',
    differences: [
      'A request on a reused connection that closes before any byte of the answer is always sent again, whatever this says; HAProxy closes the connection of the client then.',
      'TLS to servers is not supported yet: 0rtt-rejected never happens.',
    ],
    args: { reasons: reasonsArg() },
    examples: [
      { text: 'retry-on conn-failure empty-response 503', result: ['conn-failure', 'empty-response', '503'] },
      { text: 'retry-on none', result: [] },
      { text: `retry-on ${ALL}`, result: RETRYABLE },
    ],
    value: ({ reasons }) => reasons,
  }),
] as const;
