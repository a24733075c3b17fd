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
import { threadTransport } from '../connection/transport.ts';
import type { Listener, Session } from '../listener/listener.ts';
import { LogLevel } from '../log/log-plan.ts';
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import { COUNTER } from '../shared/shared-state.ts';
import { Assignment, ServerAssignment, type ServerSeeker } from '../stream/server-assignment.ts';
import { StreamRecord } from '../stream/stream-record.ts';
import type { ThreadState } from '../thread-state.ts';
import { ConnectionEndpoint } from './endpoint.ts';

const Phase = { QUEUE: 0, CONNECT: 1, RELAY: 2, DONE: 3 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** Reads of this size show a bulk transfer, which gets a buffer of its own; small ones give it back. */
const BULK_READ_BYTES = 32 * 1024;
const SMALL_READ_BYTES = 4096;
const RETRY_DELAY_MS = 1000;

export class TcpSession implements ConnectionOwner, TimerTarget, SessionView, ServerSeeker, Session {
  readonly thread: ThreadState;
  readonly frontend: ProxyPlan;
  readonly source: ConnectionEndpoint;
  readonly destination: ConnectionEndpoint;
  readonly acceptedAtMs: number = Date.now();
  readonly listenerId: number;
  readonly frontendName: string;
  readonly facts: StreamRecord = new StreamRecord();
  readonly request = null;
  readonly response = null;
  readonly requestBytes = null;
  readonly #client: Connection;
  readonly #listener: Listener;
  readonly #assignment: ServerAssignment;
  readonly #clientTimer: TimerEntry;
  readonly #serverTimer: TimerEntry;
  readonly #acceptedAt: number;
  #phase: Phase = Phase.QUEUE;
  #backend: ProxyPlan | null = null;
  #chosen: ServerPlan | null = null;
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

  constructor(thread: ThreadState, connection: Connection, listener: Listener) {
    this.thread = thread;
    this.#acceptedAt = thread.nowMs;
    this.#client = connection;
    this.#listener = listener;
    this.frontend = listener.plan.proxy;
    this.source = new ConnectionEndpoint(connection, 'remote');
    this.destination = new ConnectionEndpoint(connection, 'local');
    this.listenerId = listener.plan.bindId;
    this.frontendName = this.frontend.name;
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
    return this.#backend?.name ?? this.frontend.name;
  }

  get serverName(): string {
    return this.#chosen?.name ?? '';
  }

  #begin(): void {
    const { frontend } = this;
    const backend = this.#chooseBackend();
    this.#armClient();
    if (backend === null) {
      this.#finish('S', 'C');
      return;
    }
    this.#backend = backend;
    this.thread.shared.enter(backend.backendSlot);
    this.thread.shared.count(backend.backendSlot, COUNTER.stot, 1);
    if (backend !== frontend && backend.isHttp) {
      this.#finish('P', 'R');
      return;
    }
    this.#assign(-1);
  }

  #chooseBackend(): ProxyPlan | null {
    const { frontend } = this;
    for (const rule of frontend.switches)
      if (rule.condition === null || rule.condition(this)) return rule.backend;
    return frontend.defaultBackend ?? (frontend.backendSlot >= 0 ? frontend : null);
  }

  #assign(excluded: number): void {
    const backend = this.#backend!;
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
    this.#chosen = server;
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
    this.thread.shared.count(server.slot, COUNTER.connect, 1);
    this.thread.shared.count(this.#backend!.backendSlot, COUNTER.connect, 1);
    this.#server = threadTransport().dial(target, this);
    this.#arm(this.#serverTimer, this.#backend!.timeouts.connectMs);
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
    const { shared } = this.thread;
    this.facts.bytesFromClient += length;
    shared.count(this.frontend.frontendSlot, COUNTER.bin, length);
    if (this.#backend !== null) shared.count(this.#backend.backendSlot, COUNTER.bin, length);
    if (this.#chosen !== null) shared.count(this.#chosen.slot, COUNTER.bin, length);
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
    const { shared } = this.thread;
    this.facts.bytesToClient += length;
    shared.count(this.frontend.frontendSlot, COUNTER.bout, length);
    shared.count(this.#backend!.backendSlot, COUNTER.bout, length);
    shared.count(this.#chosen!.slot, COUNTER.bout, length);
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
      else if (this.#phase !== Phase.DONE && this.#backend?.abortOnClose)
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
      this.#listener.sessionClosed(this);
      return;
    }
    const isNormal = code === '' && this.#hasServerEnded;
    this.#finish(isNormal ? '-' : 'C', isNormal ? '-' : this.#letter());
    this.#listener.sessionClosed(this);
  }

  #onServerClosed(code: string): void {
    this.#server = null;
    if (this.#phase === Phase.CONNECT) {
      this.#onConnectFailure('S');
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

  #onConnectFailure(who: string): void {
    const backend = this.#backend!;
    const { shared } = this.thread;
    const { facts } = this;
    if (facts.retries >= backend.retries) {
      shared.count(this.#chosen!.slot, COUNTER.econ, 1);
      shared.count(backend.backendSlot, COUNTER.econ, 1);
      this.#finish(who, 'C');
      return;
    }
    facts.retries++;
    if (backend.redispatches && facts.retries === backend.retries && backend.servers.length > 1) {
      shared.count(this.#chosen!.slot, COUNTER.wredis, 1);
      shared.count(backend.backendSlot, COUNTER.wredis, 1);
      facts.isRedispatched = true;
      const excluded = this.#chosen!.index;
      this.#assignment.release();
      this.#chosen = null;
      this.#assign(excluded);
      return;
    }
    shared.count(this.#chosen!.slot, COUNTER.wretr, 1);
    shared.count(backend.backendSlot, COUNTER.wretr, 1);
    if (who === 's') {
      this.#connect(this.#chosen!);
      return;
    }
    this.#isWaitingToRetry = true;
    const { connectMs } = backend.timeouts;
    this.#arm(this.#serverTimer, connectMs === 0 ? RETRY_DELAY_MS : Math.min(RETRY_DELAY_MS, connectMs));
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
          this.#connect(this.#chosen!);
          break;
        }
        this.#dropServer();
        this.#onConnectFailure('s');
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
    const { tunnelMs } = (this.#backend ?? this.frontend).timeouts;
    const { clientMs, clientFinMs } = this.frontend.timeouts;
    if (this.#hasClientEnded && clientFinMs > 0) this.#arm(this.#clientTimer, clientFinMs);
    else this.#arm(this.#clientTimer, this.#phase === Phase.RELAY && tunnelMs > 0 ? tunnelMs : clientMs);
  }

  #armServer(): void {
    if (this.#phase !== Phase.RELAY) return;
    const { tunnelMs, serverMs, serverFinMs } = this.#backend!.timeouts;
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
    if (this.#backend !== null) thread.shared.leave(this.#backend.backendSlot);
    if (who === 'C') thread.shared.count(this.frontend.frontendSlot, COUNTER.cli_abrt, 1);
    facts.terminationState = `${who}${where}`;
    facts.totalMs = facts.activeMs = Math.trunc(this.thread.nowMs - this.#acceptedAt);
    this.#log();
    this.#closeClient();
  }

  #log(): void {
    const { log, dontLogNull } = this.frontend;
    if (
      log === null ||
      (dontLogNull &&
        this.facts.bytesFromClient === 0 &&
        this.facts.bytesToClient === 0 &&
        this.#hasClientEnded)
    )
      return;
    this.facts.takeConnectionCounts(this.thread.shared, this.frontend, this.#backend, this.#chosen);
    log.write(this, LogLevel.INFO);
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
