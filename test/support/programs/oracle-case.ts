/**
 * What a case of the oracle suite is: a few lines of configuration, a script of client and origin actions, and the
 * origins' answers, all of it data. It is played through HAProxy and Fairlead; what must agree is everything that
 * clients, origins, log receivers and `show stat` saw.
 */

/** What is compared. */
export type OutcomePart = 'clients' | 'origins' | 'log' | 'counters';

/**
 * An origin's answer to a target, latin1, sent when the request is complete; `<early>` before it: when its head is
 * there; `<close>` or `<reset>` behind it ends the connection; `<hold>` alone: nothing is sent, a step will. A list
 * answers the first request for the target, the second and so on; its last entry serves the rest.
 */
export type ScriptedReply = string | readonly string[];

export interface OracleCase {
  /** A sentence or the beginning of one; unique in its family. */
  readonly name: string;
  /** Lines of the case's `listen` section, or of its frontend where `back` is given. `<me>` is the section's name. */
  readonly with?: readonly string[];
  /** Lines of its backend, which is called `<me>-back`. */
  readonly back?: readonly string[];
  /** Server lines: `o`, `p`, `q` are origins, `gone` refuses connections; `name@o maxconn 1` names one otherwise. */
  readonly servers?: readonly string[];
  /** Whole further sections. */
  readonly sections?: readonly string[];
  readonly replies?: { readonly [target: string]: ScriptedReply };
  readonly steps: readonly Step[];
  /** Log lines; by default one for each answer that the steps wait for, and at least one for each client. */
  readonly logs?: number | { readonly haproxy: number; readonly fairlead: number };
  /** Why Fairlead is meant to differ; the parts in `differsIn` must differ then, the others must not. */
  readonly knownDifference?: string;
  readonly differsIn?: readonly OutcomePart[];
  /** What is wrong with Fairlead here, until it is repaired. */
  readonly open?: string;
}

export interface Family {
  readonly name: string;
  /** More lines of its `defaults` and `global` sections. */
  readonly defaults?: readonly string[];
  readonly global?: readonly string[];
  /** Files, latin1, by name: `<file:name>` in a line is the path of one. */
  readonly files?: { readonly [name: string]: string };
  readonly cases: readonly OracleCase[];
}

/** One action; a client's first action connects it. */
export type Step =
  | { readonly kind: 'connect'; readonly client: string }
  | { readonly kind: 'send'; readonly client: string; readonly text: string }
  | {
      readonly kind: 'answers';
      readonly client: string;
      readonly count: number;
      readonly heads: readonly number[];
    }
  | { readonly kind: 'until'; readonly client: string; readonly text: string }
  | { readonly kind: 'probe'; readonly client: string; readonly heads: readonly number[] }
  | { readonly kind: 'fin' | 'reset' | 'eof' | 'idle'; readonly client: string }
  | { readonly kind: 'arrived' | 'received'; readonly origin: string; readonly target: string }
  | { readonly kind: 'says'; readonly origin: string; readonly text: string }
  | { readonly kind: 'drops' | 'breaks' | 'left'; readonly origin: string }
  | { readonly kind: 'logged'; readonly count: number }
  | { readonly kind: 'settle' };

/** The client of steps that name none. */
const FIRST = 'a';

/** Connects and sends nothing. */
export const connect: Step = { kind: 'connect', client: FIRST };

/** Sends text, all at once. */
export function send(...texts: readonly string[]): Step {
  return { kind: 'send', client: FIRST, text: texts.join('') };
}

/** Waits until so many whole answers came on the connection; `heads` are places, from 0, of answers to HEAD. */
export function answers(count: number, heads: readonly number[] = []): Step {
  return { kind: 'answers', client: FIRST, count, heads };
}

/** Waits for a text among what came. */
export function until(text: string): Step {
  return { kind: 'until', client: FIRST, text };
}

/** One more request and its answer: the connection lives. Scripts that end without saying how end with it. */
export const probe: Step = { kind: 'probe', client: FIRST, heads: [] };
/** The same behind an only answer that was to HEAD. */
export const probeBehindHead: Step = { kind: 'probe', client: FIRST, heads: [0] };
/** The client closes its side. */
export const fin: Step = { kind: 'fin', client: FIRST };
/** The client resets the connection. */
export const reset: Step = { kind: 'reset', client: FIRST };
/** The program must close the connection. */
export const eof: Step = { kind: 'eof', client: FIRST };
/** The connection is left as it is: neither probed nor waited for. */
export const idle: Step = { kind: 'idle', client: FIRST };
/** All that was sent before has been read by the program. */
export const settle: Step = { kind: 'settle' };

/** So many log lines of this case have come. */
export function logged(count: number): Step {
  return { kind: 'logged', count };
}

/** A request's head has reached the origin. */
export function arrived(target: string, origin = 'o'): Step {
  return { kind: 'arrived', origin, target };
}

/** A whole request has reached the origin. */
export function received(target: string, origin = 'o'): Step {
  return { kind: 'received', origin, target };
}

/** The origin sends this on the connection of the request that came last. */
export function says(text: string, origin = 'o'): Step {
  return { kind: 'says', origin, text };
}

/** The origin closes that connection. */
export function drops(origin = 'o'): Step {
  return { kind: 'drops', origin };
}

/** The origin resets that connection. */
export function breaks(origin = 'o'): Step {
  return { kind: 'breaks', origin };
}

/** The program has closed that connection; how is noted. */
export function left(origin = 'o'): Step {
  return { kind: 'left', origin };
}

/** The same action by another client. */
export function by(client: string, step: Step): Step {
  return 'client' in step ? { ...step, client } : step;
}

/** A request without a body. */
export function get(target: string, ...fields: readonly string[]): string {
  return message(`GET ${target} HTTP/1.1`, fields);
}

/** Any request line, with a Host field. */
export function ask(line: string, ...fields: readonly string[]): string {
  return message(line, fields);
}

/** A request with a length and its body. */
export function post(target: string, body: string, ...fields: readonly string[]): string {
  return `${message(`POST ${target} HTTP/1.1`, [...fields, `Content-Length: ${body.length}`])}${body}`;
}

/** A request whose body is the chunks as they are given. */
export function postChunked(target: string, chunks: string, ...fields: readonly string[]): string {
  return `${message(`POST ${target} HTTP/1.1`, [...fields, 'Transfer-Encoding: chunked'])}${chunks}`;
}

function message(line: string, fields: readonly string[]): string {
  return [line, 'Host: example.com', ...fields, '', ''].join('\r\n');
}

/** An answer with a length. */
export function ok(body = '', ...fields: readonly string[]): string {
  return status('200 OK', body, ...fields);
}

export function status(line: string, body = '', ...fields: readonly string[]): string {
  return [`HTTP/1.1 ${line}`, ...fields, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

/** A response head without any framing of its own. */
export function head(line: string, ...fields: readonly string[]): string {
  return [line, ...fields, '', ''].join('\r\n');
}

/** Bytes as chunks that each carry one text, ended by the last chunk. */
export function chunks(...texts: readonly string[]): string {
  return `${texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`;
}

/** The log lines that a script causes. */
export function logLinesOf({ logs, steps }: OracleCase, subject: 'haproxy' | 'fairlead'): number {
  if (logs !== undefined) return typeof logs === 'number' ? logs : logs[subject];
  let lines = 0;
  for (const client of clientsOf(steps)) lines += Math.max(1, answersOf(steps, client));
  return lines;
}

/** Clients by first mention. */
export function clientsOf(steps: readonly Step[]): string[] {
  return [...new Set(steps.flatMap((step) => ('client' in step ? [step.client] : [])))];
}

/** Answers that the steps of a client wait for, and that of the probe behind them. */
function answersOf(steps: readonly Step[], client: string): number {
  let count = 0;
  let probes = isProbed(steps, client) ? 1 : 0;
  for (const step of steps) {
    if (!('client' in step) || step.client !== client) continue;
    if (step.kind === 'answers') count = Math.max(count, step.count);
    else if (step.kind === 'probe') probes++;
  }
  return count + probes;
}

/** Whether the script of a client ends without saying how the connection stands: then a probe shows it. */
export function isProbed(steps: readonly Step[], client: string): boolean {
  const own = steps.filter((step) => 'client' in step && step.client === client);
  const last = own.at(-1)!;
  return last.kind === 'answers' || last.kind === 'send' || last.kind === 'until';
}
