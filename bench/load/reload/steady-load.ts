/** Load that goes on until it is told to stop, and then says what became of every request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram } from '../../support/programs.ts';

export interface SteadyResult {
  readonly requests: number;
  /** Refused, broken off, timed out, or answered with another status than 2xx. */
  readonly failed: number;
  /** The load generator's own words about what failed. */
  readonly problem: string;
}

/** Longer than any benchmark; whole seconds. */
const FOR_EVER_SECONDS = 36_000;
/** ab sets memory aside for each of them. */
const MOST_REQUESTS = 10_000_000;

export class SteadyLoad {
  readonly #child: ChildProcess;
  readonly #read: (text: string) => SteadyResult;
  #output = '';

  private constructor(program: string, args: readonly string[], read: (text: string) => SteadyResult) {
    this.#read = read;
    this.#child = spawn(findProgram(program)!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (text: Buffer) => {
      this.#output += text.toString();
    };
    this.#child.stdout!.on('data', keep);
    this.#child.stderr!.on('data', keep);
    process.once('exit', () => this.#child.kill('SIGKILL'));
  }

  /** Every request on a connection of its own. ab ends with the first connection that is refused: that fails it. */
  static fresh(port: number, concurrency: number): SteadyLoad {
    const counts = ['-t', String(FOR_EVER_SECONDS), '-n', String(MOST_REQUESTS), '-c', String(concurrency)];
    return new SteadyLoad('ab', ['-q', '-r', ...counts, `http://127.0.0.1:${port}/`], readAb);
  }

  /** Requests one behind the other on connections that stay. */
  static kept(port: number, connections: number): SteadyLoad {
    const counts = ['-t', '1', '-c', String(connections), '-d', `${FOR_EVER_SECONDS}s`];
    return new SteadyLoad('wrk', [...counts, `http://127.0.0.1:${port}/`], readWrk);
  }

  async stop(): Promise<SteadyResult> {
    if (this.#child.exitCode !== null)
      return { ...this.#read(this.#output), problem: `ended early: ${this.#output.slice(-500)}` };
    // Both print their figures on it.
    this.#child.kill('SIGINT');
    await once(this.#child, 'close');
    return this.#read(this.#output);
  }
}

function readAb(text: string): SteadyResult {
  const number = (name: string) => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const failed = number('Failed requests') + number('Non-2xx responses');
  const detail = /^ +\(Connect:.*\)$/m.exec(text)?.[0].trim() ?? '';
  const broken = /apr_\w+: .*?\)/.exec(text)?.[0] ?? '';
  return {
    requests: number('Complete requests'),
    failed: failed + (broken === '' ? 0 : 1),
    problem: broken || detail,
  };
}

function readWrk(text: string): SteadyResult {
  const requests = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
  const errors = /^ *Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)$/m.exec(text);
  const others = Number(/^ *Non-2xx or 3xx responses: (\d+)$/m.exec(text)?.[1] ?? 0);
  const failed = others + (errors?.slice(1).reduce((sum, count) => sum + Number(count), 0) ?? 0);
  return { requests, failed, problem: errors?.[0].trim() ?? (others > 0 ? `${others} not 2xx` : '') };
}
