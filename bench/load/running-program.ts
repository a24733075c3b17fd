/** A program under load: started in a folder of its own, ready when it answers, ended by its process number. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cores, onCores } from '../support/cores.ts';
import { type ReservedPort, reservePort } from '../support/reserved-port.ts';
import type { Contender, Mode, Placement } from './contenders.ts';

/** How long to rest between two looks whether it answers; short against the start-up time that is measured. */
const LOOK_AGAIN_MS = 2;

export interface StartRequest {
  readonly mode: Mode;
  readonly originPort: number;
  readonly workers: number;
  /** Connections it must allow. */
  readonly maxconn: number;
  readonly logPort?: number;
  /** Where it runs; by default on all cores. */
  readonly cores?: Cores;
  readonly config?: (placement: Placement) => string;
  /** More environment. */
  readonly environment?: { readonly [name: string]: string };
  /** Is handed all that it prints. */
  readonly onOutput?: (text: string) => void;
}

export class RunningProgram {
  readonly contender: Contender;
  readonly port: number;
  /** Its own, gone when it stops. */
  readonly folder: string;
  /** From exec to the first answer, in milliseconds. */
  startUpMs = 0;
  readonly #child: ChildProcess;
  readonly #reserved: ReservedPort;
  #output = '';

  private constructor(contender: Contender, request: StartRequest) {
    this.contender = contender;
    this.#reserved = reservePort();
    this.port = this.#reserved.port;
    this.folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
    const { mode, originPort, workers, maxconn, logPort = 0, config = null, cores = '' } = request;
    const place = {
      mode,
      originPort,
      workers,
      maxconn,
      logPort,
      config,
      port: this.port,
      folder: this.folder,
    };
    const command = contender.prepare(place);
    const { path, args } = onCores(cores, command.path, command.args);
    this.#child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.folder,
      env: { ...process.env, ...request.environment, FAIRLEAD_RUNTIME_DIR: this.runtimeFolder },
    });
    const keep = (text: Buffer) => {
      this.#output = (this.#output + text.toString()).slice(-4000);
      request.onOutput?.(text.toString());
    };
    this.#child.stdout!.on('data', keep);
    this.#child.stderr!.on('data', keep);
    running.set(this.#child, this.folder);
  }

  /** Resolves when it answers a request. Rejects with its output when it ends instead. */
  static async start(contender: Contender, request: StartRequest): Promise<RunningProgram> {
    const startedAt = performance.now();
    const program = new RunningProgram(contender, request);
    while (!(await answers(program.port))) {
      if (program.hasEnded)
        throw new Error(`${contender.name} ended instead of serving:\n${program.#output}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    program.startUpMs = performance.now() - startedAt;
    return program;
  }

  /** Fairlead's: its control socket lies there. */
  get runtimeFolder(): string {
    return join(this.folder, 'run');
  }

  /** The end of what it printed. */
  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async stop(): Promise<void> {
    if (!this.hasEnded) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    running.delete(this.#child);
    this.#reserved.release();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** With their folders, for a benchmark that ends before it has stopped them. */
const running = new Map<ChildProcess, string>();
process.once('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Whether a request gets the beginning of an answer. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write('GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n');
    });
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
