/**
 * Runs one check on plain sockets of the main thread: a cold path. What is said and what comes of it is the dialogue's
 * (src/health/check-dialogue.ts); here are connections and times.
 */
import { connect, type Socket } from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import type { CheckDialogue, Command, Verdict } from '../../src/health/check-dialogue.ts';
import type { CheckPlan, CheckTarget } from './check-plan.ts';

/** A verdict and how long the check took. */
export interface TimedVerdict extends Verdict {
  readonly durationMs: number;
}

export interface RunningCheck {
  /** Ends it without a verdict. */
  abort(): void;
}

/** What a check needs of its plan, and how much of an answer it looks at: `tune.bufsize`. */
export interface CheckLimits
  extends Pick<CheckPlan, 'target' | 'interMs' | 'connectTimeoutMs' | 'answerTimeoutMs'> {
  readonly bufferBytes: number;
}

/** Starts a check. `onVerdict` comes once, later, unless it is aborted. */
export function runCheck(
  dialogue: CheckDialogue,
  limits: CheckLimits,
  onVerdict: (verdict: TimedVerdict) => void,
): RunningCheck {
  const run = new CheckRun(dialogue, limits, onVerdict);
  run.begin();
  return run;
}

class CheckRun implements RunningCheck {
  readonly #dialogue: CheckDialogue;
  readonly #limits: CheckLimits;
  readonly #onVerdict: (verdict: TimedVerdict) => void;
  readonly #startedAtMs = performance.now();
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isConnected = false;
  #lingers = false;
  #receivedBytes = 0;

  constructor(dialogue: CheckDialogue, limits: CheckLimits, onVerdict: (verdict: TimedVerdict) => void) {
    this.#dialogue = dialogue;
    this.#limits = limits;
    this.#onVerdict = onVerdict;
  }

  begin(): void {
    this.#do(this.#dialogue.begin());
  }

  abort(): void {
    this.#close();
  }

  #do(first: Command): void {
    let command = first;
    while (command.do === 'send') {
      this.#receivedBytes = 0;
      this.#socket!.write(command.text, 'latin1');
      command = this.#dialogue.sent();
    }
    if (command.do === 'connect') this.#connect(command);
    else if (command.do === 'done') this.#finish(command.verdict);
  }

  #connect({ host, port, lingers }: Extract<Command, { do: 'connect' }>): void {
    this.#close();
    this.#lingers = lingers;
    const { target, connectTimeoutMs } = this.#limits;
    this.#arm(connectTimeoutMs);
    const socket = open(target, host, port);
    this.#socket = socket;
    const ifCurrent =
      <T>(act: (value: T) => void) =>
      (value: T): void => {
        if (this.#socket === socket) act(value);
      };
    socket.on(
      'connect',
      ifCurrent(() => this.#onConnect()),
    );
    socket.on(
      'data',
      ifCurrent((bytes: Buffer) => this.#onData(bytes)),
    );
    socket.on(
      'end',
      ifCurrent(() => this.#do(this.#dialogue.ended())),
    );
    socket.on(
      'error',
      ifCurrent((error: NodeJS.ErrnoException) => this.#do(this.#dialogue.failed(errorText(error)))),
    );
  }

  #onConnect(): void {
    this.#isConnected = true;
    const { answerTimeoutMs, interMs } = this.#limits;
    const spentMs = performance.now() - this.#startedAtMs;
    this.#arm(answerTimeoutMs > 0 ? answerTimeoutMs : Math.max(1, interMs - spentMs));
    this.#do(this.#dialogue.connected());
  }

  /** What is more than the buffer takes is not looked at: the answer ends there. */
  #onData(bytes: Buffer): void {
    const room = this.#limits.bufferBytes - this.#receivedBytes;
    if (room <= 0) return;
    this.#receivedBytes += bytes.length;
    const socket = this.#socket;
    this.#do(this.#dialogue.received(bytes.latin1Slice(0, Math.min(room, bytes.length))));
    if (bytes.length >= room && this.#socket === socket) this.#do(this.#dialogue.ended());
  }

  #finish(verdict: Verdict): void {
    this.#close();
    this.#onVerdict({ ...verdict, durationMs: Math.floor(performance.now() - this.#startedAtMs) });
  }

  #arm(timeoutMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#do(this.#dialogue.timedOut()), timeoutMs);
  }

  /** Ends the connection there is: by a reset, which leaves nothing behind, unless it is to linger. */
  #close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    const wasConnected = this.#isConnected;
    this.#isConnected = false;
    if (socket === null) return;
    if (!wasConnected) socket.destroy();
    else if (this.#lingers) socket.end(() => socket.destroy());
    else socket.resetAndDestroy();
  }
}

function open(target: CheckTarget, host: string, port: number): Socket {
  const isElsewhere = host !== '' || port > 0;
  if (target.path !== '' && !isElsewhere) return connect({ path: target.path, allowHalfOpen: true });
  return connect({ host: host || target.host, port: port || target.port, allowHalfOpen: true });
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
