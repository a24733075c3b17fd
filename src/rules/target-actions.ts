/** Actions that rewrite the request target: set-path, set-query, replace-uri and their kin (manual section 4.4). */
import type { HttpHead } from '../http/head.ts';
import { pathStart } from '../sample/request-target.ts';
import { type ActionRun, defineAction, Verdict } from './declare.ts';
import { targetChanged } from './host-field.ts';
import { compileReplacement } from './replacement.ts';
import { lineFormatArg, regexArg } from './text-args.ts';

const DIFFERENCES = [
  'Blanks and control characters of the new value are sent as %XX, and the target of CONNECT stays as it is.',
];

const ORIGIN = 'GET /bar?q=1 HTTP/1.1\r\nHost: a\r\n\r\n';
const ABSOLUTE = 'GET http://a/bar?q=1 HTTP/1.1\r\nHost: a\r\n\r\n';

/** The range of a target that an action replaces; undefined when the target has no such part. */
type PartOf = (target: string) => readonly [start: number, end: number] | undefined;

function queryAt(target: string): number {
  const at = target.indexOf('?');
  return at < 0 ? target.length : at;
}

const pathOf: PartOf = (target) => {
  const start = pathStart(target);
  return start < 0 ? undefined : [start, Math.max(start, queryAt(target))];
};

const pathAndQueryOf: PartOf = (target) => {
  const start = pathStart(target);
  return start < 0 ? undefined : [start, target.length];
};

const wholeOf: PartOf = (target) => [0, target.length];

/** Puts a value into the target; what would end the request line early is encoded. */
function writeTarget(head: HttpHead, target: string): void {
  head.replacedTarget = UNSAFE.test(target) ? target.replace(UNSAFE_ALL, percentEncoded) : target;
}

const UNSAFE = /[\0- \x7f]/;
const UNSAFE_ALL = /[\0- \x7f]/g;

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

interface SetInput {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly { readonly given: string; readonly text: string; readonly result: string }[];
  /** The new target. */
  edit(target: string, value: string): string;
  readonly changesAuthority?: boolean;
}

function defineSet({ edit, changesAuthority = false, ...input }: SetInput) {
  return defineAction({
    ...input,
    ruleSets: ['http-request'],
    args: { fmt: lineFormatArg() },
    differences: DIFFERENCES,
    compile({ fmt }, compiler): ActionRun {
      const text = compiler.logFormat(fmt);
      return (stream) => {
        const head = stream.request;
        if (head === null || head.method === 'CONNECT') return Verdict.CONTINUE;
        writeTarget(head, edit(head.target(), text(stream)));
        if (changesAuthority) targetChanged(head);
        return Verdict.CONTINUE;
      };
    },
  });
}

interface ReplaceInput {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly { readonly given: string; readonly text: string; readonly result: string }[];
  readonly partOf: PartOf;
  readonly changesAuthority?: boolean;
}

function defineReplace({ partOf, changesAuthority = false, ...input }: ReplaceInput) {
  return defineAction({
    ...input,
    ruleSets: ['http-request'],
    args: { regex: regexArg, fmt: lineFormatArg('replace-fmt') },
    differences: DIFFERENCES,
    compile({ regex, fmt }, compiler): ActionRun {
      const replace = compileReplacement(regex, fmt, compiler);
      return (stream) => {
        const head = stream.request;
        if (head === null || head.method === 'CONNECT') return Verdict.CONTINUE;
        const target = head.target();
        const part = partOf(target);
        const value = part === undefined ? undefined : replace(target.slice(...part), stream);
        if (part === undefined || value === undefined) return Verdict.CONTINUE;
        writeTarget(head, target.slice(0, part[0]) + value + target.slice(part[1]));
        if (changesAuthority) targetChanged(head);
        return Verdict.CONTINUE;
      };
    },
  });
}

/** The target with another part; one that has no such part is replaced whole. */
function withPart(target: string, value: string, partOf: PartOf): string {
  const part = partOf(target);
  return part === undefined ? value : target.slice(0, part[0]) + value + target.slice(part[1]);
}

export const targetActions = [
  defineSet({
    name: 'set-path',
    summary: 'Gives the request another path; scheme, authority and query stay.',
    examples: [
      { given: ORIGIN, text: 'set-path /%[hdr(host)]%[path]', result: 'GET /a/bar?q=1 HTTP/1.1\r\nhost: a' },
      { given: ABSOLUTE, text: 'set-path /new', result: 'GET http://a/new?q=1 HTTP/1.1\r\nhost: a' },
      {
        given: 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
        text: 'set-path /new',
        result: 'OPTIONS /new HTTP/1.1\r\nhost: a',
      },
    ],
    edit: (target, value) => withPart(target, value, pathOf),
  }),
  defineSet({
    name: 'set-pathq',
    summary: 'Gives the request another path and query.',
    examples: [
      { given: ORIGIN, text: 'set-pathq /new', result: 'GET /new HTTP/1.1\r\nhost: a' },
      { given: ABSOLUTE, text: 'set-pathq /new?z=1', result: 'GET http://a/new?z=1 HTTP/1.1\r\nhost: a' },
    ],
    edit: (target, value) => withPart(target, value, pathAndQueryOf),
  }),
  defineSet({
    name: 'set-query',
    summary: 'Gives the request another query; a question mark that is there stays, even before nothing.',
    examples: [
      { given: ORIGIN, text: 'set-query z=%[query]', result: 'GET /bar?z=q=1 HTTP/1.1\r\nhost: a' },
      { given: ORIGIN, text: 'set-query %[hdr(none)]', result: 'GET /bar? HTTP/1.1\r\nhost: a' },
      {
        given: 'GET /bar HTTP/1.1\r\nHost: a\r\n\r\n',
        text: 'set-query z=1',
        result: 'GET /bar?z=1 HTTP/1.1\r\nhost: a',
      },
    ],
    edit(target, value) {
      const at = queryAt(target);
      return at === target.length && value === '' ? target : `${target.slice(0, at)}?${value}`;
    },
  }),
  defineSet({
    name: 'set-uri',
    summary: 'Gives the request another target; the authority of an absolute one becomes its host, too.',
    examples: [
      { given: ORIGIN, text: 'set-uri /u?v', result: 'GET /u?v HTTP/1.1\r\nhost: a' },
      {
        given: ORIGIN,
        text: 'set-uri http://other/u?v',
        result: 'GET http://other/u?v HTTP/1.1\r\nhost: other',
      },
    ],
    changesAuthority: true,
    edit: (_target, value) => value,
  }),
  defineReplace({
    name: 'replace-path',
    summary: 'Gives a path that a regular expression matches a new value.',
    examples: [
      { given: ORIGIN, text: 'replace-path (.*) /foo\\1', result: 'GET /foo/bar?q=1 HTTP/1.1\r\nhost: a' },
      {
        given: 'GET /foo/bar?q=1 HTTP/1.1\r\nHost: a\r\n\r\n',
        text: 'replace-path /foo/(.*) /\\1',
        result: 'GET /bar?q=1 HTTP/1.1\r\nhost: a',
      },
    ],
    partOf: pathOf,
  }),
  defineReplace({
    name: 'replace-pathq',
    summary: 'Gives a path and query that a regular expression matches a new value.',
    examples: [
      {
        given: ORIGIN,
        text: "replace-pathq '([^?]*)(\\?(.*))?' \\1/foo\\2",
        result: 'GET /bar/foo?q=1 HTTP/1.1\r\nhost: a',
      },
    ],
    partOf: pathAndQueryOf,
  }),
  defineReplace({
    name: 'replace-uri',
    summary: 'Gives a target that a regular expression matches a new value.',
    examples: [
      {
        given: ABSOLUTE,
        text: 'replace-uri ^http://(.*) https://\\1',
        result: 'GET https://a/bar?q=1 HTTP/1.1\r\nhost: a',
      },
      {
        given: ORIGIN,
        text: "replace-uri '([^/:]*://[^/]*)?(.*)' \\1/foo\\2",
        result: 'GET /foo/bar?q=1 HTTP/1.1\r\nhost: a',
      },
    ],
    changesAuthority: true,
    partOf: wholeOf,
  }),
] as const;
