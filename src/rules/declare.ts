/** Declarations of actions: what a rule does when its condition holds. */
import type { Args, ValuesOf } from '../keyword/arg.ts';
import type { Declaration } from '../keyword/declaration.ts';
import type { ExpressionModel, LogFormatModel } from '../keyword/language-model.ts';
import type { RuleSetName } from '../keyword/site.ts';
import type { CompiledExpression } from '../sample/sample.ts';
import type { StreamView } from '../sample/stream-view.ts';

/** What a rule decides. CONTINUE goes to the next rule, STOP ends this rule set, REPLY ends the stream with `reply`. */
export const Verdict = { CONTINUE: 0, STOP: 1, REPLY: 2, CLOSE: 3 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** A response made here instead of by a server. The mux adds framing (content-length, connection). */
export interface Reply {
  readonly status: number;
  /** Empty takes the standard reason of the status. */
  readonly reason: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: Buffer;
  /** The client connection closes behind it. */
  readonly closes: boolean;
  /** Termination-state letters, as `PR` for a denied request, `LR` for one answered here (manual section 8.5). */
  readonly termination: string;
  /** What is logged and counted, where an error file says another status to the client. */
  readonly loggedStatus?: number;
  /**
   * An error page as its file has it, start line and all: the answer to what was no request. Empty: no answer. Absent
   * where the response was not made from a page.
   */
  readonly bytes?: Buffer;
  /** 10 for an error file that is written in HTTP/1.0: it is sent so. */
  readonly version?: 10;
}

/** What actions may do to a stream, besides looking at it. */
export interface RuleStream extends StreamView {
  /** Set by an action that returns Verdict.REPLY. */
  reply: Reply | null;
  /** Counts a denied request or response in frontend and backend. */
  countDenied(side: 'request' | 'response'): void;
  /** `disable-l7-retry`: the request is not sent again once a server has had it. */
  disableRetries(): void;
  /** The level of the stream's log line (src/log/levels.ts), or LOG_SILENT for no line. */
  setLogLevel(level: number): void;
  /** The error page of a status for this proxy: errorfile, http-errors or the default. A ready HTTP/1.1 response. */
  errorReply(status: number, termination: string): Reply;
}

export type ActionRun = (stream: RuleStream) => Verdict;

/** Turns parsed language into closures; handed to `compile`. */
export interface Compiler {
  expression(model: ExpressionModel): CompiledExpression;
  /** The text of a log format as a byte string. */
  logFormat(model: LogFormatModel): (stream: StreamView) => string;
}

/** Where a rule stands whose arguments are checked together. */
export interface CheckPlace {
  readonly ruleSet: RuleSetName;
  /** Says what has no effect. */
  warn(problem: string): void;
}

export interface ActionDeclaration<A extends Args = Args> extends Declaration<'action', A> {
  readonly ruleSets: readonly RuleSetName[];
  /** True when rules behind an unconditional one can never run (deny, return, redirect). */
  readonly isFinal: boolean;
  /** What is wrong with arguments that are right one by one, such as none of several being there; undefined if nothing. */
  check?(args: ValuesOf<A>, place: CheckPlace): string | undefined;
  compile(args: ValuesOf<A>, compiler: Compiler, ruleSet: RuleSetName): ActionRun;
}

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

export function defineAction<const A extends Args>(
  input: Optional<Omit<ActionDeclaration<A>, 'family'>, 'aliases' | 'differences' | 'isFinal'>,
): ActionDeclaration<A> {
  return Object.freeze({ aliases: [], differences: [], isFinal: false, ...input, family: 'action' as const });
}
