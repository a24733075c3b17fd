/** Actions that rewrite values by regular expressions: replace-header, replace-value (manual section 4.4). */
import { headerIdOf } from '../http/header-id.ts';
import { delimitedParts } from './comma-list.ts';
import { type ActionRun, defineAction, type RuleStream, Verdict } from './declare.ts';
import { HEAD_RULE_SETS } from './header-actions.ts';
import { hostChanged } from './host-field.ts';
import { headOf, isFramingField } from './message-head.ts';
import { compileReplacement } from './replacement.ts';
import { headerNameArg, lineFormatArg, regexArg } from './text-args.ts';

const args = { name: headerNameArg, regex: regexArg, fmt: lineFormatArg('replace-fmt') };

function framingProblem({ name }: { readonly name: string }): string | undefined {
  return isFramingField(name)
    ? `'${name}' says where the message ends: rules cannot change it in Fairlead`
    : undefined;
}

const DIFFERENCE = 'Content-Length and Transfer-Encoding are refused.';

export const replaceActions = [
  defineAction({
    name: 'replace-header',
    summary: 'Gives every line of a header that a regular expression matches a new value.',
    ruleSets: HEAD_RULE_SETS,
    args,
    differences: [DIFFERENCE],
    examples: [
      {
        given: 'GET / HTTP/1.1\r\nCookie: foo=foobar; expires=Tue, 14-Jun-2016\r\nX-A: 1\r\n\r\n',
        text: 'replace-header Cookie foo=([^;]*);(.*) foo=\\1;ip=%ci;\\2',
        result: 'cookie: foo=foobar;ip=192.0.2.7; expires=Tue, 14-Jun-2016\r\nx-a: 1',
      },
      {
        given: 'GET / HTTP/1.1\r\nUser-Agent: curl/7.47.0\r\n\r\n',
        text: 'replace-header User-Agent curl foo',
        result: 'user-agent: foo',
      },
    ],
    check: framingProblem,
    compile({ name, regex, fmt }, compiler, ruleSet): ActionRun {
      const id = headerIdOf(name);
      const replace = compileReplacement(regex, fmt, compiler);
      const head = headOf(ruleSet);
      const isHost = name === 'host' && ruleSet === 'http-request';
      return (stream) => {
        const target = head(stream);
        if (target === null) return Verdict.CONTINUE;
        target.mapValues(id, name, replace, stream);
        if (isHost) hostChanged(target);
        return Verdict.CONTINUE;
      };
    },
  }),
  defineAction({
    name: 'replace-value',
    summary: 'Gives every comma-separated value of a header that a regular expression matches a new one.',
    ruleSets: HEAD_RULE_SETS,
    args,
    differences: [DIFFERENCE],
    examples: [
      {
        given: 'GET / HTTP/1.1\r\nX-Forwarded-For: 192.168.10.1, 192.168.13.24, 10.0.0.37\r\n\r\n',
        text: 'replace-value X-Forwarded-For ^192\\.168\\.(.*)$ 172.16.\\1',
        result: 'x-forwarded-for: 172.16.10.1,172.16.13.24, 10.0.0.37',
      },
      {
        given: 'HTTP/1.1 200 OK\r\nCache-Control: max-age=3600, public\r\n\r\n',
        text: 'replace-value Cache-control ^public$ private',
        result: 'cache-control: max-age=3600,private',
      },
    ],
    check: framingProblem,
    compile({ name, regex, fmt }, compiler, ruleSet): ActionRun {
      const id = headerIdOf(name);
      const replace = compileReplacement(regex, fmt, compiler);
      const head = headOf(ruleSet);
      const rewrite = (line: string, stream: RuleStream) =>
        delimitedParts(line, (part) => replace(part, stream));
      return (stream) => {
        head(stream)?.mapValues(id, name, rewrite, stream);
        return Verdict.CONTINUE;
      };
    },
  }),
] as const;
