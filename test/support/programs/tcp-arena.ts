/**
 * One program in TCP mode between raw clients and raw servers, to play a script of bytes, FINs and resets on both
 * sides, and see what either side got and what was logged.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { BoundSocket } from 'node:net';
import { after, before, test } from 'node:test';
import { checkResult, lazyFunction } from '../../../src/system/libc.ts';
import type { OwnedPort } from './listening-sockets.ts';
import { LogSink, withoutVariables } from './log-sink.ts';
import { Program, type Subject } from './program.ts';

const listenCall = lazyFunction('int listen(int fd, int backlog)');

/** Longer than a start under load, and than every timeout in the configurations of these tests. */
const PATIENCE_MS = 30_000;

export type PeerEnd = 'open' | 'end' | 'reset';

/** One end of a connection with the program: sends exact bytes, keeps what it gets. Waiting never fails. */
export class RawPeer {
  readonly socket: net.Socket;
  received = '';
  outcome: PeerEnd = 'open';
  isStalled = false;
  #isClosed = false;
  #wakers: (() => void)[] = [];

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => {
      this.received += piece.latin1Slice();
      this.#wake();
    });
    socket.on('end', () => this.#ended('end'));
    socket.on('error', () => this.#ended('reset'));
    socket.on('close', () => {
      this.#isClosed = true;
      this.#ended('end');
    });
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** FIN. */
  finish(): void {
    this.socket.end();
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Until so many bytes came, or the connection ended. */
  bytes(count: number): Promise<void> {
    return this.#waitFor(() => this.received.length >= count || this.outcome !== 'open');
  }

  /** Until this stands in what was received, or the connection ended. */
  until(text: string): Promise<void> {
    return this.#waitFor(() => this.received.includes(text) || this.outcome !== 'open');
  }

  /** Until the other side has sent FIN or a reset. */
  ended(): Promise<void> {
    return this.#waitFor(() => this.outcome !== 'open');
  }

  /** Until the connection is gone both ways. */
  closed(): Promise<void> {
    return this.#waitFor(() => this.#isClosed);
  }

  mark(remark: string): void {
    this.received += `<${remark}>`;
  }

  transcript(): string {
    const { received } = this;
    const shown = received.length > 2000 ? `${received.length} bytes` : received;
    return `${shown}<${this.isStalled ? 'stalled' : this.outcome}>`;
  }

  async #waitFor(isDone: () => boolean): Promise<void> {
    const timer = setTimeout(() => {
      this.isStalled = true;
      this.#wake();
    }, PATIENCE_MS);
    while (!isDone() && !this.isStalled) await new Promise<void>((resolve) => this.#wakers.push(resolve));
    clearTimeout(timer);
  }

  #ended(how: PeerEnd): void {
    if (this.outcome === 'open') this.outcome = how;
    this.#wake();
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}

/** A server whose connections a script takes one by one. */
export class RawOrigin {
  readonly port: number;
  readonly #server: net.Server;
  readonly #accepted: RawPeer[] = [];
  readonly #open = new Set<net.Socket>();
  #onAccept: () => void = () => {};

  private constructor(server: net.Server) {
    this.#server = server;
    this.port = (server.address() as net.AddressInfo).port;
    server.on('connection', (socket: net.Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      this.#accepted.push(new RawPeer(socket));
      this.#onAccept();
    });
  }

  static async start(): Promise<RawOrigin> {
    const server = net.createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RawOrigin(server);
  }

  /** The next connection that came, or comes. Rejects when none does. */
  async next(): Promise<RawPeer> {
    const timer = setTimeout(() => this.#onAccept(), PATIENCE_MS);
    const beganAt = performance.now();
    while (this.#accepted.length === 0) {
      if (performance.now() - beganAt >= PATIENCE_MS) throw new Error('the server got no connection');
      await new Promise<void>((resolve) => {
        this.#onAccept = resolve;
      });
    }
    clearTimeout(timer);
    return this.#accepted.shift()!;
  }

  /** Connections that nobody took, from now on nobody's. */
  takeRest(): number {
    return this.#accepted.splice(0).length;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export interface TcpArenaOptions {
  readonly listeners: readonly string[];
  /** Names of servers; each has a port in `config`. */
  readonly origins: readonly string[];
  /** The configuration; ports by name of the server, and of the log receiver. */
  config(ports: { readonly [name: string]: number }): string;
}

export interface TcpOutcome {
  readonly clients: readonly string[];
  readonly servers: readonly string[];
  readonly log: readonly string[];
  /** The last timer of each log line: how long it took in all. */
  readonly totalsMs: readonly number[];
}

export type TcpScript = (stage: TcpStage) => Promise<void>;

export class TcpArena {
  readonly subject: Subject;
  readonly program: Program;
  readonly origins: ReadonlyMap<string, RawOrigin>;
  readonly sink: LogSink;

  private constructor(
    subject: Subject,
    program: Program,
    origins: ReadonlyMap<string, RawOrigin>,
    sink: LogSink,
  ) {
    this.subject = subject;
    this.program = program;
    this.origins = origins;
    this.sink = sink;
  }

  static async start(subject: Subject, options: TcpArenaOptions): Promise<TcpArena> {
    const origins = new Map<string, RawOrigin>();
    const ports: Record<string, number> = {};
    for (const name of options.origins) {
      const origin = await RawOrigin.start();
      origins.set(name, origin);
      ports[name] = origin.port;
    }
    const sink = await LogSink.start();
    ports['log'] = sink.port;
    const program = Program.start(subject, { config: options.config(ports), listeners: options.listeners });
    return new TcpArena(subject, program, origins, sink);
  }

  /** Runs a script and collects what it left; `lines` is how many log lines it causes. */
  async play(script: TcpScript, lines: number): Promise<TcpOutcome> {
    if (this.program.hasEnded) throw new Error(`${this.subject} has ended:\n${this.program.output}`);
    for (const origin of this.origins.values()) origin.takeRest();
    const early = this.sink.takeNow();
    const stage = new TcpStage(this);
    await script(stage);
    await stage.leave();
    const log = await this.sink.take(lines);
    return {
      clients: stage.clients.map((client) => client.transcript()),
      servers: stage.servers.filter((server) => !stage.forgotten.has(server)).map((one) => one.transcript()),
      log: [...early.map((line) => `too late: ${line}`), ...log].map(withoutLargeCounts).sort(),
      totalsMs: log.map(totalOf),
    };
  }

  async stop(): Promise<void> {
    await this.program.stop();
    for (const origin of this.origins.values()) await origin.stop();
    await this.sink.stop();
  }
}

/** What a script has at hand. */
export class TcpStage {
  readonly clients: RawPeer[] = [];
  readonly servers: RawPeer[] = [];
  /** Servers whose end is a matter of chance: whether a reset comes before or behind FIN. */
  readonly forgotten = new Set<RawPeer>();
  readonly #arena: TcpArena;

  constructor(arena: TcpArena) {
    this.#arena = arena;
  }

  connect(listener: string): RawPeer {
    const port = this.#arena.program.port(listener);
    const client = new RawPeer(net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }));
    this.clients.push(client);
    return client;
  }

  /** The next connection that the program opens to this server. */
  async server(origin: string): Promise<RawPeer> {
    const server = await this.#arena.origins.get(origin)!.next();
    this.servers.push(server);
    return server;
  }

  /** A client and the server's end of its relay, both connected. */
  async relay(listener: string, origin: string): Promise<[client: RawPeer, server: RawPeer]> {
    const client = this.connect(listener);
    return [client, await this.server(origin)];
  }

  /** Every peer that is still open says so, closes its side, and waits until the program has. */
  async leave(): Promise<void> {
    const peers = [...this.clients, ...this.servers];
    for (const peer of peers) if (peer.outcome === 'open') peer.mark('open until here');
    for (const peer of peers) peer.finish();
    for (const peer of peers) await peer.closed();
  }
}

/** How many bytes the buffers of a kernel take differs from run to run. */
function withoutLargeCounts(line: string): string {
  return withoutVariables(line).replace(/ \d{6,} /g, ' MANY ');
}

/** Timers are the first numbers with slashes between them, behind the time and the names. */
function totalOf(line: string): number {
  const timers = / \+?-?\d+(?:\/\+?-?\d+){2,4} /.exec(line)?.[0] ?? '';
  return Number(timers.slice(timers.lastIndexOf('/') + 1));
}

export interface TcpCase {
  /** A sentence's beginning: what happens. */
  readonly name: string;
  readonly play: TcpScript;
  /** Log lines it causes. */
  readonly lines?: number;
  /** It takes at least so long, by the log. */
  readonly atLeastMs?: number;
  /** Why Fairlead is meant to differ from the installed HAProxy here. The test fails when it does not any more. */
  readonly differsBecause?: string;
}

/** Registers tests that play cases through HAProxy and Fairlead and compare all that was seen of them. */
export function playTcpSideBySide(options: TcpArenaOptions, cases: readonly TcpCase[]): void {
  let haproxy: TcpArena;
  let fairlead: TcpArena;
  before(async () => {
    [haproxy, fairlead] = await Promise.all([
      TcpArena.start('haproxy', options),
      TcpArena.start('fairlead', options),
    ]);
  });
  after(async () => {
    await Promise.all([haproxy.stop(), fairlead.stop()]);
  });
  for (const { name, play, lines = 1, atLeastMs = 0, differsBecause } of cases) {
    test(differsBecause === undefined ? name : `${name} (Fairlead differs: ${differsBecause})`, async () => {
      const [expected, actual] = await Promise.all([haproxy.play(play, lines), fairlead.play(play, lines)]);
      const outcomes = [actual, expected].map((outcome) => ({ ...outcome, totalsMs: [] }));
      if (differsBecause === undefined) assert.deepEqual(outcomes[0], outcomes[1]);
      else assert.notDeepEqual(outcomes[0], outcomes[1]);
      for (const totalMs of [...actual.totalsMs, ...expected.totalsMs])
        assert.ok(totalMs >= atLeastMs, `${totalMs} ms`);
      assert.equal(expected.log.length, lines, expected.log.join(''));
      const ends = [...expected.clients, ...expected.servers];
      assert.ok(!ends.some((end) => end.endsWith('<stalled>')), 'HAProxy left somebody waiting');
    });
  }
}

/** Sends a byte again and again, so often, until told to stop or the connection ends. */
export function drip(peer: RawPeer, everyMs: number): { stop(): void } {
  const timer = setInterval(() => {
    if (peer.socket.writable) peer.send('.');
  }, everyMs);
  peer.socket.once('close', () => clearInterval(timer));
  return { stop: () => clearInterval(timer) };
}

/** Sends as much as the other side takes, until the connection ends. */
export function flood(peer: RawPeer): void {
  const bytes = Buffer.alloc(64 * 1024, 'x');
  const { socket } = peer;
  const more = () => {
    while (socket.writable && socket.write(bytes));
    if (socket.writable) socket.once('drain', more);
  };
  more();
}

/** A port whose queue of connections is full: who connects gets no answer. */
export async function fullPort(): Promise<OwnedPort> {
  const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
  checkResult('listen', listenCall(bound.fd(), 0));
  const { port } = bound.address() as { readonly port: number };
  const filler = net.connect(port, '127.0.0.1');
  await once(filler, 'connect');
  return {
    port,
    fd: bound.fd(),
    close() {
      filler.destroy();
      bound.close();
    },
  };
}
