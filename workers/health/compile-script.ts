/** Compiles the lines of a backend's checks to the steps that a dialogue plays, once for each server (manual section 4.2). */
import type { ProxyModel } from '../../config/model/model.ts';
import { byteStringOf } from '../../src/bytes/byte-text.ts';
import { samples } from '../../src/catalog.ts';
import type { CheckScript, CheckStep, ExpectStep, ExpectTest } from '../../src/health/check-script.ts';
import { headerTest, httpCheckRequest, statusPatternTest, statusTest } from '../../src/health/http-check.ts';
import type { HeaderField } from '../../src/health/http-response.ts';
import { CheckStatus } from '../../src/health/status.ts';
import type { ExpressionModel, LogFormatModel } from '../../src/keyword/language-model.ts';
import { compileLogText } from '../../src/log/compile-log-format.ts';
import { compileExpressionAs } from '../../src/sample/compile-expression.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import { compileUserRegex } from '../../src/sample/user-regex.ts';
import type { CommentLine, ConnectLine, ExpectLine, HeaderPart } from '../../src/settings/check-words.ts';
import type { CheckMethod, CheckText, HttpExpectMatch, HttpSendLine } from '../../src/settings/checks.ts';
import type { TcpExpectMatch, TcpSendLine } from '../../src/settings/tcp-checks.ts';
import { CHECK_SITE } from './check-view.ts';

export interface ScriptSite {
  readonly view: StreamView;
  /** The value of X-Haproxy-Server-State now. */
  stateText(): string;
}

type Line = HttpSendLine | TcpSendLine | ConnectLine | CommentLine | ExpectLine<string>;
/** A line that is a step, with its place from 1 and the comment that stands before it or in it. */
interface PlacedLine {
  readonly line: Exclude<Line, CommentLine>;
  readonly place: number;
  readonly comment: string;
}

const CONNECT: CheckStep = { kind: 'connect', place: 0, comment: '', host: '', port: 0, lingers: false };

export function compileScript({ settings }: ProxyModel, site: ScriptSite): CheckScript {
  const { checkMethod, httpCheckLines = [], tcpCheckLines = [] } = settings;
  if (checkMethod?.kind === 'http')
    return {
      kind: 'http',
      steps: httpSteps(placedLines(httpCheckLines), checkMethod, settings.httpCheckSendsState === true, site),
      isConditionalOn404: settings.httpCheckDisablesOn404 === true,
    };
  if (checkMethod === undefined || tcpCheckLines.length === 0)
    return { kind: 'none', steps: [CONNECT], isConditionalOn404: false };
  const steps = placedLines(tcpCheckLines).map((placed) => tcpStep(placed, site));
  return { kind: 'tcp', steps: connectedFirst(steps), isConditionalOn404: false };
}

/** A comment line belongs to the step behind it, unless that has its own. */
function placedLines(lines: readonly Line[]): PlacedLine[] {
  let comment = '';
  return lines.flatMap((line, index) => {
    if (line.kind === 'comment') {
      comment = line.comment;
      return [];
    }
    const placed = { line, place: index + 1, comment: line.comment === '' ? comment : line.comment };
    comment = '';
    return [placed];
  });
}

function connectedFirst(steps: readonly CheckStep[]): CheckStep[] {
  return steps[0]?.kind === 'connect' ? [...steps] : [CONNECT, ...steps];
}

/** What HAProxy adds: a connection, a request where none is written, and a last look at the status. */
function httpSteps(
  lines: readonly PlacedLine[],
  method: Extract<CheckMethod, { kind: 'http' }>,
  sendsState: boolean,
  site: ScriptSite,
): CheckStep[] {
  const request = { method, sendsState, site };
  const steps: CheckStep[] = [];
  let requests = 0;
  for (const { line, place, comment } of lines) {
    if (line.kind === 'send') {
      const send = line as HttpSendLine;
      steps.push({
        kind: 'send',
        place,
        comment,
        text: requestText(send, { ...request, isFirst: requests++ === 0 }),
      });
      continue;
    }
    if (line.kind === 'expect' && requests === 0) {
      requests++;
      steps.push(defaultSend(request));
    }
    steps.push(
      line.kind === 'connect'
        ? connectStep(line, place, comment, site)
        : httpExpectStep(line as ExpectLine<HttpExpectMatch>, place, comment, site),
    );
  }
  if (requests === 0 || steps.at(-1)?.kind === 'connect') steps.push(defaultSend(request));
  if (steps.at(-1)!.kind === 'send') steps.push({ ...DEFAULT_EXPECT, test: statusTest('200-399') });
  return connectedFirst(steps);
}

interface RequestSite {
  readonly method: Extract<CheckMethod, { kind: 'http' }>;
  readonly sendsState: boolean;
  readonly site: ScriptSite;
  /** The first request takes what `option httpchk` says where its own line is silent. */
  readonly isFirst: boolean;
}

function defaultSend(request: Omit<RequestSite, 'isFirst'>): CheckStep {
  return {
    kind: 'send',
    place: 0,
    comment: '',
    text: requestText(NO_SEND_LINE, { ...request, isFirst: true }),
  };
}

const NO_SEND_LINE: HttpSendLine = {
  kind: 'send',
  method: null,
  uri: null,
  version: null,
  headers: [],
  body: null,
  comment: '',
};

function requestText(line: HttpSendLine, { method, sendsState, site, isFirst }: RequestSite): () => string {
  const uri = compileCheckText(line.uri ?? (isFirst ? method.uri : '/'), site);
  const body = compileCheckText(line.body ?? '', site);
  const own = line.headers.map(({ name, value }) => ({ name, value: compileCheckText(value, site) }));
  const inherited = isFirst && own.length === 0 ? headersOf(method.headerLines) : [];
  const fixed = {
    method: line.method ?? (isFirst ? method.method : 'OPTIONS'),
    version: line.version ?? (isFirst ? method.version : 'HTTP/1.0'),
  };
  return () => {
    const headers = [...inherited, ...own.map(({ name, value }) => ({ name, value: value() }))];
    if (sendsState) headers.push({ name: 'x-haproxy-server-state', value: site.stateText() });
    return httpCheckRequest({ ...fixed, uri: uri(), headers, body: body() });
  };
}

function headersOf(lines: string): HeaderField[] {
  return lines.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 ? [{ name: line.slice(0, colon), value: line.slice(colon + 1).trim() }] : [];
  });
}

function tcpStep({ line, place, comment }: PlacedLine, site: ScriptSite): CheckStep {
  if (line.kind === 'connect') return connectStep(line, place, comment, site);
  if (line.kind === 'expect')
    return {
      ...expectBase(line, place, comment, site),
      test: contentTest(line as ExpectLine<TcpExpectMatch>, site),
    };
  const { text, isHex } = line as TcpSendLine;
  const made = compileCheckText(text, site);
  return { kind: 'send', place, comment, text: isHex ? () => bytesOf(made()) : made };
}

function connectStep(
  { host, port, lingers }: ConnectLine,
  place: number,
  comment: string,
  site: ScriptSite,
): CheckStep {
  const known = typeof port === 'number' ? port : numberOf(port, site)();
  return { kind: 'connect', place, comment, host, port: known, lingers };
}

// Expectations.

const EXPECT = {
  kind: 'expect',
  place: 0,
  comment: '',
  isNegated: false,
  minimumBytes: -1,
  okStatus: null,
  errorStatus: null,
  timeoutStatus: null,
  onSuccess: null,
  onError: null,
  statusCode: null,
} as const;
const DEFAULT_EXPECT = EXPECT;

const STATUSES: { readonly [name: string]: CheckStatus } = {
  L4OK: CheckStatus.L4_OK,
  L6OK: CheckStatus.L6_OK,
  L7OK: CheckStatus.L7_OK,
  L7OKC: CheckStatus.L7_OK_CONDITIONAL,
  L4CON: CheckStatus.L4_ERROR,
  L6RSP: CheckStatus.L6_RESPONSE,
  L7RSP: CheckStatus.L7_RESPONSE,
  L7STS: CheckStatus.L7_STATUS,
  L4TOUT: CheckStatus.L4_TIMEOUT,
  L6TOUT: CheckStatus.L6_TIMEOUT,
  L7TOUT: CheckStatus.L7_TIMEOUT,
};

function expectBase(
  line: ExpectLine<string>,
  place: number,
  comment: string,
  site: ScriptSite,
): Omit<ExpectStep, 'test'> {
  const { okStatus, errorStatus, timeoutStatus, onSuccess, onError, statusCode } = line;
  return {
    kind: 'expect',
    place,
    comment,
    isNegated: line.isNegated,
    minimumBytes: line.minReceived,
    okStatus: STATUSES[okStatus] ?? null,
    errorStatus: STATUSES[errorStatus] ?? null,
    timeoutStatus: STATUSES[timeoutStatus] ?? null,
    onSuccess: onSuccess === null ? null : compileCheckText(onSuccess, site),
    onError: onError === null ? null : compileCheckText(onError, site),
    statusCode: statusCode === null ? null : numberOf(statusCode, site),
  };
}

function httpExpectStep(
  line: ExpectLine<HttpExpectMatch>,
  place: number,
  comment: string,
  site: ScriptSite,
): ExpectStep {
  return { ...expectBase(line, place, comment, site), test: httpTest(line, site) };
}

function httpTest(line: ExpectLine<HttpExpectMatch>, site: ScriptSite): ExpectTest {
  const { match, pattern } = line;
  if (pattern.kind === 'header')
    return headerTest({
      acceptsName: headerMatcher(pattern.name, site, true),
      acceptsValue: pattern.value === null ? null : headerMatcher(pattern.value, site, false),
      splitsLists: match === 'hdr',
    });
  if (match === 'status' && pattern.kind === 'text') return statusTest(pattern.text);
  if (match === 'rstatus' && pattern.kind === 'text') return statusPatternTest(regexOf(pattern.text));
  return contentTest({ match: match as TcpExpectMatch, pattern }, site);
}

function contentTest(
  { match, pattern }: Pick<ExpectLine<TcpExpectMatch>, 'match' | 'pattern'>,
  site: ScriptSite,
): ExpectTest {
  if (pattern.kind === 'format') return formatTest(match, pattern.format, site);
  const text = pattern.kind === 'text' ? pattern.text : '';
  const bytes = match === 'binary' ? bytesOf(text) : byteStringOf(text);
  const includes = (content: string): boolean => content.includes(bytes);
  const exact = { on: 'content', leastBytes: bytes.length, accepts: includes } as const;
  if (match === 'string') return { ...exact, name: `string '${bytes}'`, mismatch: `'${bytes}'` };
  if (match === 'binary') return { ...exact, name: `binary '${bytes}'`, mismatch: '(binary)' };
  const regex = regexOf(text);
  if (match === 'rstring')
    return {
      on: 'content',
      leastBytes: 0,
      name: 'regex',
      mismatch: '(regex)',
      accepts: (content) => regex.test(content),
    };
  return {
    on: 'content',
    leastBytes: 0,
    name: 'binary regex',
    mismatch: '(binary regex)',
    accepts: (content) => regex.test(Buffer.from(content, 'latin1').toString('hex').toUpperCase()),
  };
}

function formatTest(match: TcpExpectMatch, format: LogFormatModel, site: ScriptSite): ExpectTest {
  const made = compileCheckText(format, site);
  const isHex = match === 'binary-lf';
  const name = `log-format ${isHex ? 'binary' : 'string'}`;
  return {
    on: 'content',
    leastBytes: 0,
    name,
    mismatch: `(${name})`,
    accepts: (content) => content.includes(isHex ? bytesOf(made()) : made()),
  };
}

/** Names of headers match in any case. */
function headerMatcher(part: HeaderPart, site: ScriptSite, isName: boolean): (text: string) => boolean {
  if (part.method === 'reg') {
    const regex = regexOf(part.text as string, isName);
    return (text) => regex.test(text);
  }
  const made = compileCheckText(part.text, site);
  const wanted = isName ? () => made().toLowerCase() : made;
  switch (part.method) {
    case 'beg':
      return (text) => text.startsWith(wanted());
    case 'end':
      return (text) => text.endsWith(wanted());
    case 'sub':
      return (text) => text.includes(wanted());
    default:
      return (text) => text === wanted();
  }
}

// Texts.

/** Text as it stands, or made from a format each time; byte strings. */
function compileCheckText(text: CheckText, { view }: ScriptSite): () => string {
  if (typeof text === 'string') {
    const bytes = byteStringOf(text);
    return () => bytes;
  }
  const made = compileLogText(text, { site: CHECK_SITE, samples });
  return () => made(view);
}

function numberOf(expression: ExpressionModel, { view }: ScriptSite): () => number {
  const evaluate = compileExpressionAs(expression, 'sint', samples);
  return () => Number(evaluate(view) ?? 0);
}

function regexOf(source: string, ignoreCase = false): RegExp {
  const compiled = compileUserRegex(byteStringOf(source), { ignoreCase });
  if (typeof compiled === 'string') throw new Error(`'${source}' is not a regular expression: ${compiled}`);
  return compiled.regex;
}

function bytesOf(hex: string): string {
  return Buffer.from(hex, 'hex').latin1Slice();
}
