/**
 * One client connection in `mode tcp`: a relay between it and one server, both ways, with half-close and
 * back-pressure. Bulk flows without a copy: each side reads into a buffer of its own once it streams.
 *
 * ```
 *   begin ─▶ SEARCH ─reached─▶ RELAY ─both ends closed─▶ DONE
 *               │ unreachable      │ timeout, error         ▲
 *               └──────────────────┴────────────────────────┘
 * ```
 */
import type { Fault } from '../../src/errors/faults.ts';
import type { SessionView } from '../../src/sample/stream-view.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { Connection, ConnectionOwner } from '../connection/connection.ts';
import { tuneConnection } from '../connection/socket-tuning.ts';
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
  #hasClientEnded = false;
  #hasServerEnded = false;
  #isClientBulk = false;
  #isServerBulk = false;
  /** What the client sent before the server was there; reading stops meanwhile. */
  #held: Buffer | null = null;

  constructor(thread: ThreadState, connection: Connection, home: SessionHome) {
    this.thread = thread;
    this.#acceptedAt = thread.nowMs;
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
    this.#accounts.log(this, LogMoment.BEGIN, 'txn_accept');
    this.#begin();
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

  #begin(): void {
    const { frontend } = this;
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
    const { host, path, port, portOffset } = server.target;
    const target =
      path !== ''
        ? { path }
        : { host, port: portOffset === null ? port : this.destination.port + portOffset };
    const { tuning } = server;
    const options = tuning === null ? undefined : { prepare: (fd: number) => tuneConnection(fd, tuning) };
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
    this.#noteServer();
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#server!.write(held, 0, held.length);
    if (this.#hasClientEnded) this.#server!.end();
    else this.#client.resume();
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
    this.#armClient();
    if (this.#phase !== Phase.RELAY) {
      const piece = Buffer.from(buffer.subarray(0, length));
      this.#held = this.#held === null ? piece : Buffer.concat([this.#held, piece]);
      this.#client.pause();
      return;
    }
    const server = this.#server!;
    const isTaken = this.#isClientBulk
      ? server.writeFrom(this.#client, buffer, 0, length)
      : server.write(buffer, 0, length);
    this.#armServer();
    if (!isTaken && !this.#isClientBulk) this.#client.pause();
    const isBulk = this.#isClientBulk ? length >= SMALL_READ_BYTES : length >= BULK_READ_BYTES;
    if (isBulk !== this.#isClientBulk) {
      this.#isClientBulk = isBulk;
      this.#client.setBulk(isBulk);
    }
  }

  #onServerBytes(buffer: Buffer, length: number): void {
    this.#accounts.bytesOut(length);
    this.#armServer();
    const client = this.#client;
    const server = this.#server!;
    const isTaken = this.#isServerBulk
      ? client.writeFrom(server, buffer, 0, length)
      : client.write(buffer, 0, length);
    this.#armClient();
    if (!isTaken && !this.#isServerBulk) server.pause();
    const isBulk = this.#isServerBulk ? length >= SMALL_READ_BYTES : length >= BULK_READ_BYTES;
    if (isBulk !== this.#isServerBulk) {
      this.#isServerBulk = isBulk;
      server.setBulk(isBulk);
    }
  }

  onDrain(connection: Connection): void {
    if (connection === this.#client) this.#server?.resume();
    else if (this.#phase === Phase.RELAY) this.#client.resume();
  }

  onEnd(connection: Connection): void {
    this.thread.tick();
    if (connection === this.#client) {
      this.#hasClientEnded = true;
      if (this.#phase === Phase.RELAY) this.#server!.end();
      else if (this.#phase !== Phase.DONE && this.#accounts.backend?.abortOnClose)
        this.#finish('C', this.#search.letter);
      this.#armClient();
    } else {
      this.#hasServerEnded = true;
      this.#client.end();
      this.#armServer();
    }
  }

  onClose(connection: Connection, code: string): void {
    this.thread.tick();
    if (connection === this.#client) this.#onClientClosed(code);
    else if (connection === this.#server) this.#onServerClosed(code);
  }

  #onClientClosed(code: string): void {
    if (this.#phase === Phase.DONE) {
      this.#home.sessionClosed(this);
      return;
    }
    const isNormal = code === '' && this.#hasServerEnded;
    this.#finish(isNormal ? '-' : 'C', isNormal ? '-' : this.#letter());
    this.#home.sessionClosed(this);
  }

  #onServerClosed(code: string): void {
    this.#server = null;
    if (this.#phase === Phase.SEARCH) {
      this.#search.failed();
      return;
    }
    if (this.#phase !== Phase.RELAY) return;
    const isNormal = code === '' && this.#hasServerEnded;
    if (isNormal && this.#client.isOpen && this.#client.pendingBytes > 0) {
      this.#armClient();
      return;
    }
    this.#finish(isNormal ? '-' : 'S', isNormal ? '-' : 'D');
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
    if (entry === this.#clientTimer) {
      this.#finish('c', this.#letter());
      return;
    }
    this.#finish('s', 'D');
  }

  /** TCP sessions run to their end; a soft stop waits for them. */
  drain(): void {}

  abort(): void {
    this.#finish('K', this.#letter());
    this.#client.destroy();
  }

  #armClient(): void {
    const { tunnelMs } = (this.#accounts.backend ?? this.frontend).timeouts;
    const { clientMs, clientFinMs } = this.frontend.timeouts;
    if (this.#hasClientEnded && clientFinMs > 0) this.#arm(this.#clientTimer, clientFinMs);
    else this.#arm(this.#clientTimer, this.#phase === Phase.RELAY && tunnelMs > 0 ? tunnelMs : clientMs);
  }

  #armServer(): void {
    if (this.#phase !== Phase.RELAY) return;
    const { tunnelMs, serverMs, serverFinMs } = this.#accounts.backend!.timeouts;
    if (this.#hasServerEnded && serverFinMs > 0) this.#arm(this.#serverTimer, serverFinMs);
    else this.#arm(this.#serverTimer, tunnelMs || serverMs);
  }

  #arm(entry: TimerEntry, timeoutMs: number): void {
    if (timeoutMs === 0) this.thread.wheel.cancel(entry);
    else this.thread.wheel.arm(entry, this.thread.nowMs + timeoutMs);
  }

  #dropServer(): void {
    const server = this.#server;
    this.#server = null;
    server?.destroy();
  }

  /** Ends both sides, gives everything back, counts and logs. */
  #finish(who: string, where: string): void {
    if (this.#phase === Phase.DONE) return;
    this.#phase = Phase.DONE;
    const { thread, facts } = this;
    thread.wheel.cancel(this.#clientTimer);
    thread.wheel.cancel(this.#serverTimer);
    this.#dropServer();
    if (who === 'C') this.#accounts.countAll(COUNTER.cli_abrt, 1);
    if (who === 'S') this.#accounts.countAll(COUNTER.srv_abrt, 1);
    facts.terminationState = `${who}${where}`;
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

  #closeClient(): void {
    if (!this.#client.isOpen) return;
    if (this.#client.pendingBytes > 0) {
      this.#client.end();
      this.#armClient();
    } else {
      this.#client.destroy();
    }
  }
}
