/**
 * Asks a real HAProxy what expressions and conditions give: one process, one request per case on loopback.
 * The case is chosen by a request header `x-case`, which every request sent here carries as its last field.
 */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { Program } from './programs/program.ts';

export const HAPROXY_PATH = '/usr/sbin/haproxy';
export const isOracleInstalled = existsSync(HAPROXY_PATH);

export interface OracleCase {
  /** A log-format text such as `%[path,lower]`, or a condition such as `{ path_beg /a }` when `isCondition`. */
  readonly text: string;
  /** The head without its last empty line, lines ended by CRLF: `GET / HTTP/1.1\r\nhost: a\r\n`. */
  readonly request: string;
  readonly isCondition: boolean;
  /** Lines before the rule, such as `acl a path /x`. */
  readonly lines?: readonly string[];
}

/**
 * The answers in order: the text of an expression, 'true' or 'false' for a condition, and the raw response where
 * HAProxy refused the request itself.
 */
export async function askOracle(cases: readonly OracleCase[]): Promise<string[]> {
  const program = Program.start('haproxy', {
    config: Buffer.from(configurationOf(cases), 'latin1'),
    listeners: ['front'],
  });
  try {
    const answers: string[] = [];
    for (const [index, one] of cases.entries()) {
      if (program.hasEnded) throw new Error(`haproxy ended: ${program.output}`);
      answers.push(await ask(program.port('front'), `${one.request}x-case: ${index}\r\n\r\n`));
    }
    return answers;
  } finally {
    await program.stop();
  }
}

function configurationOf(cases: readonly OracleCase[]): string {
  const lines = [
    'defaults',
    ' mode http',
    ' timeout client 10s',
    ' timeout server 10s',
    ' timeout connect 10s',
    'frontend fe',
    ' bind "fd@${front}"',
  ];
  for (const [index, one] of cases.entries()) {
    for (const line of one.lines ?? []) lines.push(` ${line}`);
    const isThis = `{ req.hdr(x-case) -m str ${index} }`;
    if (!one.isCondition)
      lines.push(
        ` http-request return status 200 content-type text/plain lf-string '<${one.text}>' if ${isThis}`,
      );
    else
      for (const side of alternativesOf(one.text))
        lines.push(
          ` http-request return status 200 content-type text/plain string "<true>" if ${isThis} ${side}`,
        );
  }
  lines.push(' http-request return status 200 content-type text/plain string "<false>"');
  return `${lines.join('\n')}\n`;
}

/** `a || b` cannot follow the case's own test in one condition: each alternative gets a rule. */
function alternativesOf(condition: string): string[] {
  return condition.split(/ \|\| | or /).map((side) => side.split(' ').map(quoted).join(' '));
}

/** A word as the configuration writes it, so that HAProxy sees it as it stands in the case. */
function quoted(word: string): string {
  return /[\\#"$]/.test(word) ? `'${word}'` : word;
}

function ask(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(request, 'latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(/\r\n\r\n<(.*)>$/s.exec(text)?.[1] ?? text));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      text = Buffer.concat(chunks).toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      const bodyAt = text.indexOf('\r\n\r\n') + 4;
      if (bodyAt > 3 && text.length >= bodyAt + length) socket.destroy();
    });
  });
}
