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
import type { TimerEntry, TimerTarget } from '../../src/time/timer-wheel.ts';
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
import { RelaySide } from './relay-side.ts';
import type { Session, SessionHome } from './session.ts';

const Phase = { SEARCH: 0, RELAY: 1, DONE: 2 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

export class TcpSession implements ConnectionOwner, TimerTarget, SessionView, SearchOwner, Session {
  /** Among the listener's sessions. */
  place = -1;
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
  readonly #home: SessionHome;
  readonly #accounts: StreamAccounts;
  readonly #search: ServerSearch;
  /** The client's connection; `#client.connection` is null once it is closed. */
  readonly #connection: Connection;
  readonly #client: RelaySide;
  readonly #server: RelaySide;
  readonly #acceptedAt: number;
  #phase: Phase = Phase.SEARCH;
  /** It was the timeout that ended the client's direction, not FIN. */
  #isClientSilent = false;
  /** The end that came first: two letters, or '' while there was none. */
  #cause = '';
  #hasLeft = false;
  /** What the client sent before the server was there. */
  #held: Buffer | null = null;

  constructor(thread: ThreadState, connection: Connection, home: SessionHome) {
    this.thread = thread;
    this.#acceptedAt = thread.nowMs;
    this.#connection = connection;
    this.#client = new RelaySide(thread, this);
    this.#server = new RelaySide(thread, this);
    this.#client.begin(connection);
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
    this.#server.connection = threadTransport().dial(target, this, options);
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
    const { connection } = this.#server;
    this.#server.connection = null;
    connection?.destroy();
  }

  onReached(): void {
    const server = this.#server.connection!;
    this.#phase = Phase.RELAY;
    this.#server.begin(server);
    this.#noteServer();
    const held = this.#held;
    this.#held = null;
    if (held !== null) server.write(held, 0, held.length);
    if (this.#client.hasEnded) this.#endToServer();
    else if (!this.#server.isBehind) this.#connection.resume();
    this.#armBoth();
  }

  /** For the log: whom we are connected to, and with `option logasap` the line itself. */
  #noteServer(): void {
    const { facts } = this;
    if (this.frontend.log?.needsServerEnds) {
      const [source, destination] = endsOf(this.#server.connection!);
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
    if (connection !== this.#connection) {
      this.#accounts.bytesOut(length);
      this.#server.heard();
      this.#server.forward(this.#client, buffer, length);
      this.#armBoth();
      return;
    }
    this.#accounts.bytesIn(length);
    this.#client.heard();
    if (this.#phase === Phase.RELAY) {
      this.#client.forward(this.#server, buffer, length);
      this.#armBoth();
    } else {
      this.#hold(buffer, length);
    }
  }

  /** Bytes for a server that is not there yet: a buffer full of them, the rest stays in the kernel. */
  #hold(buffer: Buffer, length: number): void {
    const piece = Buffer.from(buffer.subarray(0, length));
    this.#held = this.#held === null ? piece : Buffer.concat([this.#held, piece]);
    if (this.#held.length >= this.thread.plan.global.bufferBytes) this.#connection.pause();
    // Who waits for the server is not silent.
    this.#client.rest();
  }

  onDrain(connection: Connection): void {
    this.thread.tick();
    if (this.#phase === Phase.DONE) {
      connection.destroy();
      return;
    }
    if (this.#phase !== Phase.RELAY) return;
    if (connection === this.#connection) {
      if (!this.#server.hasEnded) this.#server.connection?.resume();
    } else if (!this.#client.hasEnded) {
      this.#connection.resume();
    } else if (this.#resetsServer) {
      this.#resetServer();
      return;
    }
    if (!this.#finishIfOver()) this.#armBoth();
  }

  onEnd(connection: Connection): void {
    this.thread.tick();
    if (this.#phase === Phase.DONE) return;
    if (connection !== this.#connection) this.#endFromServer();
    else if (this.#phase === Phase.RELAY) this.#endFromClient();
    else this.#onEarlyEnd();
  }

  /** FIN before the server was reached: it is passed on later, unless it means that the client has given up. */
  #onEarlyEnd(): void {
    const { letter } = this.#search;
    const abortsOnClose = this.#accounts.backend?.abortOnClose === true;
    this.#client.hasEnded = true;
    this.#client.rest();
    if (abortsOnClose || (letter === 'Q' && this.#held === null)) this.#finish('C', letter);
  }

  #endFromClient(): void {
    this.#client.hasEnded = true;
    this.#client.rest();
    this.#endToServer();
    if (this.#finishIfOver()) return;
    this.#server.armFin(this.#accounts.backend!.timeouts.serverFinMs, this.#client);
  }

  /** `option nolinger` of the backend: the server gets a reset where it would get FIN, and nothing comes back. */
  get #resetsServer(): boolean {
    return !this.#server.hasEnded && this.#accounts.backend!.tcp.noLinger;
  }

  #endToServer(): void {
    if (!this.#resetsServer) this.#server.connection?.end();
    else if (!this.#server.isBehind) this.#resetServer();
  }

  #resetServer(): void {
    const server = this.#server.connection;
    this.#server.connection = null;
    server?.reset();
    this.#finish('-', '-');
  }

  /** `option nolinger` of the frontend: a client that has sent FIN gets a reset for it. */
  get #resetsClient(): boolean {
    return this.#client.hasEnded && this.frontend.tcp.noLinger && !this.#isClientSilent;
  }

  #endFromServer(): void {
    this.#server.hasEnded = true;
    this.#server.rest();
    if (!this.#resetsClient) this.#connection.end();
    if (this.#finishIfOver()) return;
    this.#client.armFin(this.frontend.timeouts.clientFinMs, this.#server);
  }

  /** Both directions are over and everything is sent. */
  #finishIfOver(): boolean {
    if (this.#phase === Phase.DONE) return true;
    const { hasEnded, isBehind } = this.#client;
    if (!hasEnded || isBehind || !this.#server.hasEnded || this.#server.isBehind) return false;
    this.#finish('-', '-');
    return true;
  }

  onClose(connection: Connection, code: string): void {
    this.thread.tick();
    if (connection === this.#connection) this.#onClientClosed(code);
    else if (connection === this.#server.connection) this.#onServerClosed(code);
  }

  #onClientClosed(code: string): void {
    this.#client.connection = null;
    if (this.#phase !== Phase.DONE) {
      const isOver = code === '' && this.#client.hasEnded && this.#server.hasEnded;
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
    this.#server.connection = null;
    if (this.#phase === Phase.SEARCH) {
      this.#search.failed();
      return;
    }
    if (this.#phase !== Phase.RELAY) return;
    const isOver = code === '' && this.#server.hasEnded && this.#client.hasEnded;
    if (!isOver) this.#finish('S', 'D');
    else if (!this.#finishIfOver()) this.#armClient();
  }

  onTimeout(entry: TimerEntry): void {
    this.thread.tick();
    if (this.#phase === Phase.DONE) {
      this.#connection.destroy();
      return;
    }
    const { timer } = this.#client;
    // Of two that are due, the client's counts.
    if (entry === timer || (timer.isArmed && timer.deadlineMs <= this.thread.nowMs)) {
      this.#client.rest();
      this.#onClientTimeout();
    }
    if (entry !== timer && this.#phase === Phase.RELAY) this.#onServerTimeout();
  }

  #onClientTimeout(): void {
    if (this.#phase === Phase.SEARCH) {
      this.#onEarlyTimeout();
    } else if (!this.#client.isBehind) {
      this.#cause ||= 'cD';
      this.#isClientSilent = true;
      this.#connection.pause();
      this.#endFromClient();
    } else if (this.#client.hasTakenSome) {
      this.#armClient();
    } else {
      // It does not take its bytes: nothing of this session is worth waiting for.
      this.#finish('c', 'D');
      this.#connection.destroy();
    }
  }

  /** Silence before the server was reached ends the wait in a queue; else the server is still waited for. */
  #onEarlyTimeout(): void {
    const { letter } = this.#search;
    if (letter === 'Q' || this.#accounts.backend?.abortOnClose === true) {
      this.#finish('c', letter);
      return;
    }
    this.#cause = `c${letter}`;
    this.#client.hasEnded = this.#isClientSilent = true;
    this.#connection.pause();
  }

  #onServerTimeout(): void {
    if (!this.#server.isBehind) {
      this.#cause ||= 'sD';
      this.#server.connection?.pause();
      this.#endFromServer();
    } else if (this.#server.hasTakenSome) {
      this.#armServer();
    } else {
      const server = this.#server.connection!;
      this.#server.connection = null;
      server.reset();
      this.#finish('s', 'D');
    }
  }

  /** TCP sessions run to their end; a soft stop waits for them. */
  drain(): void {}

  endOn(serverSlot: number, letter: 'D' | 'U'): void {
    if (this.#phase === Phase.DONE || this.#accounts.hasNoPlace) return;
    if (this.#accounts.server?.slot !== serverSlot) return;
    this.#finish(letter, this.#phase === Phase.RELAY ? '-' : 'C');
    this.#connection.destroy();
  }

  abort(): void {
    this.#finish('K', this.#phase === Phase.SEARCH ? this.#search.letter : 'D');
    this.#connection.destroy();
  }

  #armBoth(): void {
    if (this.#phase !== Phase.RELAY) return;
    this.#armClient();
    this.#armServer();
  }

  #armClient(): void {
    const { frontend } = this;
    const { tunnelMs } = (this.#accounts.backend ?? frontend).timeouts;
    const { clientMs, clientFinMs } = frontend.timeouts;
    const openMs = this.#phase === Phase.RELAY && tunnelMs > 0 ? tunnelMs : clientMs;
    const timeoutMs = this.#server.hasEnded && clientFinMs > 0 ? clientFinMs : openMs;
    this.#client.arm(timeoutMs, this.#server, frontend.tcp.independentStreams);
  }

  #armServer(): void {
    const { timeouts, tcp } = this.#accounts.backend!;
    const { tunnelMs, serverMs, serverFinMs } = timeouts;
    const timeoutMs = this.#client.hasEnded && serverFinMs > 0 ? serverFinMs : tunnelMs || serverMs;
    this.#server.arm(timeoutMs, this.#client, tcp.independentStreams);
  }

  /** Ends both sides, gives everything back, counts and logs. */
  #finish(who: string, where: string): void {
    if (this.#phase === Phase.DONE) return;
    this.#phase = Phase.DONE;
    const { thread, facts } = this;
    this.#client.rest();
    this.#server.rest();
    this.#leaveServer(who);
    if (who === 'C') this.#accounts.countAll(COUNTER.cli_abrt, 1);
    if (who === 'S') this.#accounts.countAll(COUNTER.srv_abrt, 1);
    if (who === 'C' && this.#search.letter === 'Q')
      facts.queueMs = Math.trunc(thread.nowMs - this.#acceptedAt);
    facts.terminationState = this.#cause || `${who}${where}`;
    this.#stampTimes();
    this.#log();
    this.#search.release();
    this.#accounts.leaveBackend();
    this.#held = null;
    this.#leaveClient();
  }

  /** `option dontlognull` asks what the client sent; a server that speaks first does not count. */
  #log(): void {
    if (this.facts.bytesFromClient > 0 || !this.frontend.dontLogNull) this.#accounts.logEnd(this);
  }

  /** As HAProxy: FIN, but a reset when the client is gone and for a server that has yet to send its first byte. */
  #leaveServer(who: string): void {
    const { connection, hasBeenHeard, hasEnded } = this.#server;
    if (connection === null) return;
    this.#server.connection = null;
    if (!hasEnded && (who === 'C' || !hasBeenHeard)) {
      connection.reset();
      return;
    }
    connection.end();
    connection.destroy();
  }

  /** Bytes that the client has yet to take are still sent, while it takes them. */
  #leaveClient(): void {
    const connection = this.#connection;
    if (this.#client.connection === null) {
      this.#leaveHome();
    } else if (this.#client.isBehind) {
      connection.pause();
      connection.end();
      this.#client.armNow(this.frontend.timeouts.clientMs);
    } else if (this.#resetsClient) {
      connection.reset();
    } else {
      connection.end();
      connection.destroy();
    }
  }
}
