/**
 * One client connection in `mode tcp`: a relay between it and one server, both ways, with half-close and
 * back-pressure. Bulk flows without a copy: each side reads into a buffer of its own once it streams.
 *
 * ```
 *   begin ─▶ QUEUE ─place─▶ CONNECT ─open─▶ RELAY ─both ends closed─▶ DONE
 *               │ timeout      │ retries exhausted   │ timeout, error   ▲
 *               └──────────────┴─────────────────────┴──────────────────┘
 * ```
 */
import type { SessionView } from '../../src/sample/stream-view.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { Connection, ConnectionOwner } from '../connection/connection.ts';
import { tuneConnection } from '../connection/socket-tuning.ts';
import { threadTransport } from '../connection/transport.ts';
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import { COUNTER } from '../shared/shared-state.ts';
import { chooseBackend } from '../stream/choose-backend.ts';
import { afterFailedConnect, Retry, retryDelayMs } from '../stream/connect-retries.ts';
import { Assignment, ServerAssignment, type ServerSeeker } from '../stream/server-assignment.ts';
import { StreamAccounts } from '../stream/stream-accounts.ts';
import type { StreamRecord } from '../stream/stream-record.ts';
import type { ThreadState } from '../thread-state.ts';
import { ConnectionEndpoint } from './endpoint.ts';
import type { Session, SessionHome } from './session.ts';

const Phase = { QUEUE: 0, CONNECT: 1, RELAY: 2, DONE: 3 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** Reads of this size show a bulk transfer, which gets a buffer of its own; small ones give it back. */
const BULK_READ_BYTES = 32 * 1024;
const SMALL_READ_BYTES = 4096;

export class TcpSession implements ConnectionOwner, TimerTarget, SessionView, ServerSeeker, Session {
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
  readonly #assignment: ServerAssignment;
  readonly #clientTimer: TimerEntry;
  readonly #serverTimer: TimerEntry;
  readonly #acceptedAt: number;
  #phase: Phase = Phase.QUEUE;
  #server: Connection | null = null;
  #assignedAt = 0;
  #connectedAt = 0;
  #hasClientEnded = false;
  #hasServerEnded = false;
  #isClientBulk = false;
  #isServerBulk = false;
  #isWaitingToRetry = false;
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
    this.#assignment = new ServerAssignment(thread, this);
    this.#clientTimer = new TimerEntry(this);
    this.#serverTimer = new TimerEntry(this);
    connection.owner = this;
    this.facts.requestAtMs = this.acceptedAtMs;
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
    this.#assign(-1);
  }

  #assign(excluded: number): void {
    const backend = this.#accounts.backend!;
    switch (this.#assignment.choose(backend, excluded)) {
      case Assignment.CHOSEN:
        this.onServerAssigned(this.#assignment.server!);
        break;
      case Assignment.QUEUED:
        this.#phase = Phase.QUEUE;
        this.#arm(this.#serverTimer, backend.timeouts.queueMs || backend.timeouts.connectMs);
        break;
      default:
        this.#finish('S', 'C');
    }
  }

  onServerAssigned(server: ServerPlan): void {
    this.#accounts.server = server;
    if (this.#assignedAt === 0) {
      this.#assignedAt = this.thread.nowMs;
      this.facts.queueMs = Math.trunc(this.#assignedAt - this.#acceptedAt);
    }
    this.#connect(server);
  }

  onServerWithdrawn(): void {
    this.#assign(-1);
  }

  #connect(server: ServerPlan): void {
    this.#phase = Phase.CONNECT;
    const { host, path, port, portOffset } = server.target;
    const target =
      path !== ''
        ? { path }
        : { host, port: portOffset === null ? port : this.destination.port + portOffset };
    this.#accounts.countBehind(COUNTER.connect, 1);
    const { tuning } = server;
    const options = tuning === null ? undefined : { prepare: (fd: number) => tuneConnection(fd, tuning) };
    this.#server = threadTransport().dial(target, this, options);
    this.#arm(this.#serverTimer, this.#accounts.backend!.timeouts.connectMs);
  }

  onConnect(): void {
    this.thread.tick();
    this.#phase = Phase.RELAY;
    this.#connectedAt = this.thread.nowMs;
    this.facts.connectMs = Math.trunc(this.#connectedAt - this.#assignedAt);
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#server!.write(held, 0, held.length);
    if (this.#hasClientEnded) this.#server!.end();
    else this.#client.resume();
    this.#armServer();
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
        this.#finish('C', this.#phase === Phase.QUEUE ? 'Q' : 'C');
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
    if (this.#phase === Phase.CONNECT) {
      this.#onConnectFailure(false);
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
    return this.#phase === Phase.QUEUE ? 'Q' : this.#phase === Phase.CONNECT ? 'C' : 'D';
  }

  #onConnectFailure(hasTimedOut: boolean): void {
    const accounts = this.#accounts;
    const server = accounts.server!;
    switch (afterFailedConnect(accounts, hasTimedOut)) {
      case Retry.GIVE_UP:
        this.#finish(hasTimedOut ? 's' : 'S', 'C');
        break;
      case Retry.ELSEWHERE:
        this.#assignment.release();
        accounts.server = null;
        this.#assign(server.index);
        break;
      case Retry.NOW:
        this.#connect(server);
        break;
      default:
        this.#isWaitingToRetry = true;
        this.#arm(this.#serverTimer, retryDelayMs(accounts.backend!.timeouts.connectMs));
    }
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
    switch (this.#phase) {
      case Phase.QUEUE:
        this.#finish('s', 'Q');
        break;
      case Phase.CONNECT:
        if (this.#isWaitingToRetry) {
          this.#isWaitingToRetry = false;
          this.#connect(this.#accounts.server!);
          break;
        }
        this.#dropServer();
        this.#onConnectFailure(true);
        break;
      default:
        this.#finish('s', 'D');
    }
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
    this.#assignment.release();
    this.#accounts.leaveBackend();
    if (who === 'C') this.#accounts.countAll(COUNTER.cli_abrt, 1);
    if (who === 'S') this.#accounts.countAll(COUNTER.srv_abrt, 1);
    facts.terminationState = `${who}${where}`;
    facts.totalMs = facts.activeMs = Math.trunc(this.thread.nowMs - this.#acceptedAt);
    this.#log();
    this.#closeClient();
  }

  #log(): void {
    const { bytesFromClient, bytesToClient } = this.facts;
    const isSilent = bytesFromClient === 0 && bytesToClient === 0 && this.#hasClientEnded;
    if (!isSilent || !this.frontend.dontLogNull) this.#accounts.log(this);
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
