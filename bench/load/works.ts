/** The kinds of work: how load is made, and how many requests that was. */
import { execFile } from 'node:child_process';
import { findProgram } from '../support/programs.ts';
import type { Mode } from './contenders.ts';

export interface LoadResult {
  readonly requests: number;
  /** Seconds of wall clock. */
  readonly seconds: number;
  /** What went wrong, in the load generator's words; '' for nothing. */
  readonly problem: string;
}

export interface Work {
  readonly name: string;
  readonly title: string;
  readonly mode: Mode;
  /** Debian program that makes the load. */
  readonly tool: 'wrk' | 'ab';
  run(port: number, seconds: number): Promise<LoadResult>;
}

/** What browsers send, so that heads have a usual size. */
const HEADERS = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-us;q=0.7,en;q=0.3',
  'Accept-Encoding: gzip, deflate',
  'Cookie: session=0123456789abcdef0123456789abcdef',
];

export const WORKS: readonly Work[] = [
  { ...wrk('/', 64), name: 'small', title: 'Small keep-alive responses, 64 connections', mode: 'http' },
  { ...wrk('/bulk', 16), name: 'bulk', title: '1 MiB bodies, 16 connections', mode: 'http' },
  { ...ab(16), name: 'connection', title: 'A connection for each request, 16 at a time', mode: 'http' },
  { ...wrk('/', 64), name: 'tcp-small', title: 'TCP: small exchanges, 64 connections', mode: 'tcp' },
  { ...wrk('/bulk', 16), name: 'tcp-bulk', title: 'TCP: 1 MiB at a time, 16 connections', mode: 'tcp' },
];

type Load = Pick<Work, 'tool' | 'run'>;

function wrk(path: string, connections: number): Load {
  return {
    tool: 'wrk',
    run: async (port, seconds) => {
      const headers = HEADERS.flatMap((header) => ['-H', header]);
      const counts = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`];
      const text = await output('wrk', [...counts, ...headers, `http://127.0.0.1:${port}${path}`]);
      const found = /(\d+) requests in ([\d.]+)(m?s|m)/.exec(text);
      const problem = /^ *(Non-2xx.*|Socket errors.*)$/m.exec(text)?.[1] ?? '';
      return { requests: Number(found?.[1] ?? 0), seconds: Number(found?.[2] ?? seconds), problem };
    },
  };
}

/** ab ends its test at this many requests even when time is left. */
const AB_MOST_REQUESTS = 10_000_000;

function ab(concurrency: number): Load {
  return {
    tool: 'ab',
    run: async (port, seconds) => {
      const headers = HEADERS.slice(1).flatMap((header) => ['-H', header]);
      const counts = ['-q', '-c', String(concurrency), '-t', String(seconds), '-n', String(AB_MOST_REQUESTS)];
      const text = await output('ab', [...counts, ...headers, `http://127.0.0.1:${port}/`]);
      const requests = Number(/^Complete requests: +(\d+)/m.exec(text)?.[1] ?? 0);
      const failed = Number(/^Failed requests: +(\d+)/m.exec(text)?.[1] ?? 0);
      const refused = Number(/^Non-2xx responses: +(\d+)/m.exec(text)?.[1] ?? 0);
      const broken = /apr_\w+: .*?\)/.exec(text)?.[0];
      const problem = broken ?? (failed + refused === 0 ? '' : `${failed} failed, ${refused} not 2xx`);
      return { requests, seconds, problem };
    },
  };
}

function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(findProgram(program)!, args, { maxBuffer: 1 << 24 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
