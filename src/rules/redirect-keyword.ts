/** The keyword `redirect` (manual section 4.2): redirections that are looked at behind all `http-request` rules. */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import type { CallModel, RuleModel } from '../keyword/language-model.ts';
import { plainRedirectArgs, redirectProblem } from './redirect.ts';

/** A line of the keyword; the linker gives it its place. */
export type RedirectLine = Omit<RuleModel, 'at'>;

export const redirectOption = defineProxyOption({
  name: 'redirect',
  key: 'redirectRules',
  collect: 'list',
  sections: ['frontend', 'listen', 'backend'],
  modes: ['http'],
  summary: 'Answers a request with a redirection; locations are taken as they are written.',
  args: { ...plainRedirectArgs, condition: arg.condition() },
  evaluatedIn: 'redirect rule',
  examples: [
    {
      text: 'redirect scheme https code 301',
      result: {
        action: {
          name: 'redirect',
          args: {
            location: undefined,
            prefix: undefined,
            scheme: { nodes: [{ kind: 'text', text: 'https' }], text: 'https' },
            code: 301,
            dropQuery: false,
            keepQuery: false,
            appendSlash: false,
            ignoreEmpty: false,
            setCookie: undefined,
            setCookieFmt: undefined,
            clearCookie: undefined,
          },
        },
        condition: null,
      },
    },
  ],
  check: (args) => redirectProblem(args, { ruleSet: 'http-request' }),
  value: ({ condition, ...args }): RedirectLine => ({
    action: { name: 'redirect', args: args as unknown as CallModel['args'] },
    condition,
  }),
});
