/** Rules as text, run on a stream that is a plain object, and what they left. */

import { tokenizeLine } from '../../config/haproxy-cfg/tokenize.ts';
import type { SectionDraft } from '../../config/link/draft.ts';
import { Report } from '../../config/link/report.ts';
import { StatementSite } from '../../config/link/statement-site.ts';
import { findAction, samples } from '../../src/catalog.ts';
import { FIELD, type HttpHead } from '../../src/http/head.ts';
import { encodeRequestHead, encodeResponseHead } from '../../src/http1/encode-head.ts';
import type { LogFormatModel, RuleModel } from '../../src/keyword/language-model.ts';
import type { Place, RuleSetName } from '../../src/keyword/site.ts';
import { type Word, Words } from '../../src/keyword/words.ts';
import { compileLogText } from '../../src/log/compile-log-format.ts';
import type { LogSite } from '../../src/log/declare.ts';
import type { Compiler, Reply, RuleStream, Verdict } from '../../src/rules/declare.ts';
import { compileExpression } from '../../src/sample/compile-expression.ts';
import { createStream, type StreamInput } from './stream-view.ts';

export const SITE: LogSite = { pid: 4711, hostName: 'edge1', requestLineMaxBytes: 1023, isEarly: false };

export const compiler: Compiler = {
  expression: (model) => compileExpression(model, samples),
  logFormat: (model) => compileLogText(model, { site: SITE, samples }),
};

const END = { file: 'example', line: 1, column: 1000 };

/** A place in a section; `files` are what is found, by path, and warnings are kept in its report. */
export function siteAt(
  place: Place,
  files: { readonly [path: string]: string } = {},
): { readonly site: StatementSite; readonly report: Report } {
  const draft: SectionDraft = {
    kind: 'listen',
    name: 'example',
    at: END,
    source: '',
    base: null,
    entries: [],
    acls: new Map(),
  };
  const report = new Report();
  const readFile = (path: string): Uint8Array => {
    const text = files[path];
    if (text === undefined) throw new Error(`no file ${path}`);
    return Buffer.from(text, 'utf8');
  };
  const site = new StatementSite({
    draft,
    report,
    source: '',
    basePath: '/',
    readFile,
    place,
    keyword: place,
  });
  return { site, report };
}

export function wordsOf(line: string): readonly Word[] {
  const { words, diagnostics } = tokenizeLine(line, {
    file: 'example',
    line: 1,
    section: '',
    environment: new Map<string, string>(),
  });
  if (diagnostics.length > 0) throw new Error(`${line}: ${diagnostics[0]!.problem}`);
  return words;
}

export interface ParsedRule {
  readonly rule: RuleModel;
  readonly warnings: readonly string[];
}

/** The rule `<action> [arguments]`. Throws what parsing throws. */
export function parseRule(
  ruleSet: RuleSetName,
  text: string,
  files?: { readonly [path: string]: string },
): ParsedRule {
  const { site, report } = siteAt(ruleSet, files);
  const rule = site.parseRule(ruleSet, new Words(wordsOf(text), END));
  return { rule, warnings: report.diagnostics.map(({ problem }) => problem) };
}

export function formatOf(text: string, place: Place = 'http-request'): LogFormatModel {
  return siteAt(place).site.parseLogFormat({ text, at: { file: 'example', line: 1, column: 1 } });
}

/** A stream that keeps what rules did to it. */
export interface TracedStream extends RuleStream {
  readonly denied: string[];
  logLevel: number | null;
  mayRetry: boolean;
}

export function traced(input: StreamInput): TracedStream {
  const stream: TracedStream = {
    ...createStream(input),
    reply: null,
    denied: [],
    logLevel: null,
    mayRetry: true,
    countDenied(side) {
      stream.denied.push(side);
    },
    setLogLevel(level) {
      stream.logLevel = level;
    },
    disableRetries() {
      stream.mayRetry = false;
    },
    errorReply: (status, termination): Reply => ({
      status,
      termination,
      reason: 'page',
      headers: [],
      body: Buffer.alloc(0),
      closes: false,
    }),
  };
  return stream;
}

export interface Outcome {
  readonly verdict: Verdict;
  readonly stream: TracedStream;
}

/** Runs one rule without its condition. */
export function run(
  ruleSet: RuleSetName,
  text: string,
  input: StreamInput,
  files?: { readonly [path: string]: string },
): Outcome {
  const { rule } = parseRule(ruleSet, text, files);
  const action = findAction(ruleSet, rule.action.name)!;
  const stream = traced(input);
  return { verdict: action.compile(rule.action.args as never, compiler, ruleSet)(stream), stream };
}

/** A head as it is sent, without the empty line at its end. */
export function sent(head: HttpHead): string {
  const out = Buffer.alloc(64 * 1024);
  const end =
    head.status === 0
      ? encodeRequestHead(head, out, 0, false)
      : encodeResponseHead(head, out, 0, 11, true, false);
  if (end < 0) throw new Error(`a head with ${head.fieldCount * FIELD.STRIDE} entries does not fit`);
  return out.latin1Slice(0, end).replace(/\r\n\r\n$/, '');
}

/** A reply as it would be sent but for the Connection field. */
export function sentReply({ status, reason, headers, body }: Reply): string {
  const lines = headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n${body.latin1Slice(0, body.length)}`;
}
