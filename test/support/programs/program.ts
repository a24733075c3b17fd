/**
 * Starts Fairlead or HAProxy on a configuration, with listening sockets that it inherits, and ends it so that
 * nothing of it survives.
 *
 * In a configuration `"fd@${www}"` is the listener `www`. It is ready when it answers; until then connections wait
 * in the socket's queue, so that tests need not wait at all.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAIRLEAD, fairleadAsHaproxy, findProgram } from '../oracle.ts';
import { listeningSocket, type OwnedPort } from './listening-sockets.ts';

export type Subject = 'haproxy' | 'fairlead';

export interface ProgramOptions {
  /** The configuration file's text, or its bytes. */
  readonly config: string | Uint8Array;
  /** Names of the listeners it inherits. */
  readonly listeners?: readonly string[];
  /** More environment. */
  readonly environment?: { readonly [name: string]: string };
  /** Arguments behind `-f FILE`; by default `-db`. */
  readonly args?: readonly string[];
  /** All arguments, for another command line than HAProxy's. */
  commandLine?(file: string): readonly string[];
  /** Name of the configuration file; by default `program.cfg`. */
  readonly fileName?: string;
  /** Another launcher, or Fairlead by its own name. */
  readonly path?: string;
  /** Working folder. */
  readonly folder?: string;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// The test runner's own end.
process.once('SIGTERM', () => process.exit(1));

let fairlead = '';

/** The path that runs a subject: Fairlead goes by the name haproxy, so that log tags agree. */
export function pathOf(subject: Subject): string {
  if (subject === 'haproxy') return findProgram('haproxy')!;
  if (fairlead === '') fairlead = fairleadAsHaproxy();
  return fairlead;
}

export { FAIRLEAD };

export class Program {
  readonly folder: string;
  /** The configuration file. */
  readonly file: string;
  readonly child: ChildProcess;
  /** Resolves when it has ended and every process that held its output has. */
  readonly ended: Promise<ProgramEnd>;
  readonly #sockets: ReadonlyMap<string, OwnedPort>;
  #areSocketsClosed = false;
  #output = '';

  private constructor(
    folder: string,
    file: string,
    child: ChildProcess,
    sockets: ReadonlyMap<string, OwnedPort>,
  ) {
    this.folder = folder;
    this.file = file;
    this.child = child;
    this.#sockets = sockets;
    running.add(child);
    child.stdout!.setEncoding('utf8').on('data', (text: string) => this.#print(text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#print(text));
    this.ended = once(child, 'close').then(([code, signal]) => {
      running.delete(child);
      // Clients in the queues would wait for ever for a program that is gone.
      this.closeSockets();
      return { code, signal } as ProgramEnd;
    });
  }

  static start(subject: Subject, options: ProgramOptions): Program {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-program-'));
    const file = join(folder, options.fileName ?? 'program.cfg');
    writeFileSync(file, options.config);
    const sockets = new Map((options.listeners ?? []).map((name) => [name, listeningSocket()]));
    const environment: Record<string, string | undefined> = { ...process.env, ...options.environment };
    [...sockets.keys()].forEach((name, i) => {
      environment[name] = String(3 + i);
    });
    const path = options.path ?? pathOf(subject);
    const child = spawn(path, options.commandLine?.(file) ?? ['-f', file, ...(options.args ?? ['-db'])], {
      cwd: options.folder ?? folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', ...[...sockets.values()].map(({ fd }) => fd)],
    });
    return new Program(folder, file, child, sockets);
  }

  /** What it has printed on both streams. */
  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get pid(): number {
    return this.child.pid!;
  }

  port(listener: string): number {
    const socket = this.#sockets.get(listener);
    if (socket === undefined) throw new Error(`the test has no listener '${listener}'`);
    return socket.port;
  }

  /** An empty folder for a test's own files; it is left to the system to remove. */
  static folder(): string {
    return mkdtempSync(join(tmpdir(), 'fairlead-test-'));
  }

  /** Resolves when a request to a port that it binds itself is answered. Rejects when it ends instead. */
  async serves(port: number): Promise<void> {
    while (!(await answers(port))) {
      if (this.hasEnded) throw new Error(`it ended instead of serving:\n${this.#output}`);
    }
  }

  /** Resolves when a port that it bound refuses connections, or it has ended. */
  async refuses(port: number): Promise<void> {
    while (!this.hasEnded && (await connects(port)));
  }

  /** The configuration file, for a reload. */
  rewrite(config: string): void {
    writeFileSync(this.file, config);
  }

  /** Resolves when what it has printed matches; rejects when it ends first. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      const more = new Promise<true>((resolve) => {
        this.#onPrint = () => resolve(true);
      });
      const isAlive = await Promise.race([more, this.ended.then(() => false)]);
      if (!isAlive && !pattern.test(this.#output))
        throw new Error(`it ended without printing ${pattern}:\n${this.#output}`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it by a signal, if it still runs. Throws an Error that names the children that are left. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<ProgramEnd> {
    const pids = descendants(this.pid);
    if (!this.hasEnded) this.child.kill(signal);
    const end = await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
    const left = pids.filter(isAlive);
    if (left.length > 0) throw new Error(`processes ${left.join(', ')} outlived their master`);
    return end;
  }

  closeSockets(): void {
    if (this.#areSocketsClosed) return;
    this.#areSocketsClosed = true;
    for (const socket of this.#sockets.values()) socket.close();
  }

  #onPrint: () => void = () => {};

  #print(text: string): void {
    this.#output += text;
    this.#onPrint();
  }
}

/** The processes below this one. */
export function descendants(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Neither gone nor waiting for its parent to notice. */
export function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}`)) return false;
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}

/** Whether a request gets the beginning of an answer. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write('GET /ready HTTP/1.1\r\nHost: ready\r\nConnection: close\r\n\r\n');
    });
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
