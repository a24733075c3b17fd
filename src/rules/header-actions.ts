/** Actions that edit the fields of a head: set-header, add-header, del-header (manual section 4.4). */
import type { HttpHead } from '../http/head.ts';
import { headerIdOf } from '../http/header-id.ts';
import { arg } from '../keyword/arg.ts';
import type { RuleSetName } from '../keyword/site.ts';
import { type ActionRun, defineAction, type RuleStream, Verdict } from './declare.ts';
import { readHeaderName } from './header-name.ts';

const HEAD_RULE_SETS = ['http-request', 'http-response', 'http-after-response'] as const;

const headerName = arg.custom({
  what: 'name',
  schema: { type: 'string', pattern: "^[-!#$%&'*+.^_`|~0-9A-Za-z]+$" },
  good: ['X-Forwarded-Proto'],
  bad: ['a b', 'a:'],
  read: (word, _site, name) => readHeaderName(word, name),
});

/** The head a rule set works on. */
export function headOf(ruleSet: RuleSetName): (stream: RuleStream) => HttpHead | null {
  return ruleSet === 'http-request' ? (stream) => stream.request : (stream) => stream.response;
}

export const headerActions = [
  defineAction({
    name: 'set-header',
    summary: 'Gives a header one value, built from a log format, in place of all it had.',
    ruleSets: HEAD_RULE_SETS,
    args: { name: headerName, fmt: arg.logFormat() },
    examples: [
      {
        given: 'GET / HTTP/1.1\r\nX-Site: old\r\n\r\n',
        text: 'set-header X-Site www',
        result: 'x-site: www',
      },
    ],
    compile({ name, fmt }, compiler, ruleSet): ActionRun {
      const lower = name.toLowerCase();
      const id = headerIdOf(lower);
      const value = compiler.logFormat(fmt);
      const head = headOf(ruleSet);
      return (stream) => {
        head(stream)?.set(id, lower, fieldValue(value(stream)));
        return Verdict.CONTINUE;
      };
    },
  }),
  defineAction({
    name: 'add-header',
    summary: 'Adds a header behind the others, and leaves those of the same name alone.',
    ruleSets: HEAD_RULE_SETS,
    args: { name: headerName, fmt: arg.logFormat() },
    examples: [
      {
        given: 'GET / HTTP/1.1\r\nX-Site: old\r\n\r\n',
        text: 'add-header X-Site www',
        result: 'x-site: old\r\nx-site: www',
      },
    ],
    compile({ name, fmt }, compiler, ruleSet): ActionRun {
      const lower = name.toLowerCase();
      const value = compiler.logFormat(fmt);
      const head = headOf(ruleSet);
      return (stream) => {
        head(stream)?.add(lower, fieldValue(value(stream)));
        return Verdict.CONTINUE;
      };
    },
  }),
  defineAction({
    name: 'del-header',
    summary:
      'Removes all headers whose name is the given one, or begins, ends or contains it by -m beg, end or sub.',
    ruleSets: HEAD_RULE_SETS,
    args: { name: headerName, method: arg.named(arg.oneOf('str', 'beg', 'end', 'sub'), '-m') },
    differences: ['`-m reg` is not supported yet.'],
    examples: [
      {
        given: 'GET / HTTP/1.1\r\nX-Site: old\r\nX-Other: 1\r\n\r\n',
        text: 'del-header x-site',
        result: 'x-other: 1',
      },
    ],
    compile({ name, method = 'str' }, _compiler, ruleSet): ActionRun {
      const lower = name.toLowerCase();
      const id = headerIdOf(lower);
      const head = headOf(ruleSet);
      if (method === 'str') {
        return (stream) => {
          head(stream)?.remove(id, lower);
          return Verdict.CONTINUE;
        };
      }
      const matches = NAME_MATCHES[method];
      return (stream) => {
        head(stream)?.removeWhere((field) => matches(field, lower));
        return Verdict.CONTINUE;
      };
    },
  }),
] as const;

const NAME_MATCHES = {
  beg: (field: string, wanted: string) => field.startsWith(wanted),
  end: (field: string, wanted: string) => field.endsWith(wanted),
  sub: (field: string, wanted: string) => field.includes(wanted),
} as const;

/** Bytes that no field value may hold become `%XX` (manual section 8.2.6: only what HTTP forbids is replaced). */
function fieldValue(value: string): string {
  return FORBIDDEN.test(value) ? value.replace(FORBIDDEN_ALL, percentEncode) : value;
}

const FORBIDDEN = /[\0-\x08\x0a-\x1f\x7f]/;
const FORBIDDEN_ALL = /[\0-\x08\x0a-\x1f\x7f]/g;

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
