/**
 * Starts the built program for a scenario test, under any name, and waits on what it says and does. Everything it
 * starts ends with the test.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { BoundSocket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../../bin/fairlead', import.meta.url));
const BUILT = fileURLToPath(new URL('../../../dist/master.js', import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A folder of the test's own, gone behind it, with the program linked under both its names. */
export class Bench {
  readonly folder: string;
  readonly #context: TestContext;

  constructor(context: TestContext) {
    if (!existsSync(BUILT)) throw new Error('dist/master.js is missing: run `npm run build`');
    this.#context = context;
    this.folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'));
    for (const name of ['fairlead', 'haproxy']) symlinkSync(LAUNCHER, join(this.folder, name));
    context.after(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Starts `haproxy` or `fairlead` with these arguments. */
  start(args: readonly string[], options: StartOptions = {}): RunningMaster {
    const running = new RunningMaster(this.path(options.name ?? 'haproxy'), args, this.folder, options);
    this.#context.after(() => running.destroy());
    return running;
  }
}

export interface StartOptions {
  readonly name?: 'haproxy' | 'fairlead';
  readonly env?: { readonly [name: string]: string };
  /** Descriptors that it inherits, from 3. */
  readonly fds?: readonly number[];
}

export class RunningMaster {
  readonly child: ChildProcess;
  /** Settles when the process and all that held its output are gone. */
  readonly exit: Promise<Exit>;
  stdout = '';
  stderr = '';
  readonly #waiting = new Set<() => void>();

  constructor(program: string, args: readonly string[], folder: string, options: StartOptions) {
    this.child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe', ...(options.fds ?? [])],
      cwd: folder,
      env: { ...process.env, ...options.env },
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#said('stdout', text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#said('stderr', text));
    this.exit = once(this.child, 'close').then(([code, signal]) => ({ code, signal }) as Exit);
    this.exit.then(() => this.#wake());
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isGone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it in order, so that it leaves nothing behind on the machine. */
  async destroy(): Promise<void> {
    if (!this.isGone) this.child.kill('SIGTERM');
    await this.exit;
  }

  /** Resolves to the match when stderr or stdout has it `count` times; rejects when the process ends first. */
  async says(pattern: RegExp, count = 1): Promise<RegExpMatchArray> {
    for (;;) {
      const matches = [...`${this.stderr}${this.stdout}`.matchAll(new RegExp(pattern, 'g'))];
      if (matches.length >= count) return matches[count - 1]!;
      if (this.isGone) throw new Error(`ended without saying ${pattern}:\n${this.stderr}${this.stdout}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** With `-W`: the pid of the `count`-th worker process, once it serves. */
  async worker(count = 1): Promise<number> {
    await this.says(/Loading success/, count);
    return Number((await this.says(/New worker \((\d+)\) forked/, count))[1]);
  }

  #said(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** A port of 127.0.0.1 that nobody has. */
export function freePort(): number {
  const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
  const { port } = bound.address();
  bound.close();
  return port;
}

/** A configuration that answers every request with a text of its own. */
export function answering(port: number | string, text: string, global = ''): string {
  return `global
  nbthread 2
  ${global}
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend www
  bind ${typeof port === 'number' ? `127.0.0.1:${port}` : port}
  http-request return status 200 content-type text/plain string "${text}"
`;
}

/** The body of one request on a connection of its own. Rejects as node:http does. */
export function fetchText(target: number | string): Promise<string> {
  const where = typeof target === 'number' ? { host: '127.0.0.1', port: target } : { socketPath: target };
  return new Promise((resolve, reject) => {
    const request = get({ ...where, path: '/', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });
}

/** What a socket answers to some lines until it closes. */
export function talk(path: string, lines: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ path, allowHalfOpen: true }, () => socket.end(lines));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** Whether a process exists and is no zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

/** Waits until a process is gone. Its descriptors are closed a moment before that; one that stays would hang the test. */
export async function goneAtLast(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
}
