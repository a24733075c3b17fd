/** Actions that edit the fields of a head: set-header, add-header, del-header (manual section 4.4). */
import { headerIdOf } from '../http/header-id.ts';
import { arg } from '../keyword/arg.ts';
import { compileUserRegex } from '../sample/user-regex.ts';
import { type ActionRun, defineAction, Verdict } from './declare.ts';
import { hostChanged } from './host-field.ts';
import { headOf, isFramingField } from './message-head.ts';
import { headerNameArg, lineFormatArg, textArg } from './text-args.ts';

export const HEAD_RULE_SETS = ['http-request', 'http-response', 'http-after-response'] as const;

const FRAMING_DIFFERENCE =
  'Content-Length and Transfer-Encoding are refused: where a message ends is not for rules to say.';

function framingProblem({ name }: { readonly name: string }): string | undefined {
  return isFramingField(name)
    ? `'${name}' says where the message ends: rules cannot change it in Fairlead`
    : undefined;
}

const GIVEN = 'GET / HTTP/1.1\r\nX-Site: old\r\nX-Other: 1\r\n\r\n';

export const headerActions = [
  defineAction({
    name: 'set-header',
    summary: 'Gives a header one value, built from a log format, in place of all it had.',
    ruleSets: HEAD_RULE_SETS,
    args: { name: headerNameArg, fmt: lineFormatArg() },
    differences: [FRAMING_DIFFERENCE],
    examples: [
      {
        given: GIVEN,
        text: 'set-header X-Site %[req.hdr(x-site)]-%ci',
        result: 'x-other: 1\r\nx-site: old-192.0.2.7',
      },
      {
        given: 'GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n',
        text: 'set-header Host c',
        result: 'GET http://c/b HTTP/1.1\r\nhost: c',
      },
    ],
    check: framingProblem,
    compile({ name, fmt }, compiler, ruleSet): ActionRun {
      const id = headerIdOf(name);
      const value = compiler.logFormat(fmt);
      const head = headOf(ruleSet);
      const isHost = name === 'host' && ruleSet === 'http-request';
      return (stream) => {
        const target = head(stream);
        if (target === null) return Verdict.CONTINUE;
        target.set(id, name, value(stream));
        if (isHost) hostChanged(target);
        return Verdict.CONTINUE;
      };
    },
  }),
  defineAction({
    name: 'add-header',
    summary: 'Adds a header behind the others, and leaves those of the same name alone.',
    ruleSets: HEAD_RULE_SETS,
    args: { name: headerNameArg, fmt: lineFormatArg() },
    differences: [FRAMING_DIFFERENCE],
    examples: [
      {
        given: GIVEN,
        text: 'add-header X-Site www',
        result: 'x-site: old\r\nx-other: 1\r\nx-site: www',
      },
    ],
    check: framingProblem,
    compile({ name, fmt }, compiler, ruleSet): ActionRun {
      const value = compiler.logFormat(fmt);
      const head = headOf(ruleSet);
      return (stream) => {
        head(stream)?.add(name, value(stream));
        return Verdict.CONTINUE;
      };
    },
  }),
  defineAction({
    name: 'del-header',
    summary: 'Removes all headers of a name, or all whose lower-case name a method matches.',
    ruleSets: HEAD_RULE_SETS,
    args: { name: textArg('name'), method: arg.named(arg.oneOf('str', 'beg', 'end', 'sub', 'reg'), '-m') },
    differences: ['Content-Length and Transfer-Encoding are never removed.'],
    examples: [
      { given: GIVEN, text: 'del-header x-site', result: 'x-other: 1' },
      { given: GIVEN, text: 'del-header X- -m beg', result: '' },
      { given: GIVEN, text: 'del-header -site -m end', result: 'x-other: 1' },
      { given: GIVEN, text: 'del-header oth -m sub', result: 'x-site: old' },
      { given: GIVEN, text: 'del-header ^x-[a-r] -m reg', result: 'x-site: old' },
    ],
    check({ name, method }) {
      if (method !== 'reg') return undefined;
      const compiled = compileUserRegex(name, { ignoreCase: false });
      return typeof compiled === 'string'
        ? `regular expression '${name}' for <name> is refused: ${compiled}`
        : undefined;
    },
    compile({ name, method = 'str' }, _compiler, ruleSet): ActionRun {
      const head = headOf(ruleSet);
      const lower = name.toLowerCase();
      if (method === 'str') {
        const id = headerIdOf(lower);
        if (isFramingField(lower)) return () => Verdict.CONTINUE;
        return (stream) => {
          head(stream)?.remove(id, lower);
          return Verdict.CONTINUE;
        };
      }
      const matches = method === 'reg' ? regexMatch(name) : NAME_MATCHES[method](lower);
      const isRemoved = (field: string) => matches(field) && !isFramingField(field);
      return (stream) => {
        head(stream)?.removeWhere(isRemoved);
        return Verdict.CONTINUE;
      };
    },
  }),
] as const;

type NameMatch = (field: string) => boolean;

const NAME_MATCHES: { readonly [method in 'beg' | 'end' | 'sub']: (wanted: string) => NameMatch } = {
  beg: (wanted) => (field) => field.startsWith(wanted),
  end: (wanted) => (field) => field.endsWith(wanted),
  sub: (wanted) => (field) => field.includes(wanted),
};

/** Matched against lower-case names, and by case: as in HAProxy, an expression with capitals finds nothing. */
function regexMatch(pattern: string): NameMatch {
  const compiled = compileUserRegex(pattern, { ignoreCase: false });
  if (typeof compiled === 'string') throw new Error(`regular expression '${pattern}': ${compiled}`);
  const { regex } = compiled;
  return (field) => regex.test(field);
}
