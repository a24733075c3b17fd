/** The kinds of work: how load is made, and how many requests that was. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Cores, onCores } from '../support/cores.ts';
import { findProgram } from '../support/programs.ts';
import type { Mode } from './contenders.ts';

export interface LoadRequest {
  readonly port: number;
  /** It ends with so many requests, */
  readonly requests: number;
  /** or with the time. Whole seconds. */
  readonly seconds: number;
  /** Where the load generator runs. */
  readonly cores: Cores;
}

export interface LoadResult {
  /** Answered in full. */
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
  run(request: LoadRequest): Promise<LoadResult>;
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
  {
    ...wrk('/', 64),
    name: 'site',
    title: 'A site: forwardfor, httplog to UDP, five ACLs; keep-alive, 64 connections',
    mode: 'site',
  },
];

/** Throws a RangeError for a name that no work has. */
export function workNamed(name: string): Work {
  const work = WORKS.find((candidate) => candidate.name === name);
  if (work !== undefined) return work;
  throw new RangeError(`no work is called ${name}; there are ${WORKS.map((known) => known.name).join(', ')}`);
}

type Load = Pick<Work, 'tool' | 'run'>;

const EXACT_COUNT = fileURLToPath(new URL('exact-count.lua', import.meta.url));

/** One thread of wrk. What is under way when it ends is not counted: at most one request a connection. */
export function wrk(path: string, connections: number): Load {
  return {
    tool: 'wrk',
    run: async ({ port, requests, seconds, cores }) => {
      const headers = HEADERS.flatMap((header) => ['-H', header]);
      const isCounted = Number.isFinite(requests);
      const counts = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`];
      const text = await output(
        cores,
        'wrk',
        [...counts, ...headers, ...(isCounted ? ['-s', EXACT_COUNT] : []), `http://127.0.0.1:${port}${path}`],
        { REQUESTS: String(requests) },
      );
      const found = /(\d+) requests in ([\d.]+)(us|ms|s|m)/.exec(text);
      const problem = /^ *(Non-2xx.*|Socket errors.*)$/m.exec(text)?.[1] ?? '';
      const took = Number(found?.[2] ?? 0) * (SECONDS[found?.[3] ?? 's'] ?? 1);
      return { requests: Number(found?.[1] ?? 0), seconds: took, problem };
    },
  };
}

const SECONDS: { readonly [unit: string]: number } = { us: 1e-6, ms: 1e-3, s: 1, m: 60 };

/** ab ends its test at this many requests even when time is left. */
const AB_MOST_REQUESTS = 10_000_000;

export function ab(concurrency: number): Load {
  return {
    tool: 'ab',
    run: async ({ port, requests, seconds, cores }) => {
      const headers = HEADERS.slice(1).flatMap((header) => ['-H', header]);
      // -t sets -n to 50,000: the count must come behind it.
      const counts = ['-t', String(seconds), '-n', String(Math.min(requests, AB_MOST_REQUESTS))];
      const text = await output(cores, 'ab', [
        '-q',
        '-c',
        String(concurrency),
        ...counts,
        ...headers,
        `http://127.0.0.1:${port}/`,
      ]);
      const complete = Number(/^Complete requests: +(\d+)/m.exec(text)?.[1] ?? 0);
      const failed = Number(/^Failed requests: +(\d+)/m.exec(text)?.[1] ?? 0);
      const refused = Number(/^Non-2xx responses: +(\d+)/m.exec(text)?.[1] ?? 0);
      const took = Number(/^Time taken for tests: +([\d.]+)/m.exec(text)?.[1] ?? seconds);
      const broken = /apr_\w+: .*?\)/.exec(text)?.[0];
      const problem = broken ?? (failed + refused === 0 ? '' : `${failed} failed, ${refused} not 2xx`);
      return { requests: complete, seconds: took, problem };
    },
  };
}

function output(
  cores: Cores,
  program: string,
  programArgs: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<string> {
  const { path, args } = onCores(cores, findProgram(program)!, programArgs);
  const options = { maxBuffer: 1 << 24, env: { ...process.env, ...environment } };
  return new Promise((resolve) => {
    execFile(path, args, options, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
