/**
 * Plays the steps of a check in order; the words of its verdicts are HAProxy's, as observed.
 *
 * What came since the last send is kept for all expect steps behind it; a new connection or a send forgets it.
 */
import { type CheckDialogue, type Command, done, WAIT } from './check-dialogue.ts';
import { cutInfo } from './check-outcome.ts';
import type { CheckScript, CheckStep, ConnectStep, ExpectStep } from './check-script.ts';
import { HttpResponse } from './http-response.ts';
import { CheckStatus } from './status.ts';

/** What is known of the server when the check begins. */
export interface CheckedState {
  /** It takes traffic, so that a 404 may be conditional. */
  readonly isRunning: boolean;
}

export class ScriptDialogue implements CheckDialogue {
  readonly #script: CheckScript;
  readonly #state: CheckedState;
  #at = 0;
  #content = '';
  #hasEnded = false;
  #response: HttpResponse | null = null;

  constructor(script: CheckScript, state: CheckedState) {
    this.#script = script;
    this.#state = state;
  }

  begin(): Command {
    return this.#go();
  }

  connected(): Command {
    return this.#next();
  }

  sent(): Command {
    return this.#next();
  }

  received(text: string): Command {
    if (this.#response === null) this.#content += text;
    else this.#response.receive(text);
    return this.#isExpecting ? this.#go() : WAIT;
  }

  ended(): Command {
    this.#hasEnded = true;
    this.#response?.end();
    return this.#isExpecting ? this.#go() : WAIT;
  }

  failed(problem: string): Command {
    const isConnecting = this.#script.steps[this.#at]!.kind === 'connect';
    return this.#end(
      isConnecting ? CheckStatus.L4_ERROR : CheckStatus.SOCKET_ERROR,
      `${problem}${this.#whereabouts()}`,
    );
  }

  timedOut(): Command {
    const step = this.#script.steps[this.#at]!;
    if (step.kind === 'connect') return this.#end(CheckStatus.L4_TIMEOUT, this.#whereabouts());
    const status = step.kind === 'expect' ? step.timeoutStatus : null;
    return this.#end(status ?? CheckStatus.L7_TIMEOUT, this.#whereabouts());
  }

  get #isExpecting(): boolean {
    return this.#script.steps[this.#at]?.kind === 'expect';
  }

  #next(): Command {
    this.#at++;
    return this.#go();
  }

  /** Carries out steps until one needs the owner. */
  #go(): Command {
    for (;;) {
      const step = this.#script.steps[this.#at];
      if (step === undefined) return this.#pass();
      if (step.kind !== 'expect') return this.#ask(step);
      const command = this.#script.kind === 'http' ? this.#expectHttp(step) : this.#expectBytes(step);
      if (command !== null) return command;
      this.#at++;
    }
  }

  #ask(step: Exclude<CheckStep, ExpectStep>): Command {
    this.#content = '';
    if (step.kind === 'connect') {
      this.#hasEnded = false;
      return { do: 'connect', host: step.host, port: step.port, lingers: step.lingers };
    }
    const text = step.text();
    if (this.#script.kind === 'http') this.#response = new HttpResponse(text.startsWith('HEAD '));
    return { do: 'send', text };
  }

  // Null: the expectation holds.

  #expectBytes(step: ExpectStep): Command | null {
    const { test } = step;
    const content = this.#content;
    if (test.on === 'head') return null;
    if (content === '' && this.#hasEnded)
      return this.#end(
        step.errorStatus ?? CheckStatus.L7_RESPONSE,
        `TCPCHK got an empty response at step ${step.place}`,
      );
    if (!this.#hasEnded && (content === '' || content.length < bytesNeeded(step))) return WAIT;
    const isMatch = test.accepts(content);
    if (isMatch && !step.isNegated) return null;
    if (!isMatch && !this.#hasEnded) return WAIT;
    if (!isMatch && step.isNegated) return null;
    const what = isMatch ? 'matched unwanted content' : 'did not match content';
    return this.#miss(step, `TCPCHK ${what} ${test.mismatch} at step ${step.place}`);
  }

  #expectHttp(step: ExpectStep): Command | null {
    const response = this.#response!;
    if (response.state === 'invalid') return this.#miss({ ...step, onError: null }, '');
    if (response.state === 'partial') return WAIT;
    if (response.code === 404 && this.#script.isConditionalOn404 && this.#state.isRunning)
      return done(CheckStatus.L7_OK_CONDITIONAL, 404);
    if (step.test.on === 'content') return this.#expectBody(step, response);
    if (step.test.accepts(response) !== step.isNegated) return null;
    return this.#end(
      step.errorStatus ?? CheckStatus.L7_STATUS,
      step.onError?.() ?? `${response.reason}${commentOf(step)}`,
      step,
    );
  }

  #expectBody(step: ExpectStep, response: HttpResponse): Command | null {
    const { test } = step;
    if (test.on !== 'content') return null;
    const isWhole = response.state !== 'head' || this.#hasEnded;
    if (response.body === '')
      return isWhole ? this.#miss(step, 'HTTP content check could not find a response body') : WAIT;
    if (!isWhole && response.body.length < bytesNeeded(step)) return WAIT;
    const isMatch = test.accepts(response.body);
    if (isMatch && !step.isNegated) return null;
    if (!isMatch && !isWhole) return WAIT;
    if (!isMatch && step.isNegated) return null;
    return this.#miss(
      step,
      isMatch ? 'HTTP check matched unwanted content' : 'HTTP content check did not match',
    );
  }

  #miss(step: ExpectStep, text: string): Command {
    return this.#end(
      step.errorStatus ?? CheckStatus.L7_RESPONSE,
      `${step.onError?.() ?? text}${commentOf(step)}`,
      step,
    );
  }

  /** Ends with a status and its code, where it has one. */
  #end(status: CheckStatus, info: string, step?: ExpectStep): Command {
    return done(status, this.#codeFor(status, step), cutInfo(info));
  }

  #pass(): Command {
    const { kind, steps } = this.#script;
    const last = steps.at(-1)!;
    if (kind === 'none') return done(CheckStatus.L4_OK);
    const hasTalked = steps.some((step) => step.kind !== 'connect');
    const step = last.kind === 'expect' ? last : undefined;
    const status = step?.okStatus ?? (hasTalked ? CheckStatus.L7_OK : CheckStatus.L4_OK);
    return this.#end(status, step?.onSuccess?.() ?? (kind === 'tcp' ? '(tcp-check)' : ''), step);
  }

  #codeFor(status: CheckStatus, step: ExpectStep | undefined): number {
    if (status < CheckStatus.L7_OK) return -1;
    if (step?.statusCode != null) return step.statusCode();
    return this.#script.kind === 'http' ? (this.#response?.code ?? -1) : 0;
  }

  /** ` at step 2 of tcp-check (expect string 'PONG')`: what the check was at. */
  #whereabouts(): string {
    const step = this.#script.steps[this.#at]!;
    if (this.#script.kind !== 'tcp' || step.place === 0) return '';
    const comment = step.comment === '' ? '' : ` comment: '${step.comment}'`;
    return ` at step ${step.place} of tcp-check (${nameOf(step)})${comment}`;
  }
}

function bytesNeeded({ minimumBytes, test }: ExpectStep): number {
  const least = test.on === 'content' ? test.leastBytes : 0;
  if (minimumBytes < 0) return least;
  return least > 0 ? Math.min(least, minimumBytes) : minimumBytes;
}

function nameOf(step: CheckStep): string {
  if (step.kind === 'connect') return connectName(step);
  if (step.kind === 'send') return 'send';
  return step.test.on === 'content' ? `expect ${step.test.name}` : 'expect';
}

function connectName({ port }: ConnectStep): string {
  return port > 0 ? `connect port ${port}` : 'connect';
}

function commentOf({ comment }: { readonly comment: string }): string {
  return comment === '' ? '' : ` comment: ${comment}`;
}
