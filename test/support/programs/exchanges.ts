/** The usual scripts of differential tests: send this, wait for that many answers, see whether the connection lives on. */
import type { Script } from './arena.ts';

export interface Case {
  /** A sentence's beginning: what is asked. */
  readonly name: string;
  readonly play: Script;
  /** Log lines it causes. */
  readonly lines: number;
  /** Why Fairlead is meant to differ from the installed HAProxy here. The test fails when it does not any more. */
  readonly differsBecause?: string;
}

export interface Sending {
  readonly to: string;
  /** latin1, all sent in one piece; or pieces, each sent when so many answers as pieces before it have come. */
  readonly bytes: string;
  /** Answers to wait for; by default one. */
  readonly answers?: number;
  /** Places, from 0, of answers to HEAD. */
  readonly heads?: readonly number[];
}

/** A request that every origin answers; behind others it shows that the connection is still good. */
const PROBE = 'GET /probe HTTP/1.1\r\nHost: probe\r\n\r\n';

/** The connection must serve another request afterwards. */
export function staysOpen(name: string, sending: Sending): Case {
  const { to, bytes, answers = 1, heads = [] } = sending;
  return {
    name,
    lines: answers + 1,
    play: async (stage) => {
      const client = stage.connect(to);
      client.send(bytes);
      await client.responses(answers, heads);
      client.send(PROBE);
      await client.responses(answers + 1, heads);
    },
  };
}

/** The program must close behind its answers. */
export function closes(name: string, sending: Sending): Case {
  const { to, bytes, answers = 1 } = sending;
  return {
    name,
    lines: answers,
    play: async (stage) => {
      const client = stage.connect(to);
      client.send(bytes);
      await client.closed();
    },
  };
}

/** A whole response. */
export function response(status: string, body = '', fields: readonly string[] = []): string {
  return [`HTTP/1.1 ${status}`, ...fields, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

/** A whole request. */
export function request(line: string, fields: readonly string[] = [], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: example.com', ...fields, '', body].join('\r\n');
}

/** These cases with the reason why Fairlead is meant to differ in them. */
export function differing(reason: string, cases: readonly Case[]): Case[] {
  return cases.map((one) => ({ ...one, differsBecause: reason }));
}
