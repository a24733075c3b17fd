/**
 * A real HAProxy that balances TCP connections over servers of the test's own, all on unix sockets: which server a
 * connection reached is what the connection is told first.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findProgram } from '../support/oracle.ts';

export interface BalanceSetup {
  readonly algorithm: string;
  readonly weights: readonly number[];
  /** Further lines of the proxy. */
  readonly lines?: readonly string[];
  /** Further options of servers, by index. */
  readonly options?: { readonly [server: number]: string };
}

/** A connection that is kept until `close`. */
export interface KeptConnection {
  readonly server: number;
  close(): Promise<void>;
}

export class BalanceOracle {
  readonly #folder: string;
  readonly #origins: net.Server[] = [];
  #child: ChildProcess | null = null;
  #open = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(setup: BalanceSetup): Promise<BalanceOracle> {
    const oracle = new BalanceOracle(mkdtempSync(path.join(tmpdir(), 'balance-oracle-')));
    await Promise.all(setup.weights.map((_, server) => oracle.#startOrigin(server)));
    writeFileSync(oracle.#path('cfg'), oracle.#configuration(setup));
    oracle.#child = spawn(findProgram('haproxy')!, ['-db', '-f', oracle.#path('cfg')], { stdio: 'ignore' });
    await oracle.#untilListening();
    return oracle;
  }

  /** Opens a connection as if from this address. */
  async open(source = '10.0.0.1'): Promise<KeptConnection> {
    const socket = net.connect(this.#path('front'));
    socket.on('error', () => {});
    const isV6 = source.includes(':');
    socket.write(`PROXY ${isV6 ? 'TCP6' : 'TCP4'} ${source} ${isV6 ? '::1' : '127.0.0.1'} 1000 80\r\n`);
    const [told] = (await once(socket, 'data')) as [Buffer];
    this.#open++;
    return {
      server: Number(told.toString()),
      close: async () => {
        socket.destroy();
        this.#open--;
        await this.#untilCounted();
      },
    };
  }

  /** Opens and closes connections one after the other: the servers they reached. */
  async sequence(count: number): Promise<number[]> {
    const servers: number[] = [];
    for (let i = 0; i < count; i++) {
      const connection = await this.open();
      servers.push(connection.server);
      await connection.close();
    }
    return servers;
  }

  async stop(): Promise<void> {
    const child = this.#child!;
    if (child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    for (const origin of this.#origins) origin.close();
    rmSync(this.#folder, { recursive: true });
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }

  async #startOrigin(server: number): Promise<void> {
    const origin = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.write(String(server));
    });
    origin.listen(this.#path(`origin${server}`));
    this.#origins.push(origin);
    await once(origin, 'listening');
  }

  #configuration({ algorithm, weights, lines = [], options = {} }: BalanceSetup): string {
    return [
      'global',
      '  nbthread 1',
      `  stats socket ${this.#path('stats')}`,
      'defaults',
      '  mode tcp',
      '  timeout client 1m',
      '  timeout server 1m',
      '  timeout connect 1m',
      'listen main',
      `  bind unix@${this.#path('front')} accept-proxy`,
      `  balance ${algorithm}`,
      ...lines.map((line) => `  ${line}`),
      ...weights.map(
        (weight, i) => `  server s${i} unix@${this.#path(`origin${i}`)} weight ${weight} ${options[i] ?? ''}`,
      ),
      '',
    ].join('\n');
  }

  /** HAProxy has listened to `stats` and `front` once it answers; it fails to start loudly or not at all. */
  async #untilListening(): Promise<void> {
    while (this.#child!.exitCode === null) {
      if ((await this.#backendSessions()) === 0) return;
      await new Promise(setImmediate);
    }
    throw new Error('HAProxy did not start with the configuration of the test');
  }

  /** A closed connection is over when HAProxy does not count it any more. */
  async #untilCounted(): Promise<void> {
    while ((await this.#backendSessions()) !== this.#open) await new Promise(setImmediate);
  }

  /** Sessions of all servers, or -1 when nobody answers. */
  async #backendSessions(): Promise<number> {
    const socket = net.connect(this.#path('stats'));
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    const closed = new Promise<void>((resolve) => {
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
    });
    socket.write('show stat main 6 -1\n');
    await closed;
    const rows = text.split('\n').filter((row) => row.startsWith('main,'));
    if (rows.length === 0) return -1;
    return rows
      .filter((row) => !row.startsWith('main,BACKEND'))
      .reduce((sum, row) => sum + Number(row.split(',')[4]), 0);
  }
}
