/**
 * A program that balances HTTP requests over origins of the test's own: which origin answered each of a list of
 * requests, one after the other on one connection.
 */
import { once } from 'node:events';
import net from 'node:net';
import { Program, type Subject } from '../support/programs/program.ts';

export interface BalanceCase {
  /** Arguments of `balance`; '' leaves the line away. */
  readonly balance: string;
  readonly lines?: readonly string[];
  /** Options of each server, in order. */
  readonly servers: readonly string[];
  readonly steps: readonly BalanceStep[];
}

/** A line for the runtime API, or requests. */
export type BalanceStep = { readonly command: string } | { readonly requests: readonly string[] };

/** Origins that answer each request with their number. */
export class NumberedOrigins {
  readonly ports: number[] = [];
  readonly #servers: net.Server[] = [];
  readonly #sockets = new Set<net.Socket>();

  static async start(count: number): Promise<NumberedOrigins> {
    const origins = new NumberedOrigins();
    for (let index = 0; index < count; index++) await origins.#add(index);
    return origins;
  }

  async #add(index: number): Promise<void> {
    const body = String(index);
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const server = net.createServer((socket) => {
      let rest = '';
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        const heads = (rest + bytes.toString('latin1')).split('\r\n\r\n');
        rest = heads.pop()!;
        socket.write(answer.repeat(heads.length));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#servers.push(server);
    this.ports.push((server.address() as net.AddressInfo).port);
  }

  stop(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

function configuration({ balance, lines = [], servers }: BalanceCase, ports: readonly number[]): string {
  return [
    'global',
    '  nbthread 1',
    '  stats socket "fd@${cli}" level admin',
    'defaults',
    '  mode http',
    '  timeout client 1m',
    '  timeout server 1m',
    '  timeout connect 1m',
    'listen main',
    '  bind "fd@${www}"',
    ...(balance === '' ? [] : [`  balance ${balance}`]),
    ...lines.map((line) => `  ${line}`),
    ...servers.map((options, i) => `  server s${i} 127.0.0.1:${ports[i]} ${options}`),
    '',
  ].join('\n');
}

/** Plays a case: what each step gave, the numbers of the origins or what the runtime API said. */
export async function playBalance(
  subject: Subject,
  one: BalanceCase,
  ports: readonly number[],
): Promise<string[]> {
  const program = Program.start(subject, {
    config: configuration(one, ports),
    listeners: ['www', 'cli'],
  });
  const results: string[] = [];
  try {
    for (const step of one.steps) {
      if ('command' in step) results.push(await told(program, step.command));
      else results.push((await answersOf(program, step.requests)).join(' '));
    }
  } finally {
    await program.stop();
  }
  return results;
}

/** The answer to one line of the runtime API, to its end. */
async function told(program: Program, line: string): Promise<string> {
  const socket = net.connect(program.port('cli'), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${line}\n`);
  let text = '';
  for await (const bytes of socket) text += String(bytes);
  return text;
}

/** `GET /a` and further lines: the origin of each answer, or the status of one that no origin gave. */
async function answersOf(program: Program, requests: readonly string[]): Promise<string[]> {
  const socket = net.connect(program.port('www'), '127.0.0.1');
  const answers: string[] = [];
  const incoming = socket[Symbol.asyncIterator]();
  let text = '';
  for (const request of requests) {
    socket.write(Buffer.from(`${request}\r\n\r\n`, 'latin1'));
    let answer = takeAnswer(text);
    while (answer === null) {
      const { value, done } = await incoming.next();
      if (done === true) throw new Error(`the connection closed at ${request}:\n${program.output}`);
      text += String(value);
      answer = takeAnswer(text);
    }
    text = text.slice(answer.length);
    answers.push(answer.from);
  }
  socket.destroy();
  return answers;
}

function takeAnswer(text: string): { readonly from: string; readonly length: number } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const size = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  const length = end + 4 + size;
  if (text.length < length) return null;
  const status = text.slice(9, 12);
  return { from: status === '200' ? text.slice(end + 4, length) : status, length };
}
