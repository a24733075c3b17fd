/**
 * Runs one health check on a plain socket of the main thread: a cold path.
 *
 * ```
 *   connecting ──connected──▶ asking ──verdict──▶ done(outcome)
 *       │ error: L4CON           │ error: SOCKERR
 *       └ timeout: L4TOUT        └ timeout: L7TOUT
 *   plain TCP checks are done as soon as they are connected.
 * ```
 */
import { connect, type Socket } from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import type { CheckOutcome } from '../../src/health/farm-server.ts';
import { httpCheckRequest, judgeHttpResponse } from '../../src/health/http-check.ts';
import { CheckStatus } from '../../src/health/status.ts';
import type { CheckPlan } from './check-plan.ts';

/** A response is judged by its first bytes: HAProxy's default of tune.bufsize. */
const RESPONSE_MAX_BYTES = 16_384;

export interface RunningCheck {
  /** Ends it without an outcome. */
  abort(): void;
}

/** Starts a check. `onOutcome` comes once, later, unless it is aborted. `isRunning`: the server takes traffic now. */
export function runCheck(
  plan: CheckPlan,
  isRunning: boolean,
  onOutcome: (outcome: CheckOutcome) => void,
): RunningCheck {
  return new CheckRun(plan, isRunning, onOutcome);
}

class CheckRun implements RunningCheck {
  readonly #plan: CheckPlan;
  readonly #isRunning: boolean;
  readonly #onOutcome: (outcome: CheckOutcome) => void;
  readonly #startedAtMs = performance.now();
  readonly #socket: Socket;
  #timer: NodeJS.Timeout;
  #isConnected = false;
  #isDone = false;
  #text = '';

  constructor(plan: CheckPlan, isRunning: boolean, onOutcome: (outcome: CheckOutcome) => void) {
    this.#plan = plan;
    this.#isRunning = isRunning;
    this.#onOutcome = onOutcome;
    this.#timer = setTimeout(() => this.#finish(CheckStatus.L4_TIMEOUT), plan.connectTimeoutMs);
    this.#socket =
      plan.path === '' ? connect({ host: plan.host, port: plan.port }) : connect({ path: plan.path });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#socket.on('end', () => this.#judge(true));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(error));
  }

  abort(): void {
    this.#end();
  }

  #connected(): void {
    this.#isConnected = true;
    const { http, answerTimeoutMs } = this.#plan;
    if (http === null) {
      this.#finish(CheckStatus.L4_OK);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#finish(CheckStatus.L7_TIMEOUT), answerTimeoutMs);
    this.#socket.write(httpCheckRequest(http), 'latin1');
  }

  #receive(bytes: Buffer): void {
    if (this.#isDone) return;
    this.#text += bytes.toString('latin1', 0, RESPONSE_MAX_BYTES - this.#text.length);
    this.#judge(this.#text.length >= RESPONSE_MAX_BYTES);
  }

  #judge(isComplete: boolean): void {
    const { http } = this.#plan;
    if (this.#isDone || http === null) return;
    const verdict = judgeHttpResponse(this.#text, http, { isComplete, isRunning: this.#isRunning });
    if (verdict !== null) this.#finish(verdict.status, verdict.code, verdict.info);
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#finish(this.#isConnected ? CheckStatus.SOCKET_ERROR : CheckStatus.L4_ERROR, -1, errorText(error));
  }

  #finish(status: CheckStatus, code = -1, info = ''): void {
    if (this.#isDone) return;
    this.#end();
    this.#onOutcome({ status, code, info, durationMs: Math.floor(performance.now() - this.#startedAtMs) });
  }

  #end(): void {
    this.#isDone = true;
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }
}

/** The C library's texts, which HAProxy prints, where Node's differ by more than their first letter. */
const OTHER_TEXTS = new Map([
  ['EHOSTUNREACH', 'No route to host'],
  ['ENOTFOUND', 'Name or service not known'],
]);

function errorText({ code = '', errno, message }: NodeJS.ErrnoException): string {
  const own = OTHER_TEXTS.get(code);
  if (own !== undefined) return own;
  const text = errno === undefined || errno >= 0 ? message : getSystemErrorMessage(errno);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
