/**
 * One client connection in `mode tcp`: a relay between it and one server, both ways, with half-close and
 * back-pressure. Bulk flows without a copy: each side reads into a buffer of its own once it streams.
 *
 * ```
 *   begin ─▶ SEARCH ─reached─▶ RELAY ─both directions over─▶ DONE
 *               │ unreachable      │ error, write timeout       ▲
 *               └──────────────────┴────────────────────────────┘
 * ```
 *
 * A direction is over when its sender has sent FIN, or has been silent for its timeout: its receiver then gets FIN
 * and the other direction goes on, as in HAProxy. What ends the first direction is what the log tells.
 */
import type { Fault } from '../../src/errors/faults.ts';
import type { SessionView } from '../../src/sample/stream-view.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { Connection, ConnectionOwner } from '../connection/connection.ts';
import { threadTransport } from '../connection/transport.ts';
import { LogMoment } from '../log/log-plan.ts';
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import { COUNTER } from '../shared/shared-state.ts';
import { chooseBackend } from '../stream/choose-backend.ts';
import { type SearchOwner, ServerSearch } from '../stream/server-search.ts';
import { StreamAccounts } from '../stream/stream-accounts.ts';
import type { StreamRecord } from '../stream/stream-record.ts';
import type { ThreadState } from '../thread-state.ts';
import { ConnectionEndpoint, endsOf } from './endpoint.ts';
import type { Session, SessionHome } from './session.ts';

const Phase = { SEARCH: 0, RELAY: 1, DONE: 2 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** Reads of this size show a bulk transfer, which gets a buffer of its own; small ones give it back. */
const BULK_READ_BYTES = 32 * 1024;
const SMALL_READ_BYTES = 4096;

export class TcpSession implements ConnectionOwner, TimerTarget, SessionView, SearchOwner, Session {
  readonly thread: ThreadState;
  readonly frontend: ProxyPlan;
  readonly source: ConnectionEndpoint;
  readonly destination: ConnectionEndpoint;
  readonly acceptedAtMs: number = Date.now();
  readonly listenerId: number;
  readonly frontendName: string;
  readonly facts: StreamRecord;
  readonly request = null;
  readonly response = null;
  readonly requestBytes = null;
  readonly #client: Connection;
  readonly #home: SessionHome;
  readonly #accounts: StreamAccounts;
  readonly #search: ServerSearch;
  readonly #clientTimer: TimerEntry;
  readonly #serverTimer: TimerEntry;
  readonly #acceptedAt: number;
  #phase: Phase = Phase.SEARCH;
  #server: Connection | null = null;
  /** The direction from the client is over: its FIN came, or it was silent for too long. The other one likewise. */
  #hasClientEnded = false;
  #hasServerEnded = false;
  /** It was the timeout that ended the client's direction. */
  #isClientSilent = false;
  #hasHeardServer = false;
  /** Monotonic, when the side was heard last: `option independent-streams` counts from there. */
  #clientHeardAt: number;
  #serverHeardAt = 0;
  /** What the side had yet to take when its timer was set while it was behind. */
  #clientUnsent = 0;
  #serverUnsent = 0;
  /** The end that came first: two letters, or '' while there was none. */
  #cause = '';
  #isClientBulk = false;
  #isServerBulk = false;
  #isClientClosed = false;
  #hasLeft = false;
  /** What the client sent before the server was there; reading stops meanwhile. */
  #held: Buffer | null = null;

  constructor(thread: ThreadState, connection: Connection, home: SessionHome) {
    this.thread = thread;
    this.#acceptedAt = this.#clientHeardAt = thread.nowMs;
    this.#client = connection;
    this.#home = home;
    this.frontend = home.plan.proxy;
    this.source = new ConnectionEndpoint(connection, 'remote');
    this.destination = new ConnectionEndpoint(connection, 'local');
    if (this.frontend.log !== null) this.source.capture();
    this.listenerId = home.plan.bindId;
    this.frontendName = this.frontend.name;
    this.#accounts = new StreamAccounts(thread, this.frontend);
    this.facts = this.#accounts.facts;
    this.#search = new ServerSearch(thread, this, this.#accounts);
    this.#clientTimer = new TimerEntry(this);
    this.#serverTimer = new TimerEntry(this);
    connection.owner = this;
    this.facts.requestAtMs = this.acceptedAtMs;
    this.facts.requestNumber = thread.takeNumber();
    this.facts.status = 0;
  }

  get session(): SessionView {
    return this;
  }

  get backendName(): string {
    return this.#accounts.backend?.name ?? this.frontend.name;
  }

  get serverName(): string {
    return this.#accounts.server?.name ?? '';
  }

  /** To be called once the home knows the session: it may be over before this returns. */
  begin(): void {
    const { frontend } = this;
    this.#accounts.log(this, LogMoment.BEGIN, 'txn_accept');
    this.#accounts.countStream();
    const backend = chooseBackend(frontend, this);
    this.#armClient();
    if (backend === null) {
      this.#finish('S', 'C');
      return;
    }
    this.#accounts.enterBackend(backend);
    if (backend !== frontend && backend.isHttp) {
      this.#finish('P', 'R');
      return;
    }
    this.#search.begin(this.#acceptedAt);
  }

  connectTo(server: ServerPlan): boolean {
    const { target, options } = server.dial.fixed ?? server.dial.wayOf(this);
    this.#server = threadTransport().dial(target, this, options);
    return false;
  }

  onConnect(): void {
    this.thread.tick();
    this.#search.opened();
  }

  onUnreachable({ termination }: Fault): void {
    this.#finish(termination[0]!, termination[1]!);
  }

  abandonConnect(): void {
    this.#dropServer();
  }

  onReached(): void {
    this.#phase = Phase.RELAY;
    this.#serverHeardAt = this.thread.nowMs;
    this.#noteServer();
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#server!.write(held, 0, held.length);
    if (this.#hasClientEnded) this.#endToServer();
    else if (held === null || this.#server!.pendingBytes === 0) this.#client.resume();
    if (this.#phase !== Phase.RELAY) return;
    this.#armClient();
    this.#armServer();
  }

  /** For the log: whom we are connected to, and with `option logasap` the line itself. */
  #noteServer(): void {
    const { facts } = this;
    if (this.frontend.log?.needsServerEnds) {
      const [source, destination] = endsOf(this.#server!);
      source.capture();
      destination.capture();
      facts.serverSource = source;
      facts.serverDestination = destination;
    }
    this.#stampTimes();
    this.#accounts.log(this, LogMoment.RESPONSE, 'txn_connect');
  }

  #stampTimes(): void {
    const { facts } = this;
    const { nowMs } = this.thread;
    if (this.#search.connectedAt > 0) facts.dataMs = Math.trunc(nowMs - this.#search.connectedAt);
    facts.totalMs = facts.activeMs = Math.trunc(nowMs - this.#acceptedAt);
  }

  onBytes(connection: Connection, buffer: Buffer, length: number): void {
    this.thread.tick();
    if (connection === this.#client) this.#onClientBytes(buffer, length);
    else this.#onServerBytes(buffer, length);
  }

  #onClientBytes(buffer: Buffer, length: number): void {
    this.#accounts.bytesIn(length);
    this.#clientHeardAt = this.thread.nowMs;
    if (this.#phase !== Phase.RELAY) {
      this.#hold(buffer, length);
      return;
    }
    const server = this.#server!;
    const isTaken = this.#isClientBulk
      ? server.writeFrom(this.#client, buffer, 0, length)
      : server.write(buffer, 0, length);
    if (!isTaken && !this.#isClientBulk) this.#client.pause();
    this.#armClient();
    this.#armServer();
    const isBulk = this.#isClientBulk ? length >= SMALL_READ_BYTES : length >= BULK_READ_BYTES;
    if (isBulk !== this.#isClientBulk) {
      this.#isClientBulk = isBulk;
      this.#client.setBulk(isBulk);
    }
  }

  /** Bytes for a server that is not there yet: a buffer full of them, the rest stays in the kernel. */
  #hold(buffer: Buffer, length: number): void {
    const piece = Buffer.from(buffer.subarray(0, length));
    this.#held = this.#held === null ? piece : Buffer.concat([this.#held, piece]);
    if (this.#held.length >= this.thread.plan.global.bufferBytes) this.#client.pause();
    // Who waits for the server is not silent.
    this.thread.wheel.cancel(this.#clientTimer);
  }

  #onServerBytes(buffer: Buffer, length: number): void {
    this.#accounts.bytesOut(length);
    this.#serverHeardAt = this.thread.nowMs;
    this.#hasHeardServer = true;
    const client = this.#client;
    const server = this.#server!;
    const isTaken = this.#isServerBulk
      ? client.writeFrom(server, buffer, 0, length)
      : client.write(buffer, 0, length);
    if (!isTaken && !this.#isServerBulk) server.pause();
    this.#armServer();
    this.#armClient();
    const isBulk = this.#isServerBulk ? length >= SMALL_READ_BYTES : length >= BULK_READ_BYTES;
    if (isBulk !== this.#isServerBulk) {
      this.#isServerBulk = isBulk;
      server.setBulk(isBulk);
    }
  }

  onDrain(connection: Connection): void {
    this.thread.tick();
    if (this.#phase === Phase.DONE) {
      connection.destroy();
      return;
    }
    if (this.#phase !== Phase.RELAY) return;
    if (connection === this.#client) {
      if (!this.#hasServerEnded) this.#server!.resume();
    } else if (!this.#hasClientEnded) {
      this.#client.resume();
    } else if (this.#resetsServer) {
      this.#finish('-', '-');
      return;
    }
    if (this.#finishIfOver()) return;
    this.#armClient();
    this.#armServer();
  }

  onEnd(connection: Connection): void {
    this.thread.tick();
    if (this.#phase === Phase.DONE) return;
    if (connection !== this.#client) this.#endFromServer();
    else if (this.#phase === Phase.RELAY) this.#endFromClient();
    else this.#onEarlyEnd();
  }

  /** FIN before the server was reached: it is passed on later, unless it means that the client has given up. */
  #onEarlyEnd(): void {
    const { letter } = this.#search;
    const abortsOnClose = this.#accounts.backend?.abortOnClose === true;
    this.#hasClientEnded = true;
    this.thread.wheel.cancel(this.#clientTimer);
    if (letter === 'Q') {
      if (abortsOnClose || this.#held === null) this.#finish('C', 'Q');
    } else if (abortsOnClose) {
      this.#finish('C', letter);
    }
  }

  #endFromClient(): void {
    this.#hasClientEnded = true;
    this.#endToServer();
    if (this.#finishIfOver()) return;
    this.#armClient();
    const { serverFinMs } = this.#accounts.backend!.timeouts;
    if (serverFinMs > 0 && this.#isServerRead()) this.#arm(this.#serverTimer, serverFinMs);
  }

  /** `option nolinger` of the backend: the server gets a reset where it would get FIN, and nothing comes back. */
  get #resetsServer(): boolean {
    return !this.#hasServerEnded && this.#accounts.backend!.tcp.noLinger;
  }

  #endToServer(): void {
    if (!this.#resetsServer) this.#server?.end();
    else if (this.#server?.pendingBytes === 0) this.#finish('-', '-');
  }

  /** `option nolinger` of the frontend: a client that has sent FIN gets a reset for it. */
  get #resetsClient(): boolean {
    return this.#hasClientEnded && this.frontend.tcp.noLinger && !this.#isClientSilent;
  }

  #endFromServer(): void {
    this.#hasServerEnded = true;
    if (!this.#resetsClient) this.#client.end();
    if (this.#finishIfOver()) return;
    this.#armServer();
    const { clientFinMs } = this.frontend.timeouts;
    if (clientFinMs > 0 && this.#isClientRead()) this.#arm(this.#clientTimer, clientFinMs);
  }

  /** Both directions are over and everything is sent. */
  #finishIfOver(): boolean {
    if (this.#phase === Phase.DONE) return true;
    if (!this.#hasClientEnded || !this.#hasServerEnded) return false;
    if (this.#client.pendingBytes > 0 || (this.#server?.pendingBytes ?? 0) > 0) return false;
    this.#finish('-', '-');
    return true;
  }

  onClose(connection: Connection, code: string): void {
    this.thread.tick();
    if (connection === this.#client) this.#onClientClosed(code);
    else if (connection === this.#server) this.#onServerClosed(code);
  }

  #onClientClosed(code: string): void {
    this.#isClientClosed = true;
    if (this.#phase !== Phase.DONE) {
      const isOver = code === '' && this.#hasClientEnded && this.#hasServerEnded;
      if (!isOver) this.#finish('C', 'D');
      else if (!this.#finishIfOver()) return;
    }
    this.#leaveHome();
  }

  /** Once the client's connection is closed and the accounts are. */
  #leaveHome(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#home.sessionClosed(this);
  }

  #onServerClosed(code: string): void {
    this.#server = null;
    if (this.#phase === Phase.SEARCH) {
      this.#search.failed();
      return;
    }
    if (this.#phase !== Phase.RELAY) return;
    const isOver = code === '' && this.#hasServerEnded && this.#hasClientEnded;
    if (!isOver) this.#finish('S', 'D');
    else if (!this.#finishIfOver()) this.#armClient();
  }

  #letter(): string {
    return this.#phase === Phase.SEARCH ? this.#search.letter : 'D';
  }

  onTimeout(entry: TimerEntry): void {
    this.thread.tick();
    if (this.#phase === Phase.DONE) {
      this.#client.destroy();
      return;
    }
    // Of two that are due, the client's counts.
    const isClientDue = this.#clientTimer.isArmed && this.#clientTimer.deadlineMs <= this.thread.nowMs;
    if (entry === this.#clientTimer || isClientDue) {
      this.thread.wheel.cancel(this.#clientTimer);
      this.#onClientTimeout();
    }
    if (entry === this.#serverTimer && this.#phase === Phase.RELAY) this.#onServerTimeout();
  }

  #onClientTimeout(): void {
    const client = this.#client;
    if (this.#phase === Phase.SEARCH) {
      this.#onEarlyTimeout();
      return;
    }
    if (client.pendingBytes > 0) {
      // Behind, but it has taken something meanwhile: not silent.
      if (client.unsentBytes < this.#clientUnsent) this.#armClient();
      else this.#cut('c');
      return;
    }
    this.#cause ||= 'cD';
    this.#isClientSilent = true;
    client.pause();
    this.#endFromClient();
  }

  /** Silence before the server was reached ends the wait in a queue; else the server is still waited for. */
  #onEarlyTimeout(): void {
    const { letter } = this.#search;
    if (letter === 'Q' || this.#accounts.backend?.abortOnClose === true) {
      this.#finish('c', letter);
      return;
    }
    this.#cause = `c${letter}`;
    this.#hasClientEnded = this.#isClientSilent = true;
    this.#client.pause();
  }

  #onServerTimeout(): void {
    const server = this.#server!;
    if (server.pendingBytes > 0) {
      if (server.unsentBytes < this.#serverUnsent) this.#armServer();
      else this.#cut('s');
      return;
    }
    this.#cause ||= 'sD';
    server.pause();
    this.#endFromServer();
  }

  /** The side does not take its bytes: nothing of this session is worth waiting for. */
  #cut(who: string): void {
    this.#finish(who, 'D');
    this.#client.destroy();
  }

  /** TCP sessions run to their end; a soft stop waits for them. */
  drain(): void {}

  endOn(serverSlot: number, letter: 'D' | 'U'): void {
    if (this.#accounts.server?.slot !== serverSlot || this.#accounts.hasNoPlace) return;
    this.#finish(letter, this.#phase === Phase.RELAY ? '-' : 'C');
    this.#client.destroy();
  }

  abort(): void {
    this.#finish('K', this.#letter());
    this.#client.destroy();
  }

  /** Whether the client is listened to: it has not ended, and the server takes what it sends. */
  #isClientRead(): boolean {
    return !this.#hasClientEnded && (this.#server === null || this.#server.pendingBytes === 0);
  }

  #isServerRead(): boolean {
    return !this.#hasServerEnded && this.#server !== null && this.#client.pendingBytes === 0;
  }

  /** The client may be silent, or leave our bytes untaken, for as long as this from now on. */
  #armClient(): void {
    const { frontend, thread } = this;
    const isBehind = this.#client.pendingBytes > 0;
    if (!isBehind && !this.#isClientRead()) {
      thread.wheel.cancel(this.#clientTimer);
      return;
    }
    const { tunnelMs } = (this.#accounts.backend ?? frontend).timeouts;
    const { clientMs, clientFinMs } = frontend.timeouts;
    const openMs = this.#phase === Phase.RELAY && tunnelMs > 0 ? tunnelMs : clientMs;
    const timeoutMs = this.#hasServerEnded && clientFinMs > 0 ? clientFinMs : openMs;
    if (isBehind) this.#clientUnsent = this.#client.unsentBytes;
    const since = frontend.tcp.independentStreams && !isBehind ? this.#clientHeardAt : thread.nowMs;
    this.#armFrom(this.#clientTimer, since, timeoutMs);
  }

  #armServer(): void {
    if (this.#phase !== Phase.RELAY) return;
    const { thread } = this;
    const server = this.#server;
    const isBehind = server !== null && server.pendingBytes > 0;
    if (!isBehind && !this.#isServerRead()) {
      thread.wheel.cancel(this.#serverTimer);
      return;
    }
    const backend = this.#accounts.backend!;
    const { tunnelMs, serverMs, serverFinMs } = backend.timeouts;
    const timeoutMs = this.#hasClientEnded && serverFinMs > 0 ? serverFinMs : tunnelMs || serverMs;
    if (isBehind) this.#serverUnsent = server.unsentBytes;
    const since = backend.tcp.independentStreams && !isBehind ? this.#serverHeardAt : thread.nowMs;
    this.#armFrom(this.#serverTimer, since, timeoutMs);
  }

  #armFrom(entry: TimerEntry, sinceMs: number, timeoutMs: number): void {
    if (timeoutMs === 0) this.thread.wheel.cancel(entry);
    else this.thread.wheel.arm(entry, sinceMs + timeoutMs);
  }

  #arm(entry: TimerEntry, timeoutMs: number): void {
    this.#armFrom(entry, this.thread.nowMs, timeoutMs);
  }

  #dropServer(): void {
    const server = this.#server;
    this.#server = null;
    server?.destroy();
  }

  /** As HAProxy: FIN, and a reset for a server that has yet to send its first byte. */
  #leaveServer(): void {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    if (!this.#hasHeardServer && !this.#hasServerEnded) {
      server.reset();
      return;
    }
    server.end();
    server.destroy();
  }

  /** Ends both sides, gives everything back, counts and logs. */
  #finish(who: string, where: string): void {
    if (this.#phase === Phase.DONE) return;
    this.#phase = Phase.DONE;
    const { thread, facts } = this;
    thread.wheel.cancel(this.#clientTimer);
    thread.wheel.cancel(this.#serverTimer);
    this.#leaveServer();
    if (who === 'C') this.#accounts.countAll(COUNTER.cli_abrt, 1);
    if (who === 'S') this.#accounts.countAll(COUNTER.srv_abrt, 1);
    facts.terminationState = this.#cause || `${who}${where}`;
    if (who === 'C' && this.#search.letter === 'Q') facts.queueMs = Math.trunc(thread.nowMs - this.#acceptedAt);
    this.#stampTimes();
    this.#log();
    this.#search.release();
    this.#accounts.leaveBackend();
    this.#closeClient();
  }

  #log(): void {
    const { bytesFromClient, bytesToClient } = this.facts;
    const isSilent = bytesFromClient === 0 && bytesToClient === 0 && this.#hasClientEnded;
    if (!isSilent || !this.frontend.dontLogNull) this.#accounts.logEnd(this);
  }

  /** Bytes that the client has yet to take are still sent, while it takes them. */
  #closeClient(): void {
    const client = this.#client;
    if (this.#isClientClosed) this.#leaveHome();
    else if (client.pendingBytes > 0) {
      client.pause();
      client.end();
      this.#arm(this.#clientTimer, this.frontend.timeouts.clientMs);
    } else if (this.#resetsClient) {
      client.reset();
    } else {
      client.end();
      client.destroy();
    }
  }
}
