/**
 * One listening socket of a thread: accepts as many client connections as the limits allow and makes their sessions.
 * Above `maxconn` it stops accepting; the kernel's queue holds the others until a session ends.
 */
import { duplicate } from '../../src/system/descriptors.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { Connection } from '../connection/connection.ts';
import { PlacedList } from '../connection/placed-list.ts';
import { tuneConnection, tuneListener } from '../connection/socket-tuning.ts';
import type { Listener as Socket } from '../connection/transport.ts';
import type { ListenerPlan } from '../plan/plan.ts';
import { HttpSession } from '../session/http-session.ts';
import type { Session, SessionHome } from '../session/session.ts';
import { TcpSession } from '../session/tcp-session.ts';
import { COUNTER, RateKind, type SharedState } from '../shared/shared-state.ts';
import { PROCESS_SLOT } from '../shared/slots.ts';
import type { ThreadState } from '../thread-state.ts';
import type { ServerPools } from '../upstream/server-pools.ts';
import { listenOn } from './accept.ts';

/** What the listeners of one thread share. */
export interface ListenerHost {
  readonly thread: ThreadState;
  readonly pools: ServerPools;
  readonly onSessionClosed: () => void;
}

export class Listener implements SessionHome, TimerTarget {
  plan: ListenerPlan;
  isLeaving = false;
  readonly #fd: number;
  readonly #isUnix: boolean;
  readonly #thread: ThreadState;
  readonly #pools: ServerPools;
  readonly #socket: Socket;
  readonly #sessions = new PlacedList<Session>();
  readonly #onSessionClosed: () => void;
  /** Accepted while a limit was reached: they wait unread, first come first served. */
  readonly #waiting: Connection[] = [];
  readonly #paceTimer: TimerEntry = new TimerEntry(this);
  #isPaused = false;

  constructor(
    { thread, pools, onSessionClosed }: ListenerHost,
    plan: ListenerPlan,
    fd: number,
    isUnix: boolean,
  ) {
    this.#pools = pools;
    this.#thread = thread;
    this.plan = plan;
    this.#fd = fd;
    this.#isUnix = isUnix;
    this.#onSessionClosed = onSessionClosed;
    if (!isUnix) tuneListener(fd, plan.tuning);
    this.#socket = listenOn(
      fd,
      isUnix,
      (connection) => this.#onAccept(connection),
      plan.backlog > 0 ? { backlog: plan.backlog } : {},
    );
  }

  get isListening(): boolean {
    return this.#socket.isOpen;
  }

  get sessionCount(): number {
    return this.#sessions.size + this.#waiting.length;
  }

  #onAccept(connection: Connection): void {
    this.#thread.tick();
    if (this.#waiting.length === 0 && this.#enter()) {
      this.#begin(connection);
      return;
    }
    connection.pause();
    connection.owner = new WaitingConnection(this.#waiting, connection);
    this.#waiting.push(connection);
    this.#socket.pause();
    this.#awaitRoom();
  }

  /**
   * Takes a place in the process, in the frontend and, where it has a limit, on the bind: all or none. Looks first
   * whether they are full, since a place that is given back has counted in maxima and rates.
   */
  #enter(): boolean {
    const { shared, plan } = this.#thread;
    const { slot, proxy } = this.plan;
    if (this.#fullSlot() >= 0 || this.#paceMs() > 0) return false;
    if (!enterPaced(shared, PROCESS_SLOT, plan.global.sessionsPerSecond)) return false;
    if (enterPaced(shared, proxy.frontendSlot, proxy.tcp.sessionsPerSecond)) {
      if (slot < 0 || shared.tryEnter(slot)) return true;
      shared.leave(proxy.frontendSlot);
    }
    shared.leave(PROCESS_SLOT);
    return false;
  }

  /** How long the limits on sessions per second keep the next one back; 0: not at all. */
  #paceMs(): number {
    const { shared, plan } = this.#thread;
    const { sessionsPerSecond } = plan.global;
    const { frontendSlot, tcp } = this.plan.proxy;
    return Math.max(
      sessionsPerSecond === 0 ? 0 : shared.paceMs(PROCESS_SLOT, sessionsPerSecond),
      tcp.sessionsPerSecond === 0 ? 0 : shared.paceMs(frontendSlot, tcp.sessionsPerSecond),
    );
  }

  #leave(): void {
    const { shared } = this.#thread;
    const { slot, proxy } = this.plan;
    if (slot >= 0) shared.leave(slot);
    shared.leave(proxy.frontendSlot);
    shared.leave(PROCESS_SLOT);
  }

  #awaitRoom(): void {
    const { shared, wheel, nowMs } = this.#thread;
    const full = this.#fullSlot();
    const paceMs = full >= 0 ? 0 : this.#paceMs();
    if (paceMs > 0) wheel.arm(this.#paceTimer, nowMs + paceMs);
    else shared.whenRoom(full >= 0 ? full : PROCESS_SLOT, () => this.#onRoom());
  }

  /** The rate may have fallen far enough for the next session. */
  onTimeout(): void {
    this.#thread.tick();
    this.#onRoom();
  }

  /** What keeps a session from beginning; -1 for nothing. */
  #fullSlot(): number {
    const { slot, proxy } = this.plan;
    if (slot >= 0 && this.#isFull(slot)) return slot;
    if (this.#isFull(proxy.frontendSlot)) return proxy.frontendSlot;
    return this.#isFull(PROCESS_SLOT) ? PROCESS_SLOT : -1;
  }

  #isFull(slot: number): boolean {
    const { shared } = this.#thread;
    const limit = shared.maxconn(slot);
    return limit > 0 && shared.current(slot) >= limit;
  }

  #onRoom(): void {
    while (this.#waiting.length > 0) {
      if (!this.#enter()) {
        this.#awaitRoom();
        return;
      }
      const connection = this.#waiting.shift()!;
      this.#begin(connection);
      connection.resume();
    }
    if (!this.#isPaused && this.#socket.isOpen) this.#socket.resume();
  }

  #begin(connection: Connection): void {
    const thread = this.#thread;
    const { proxy } = this.plan;
    thread.shared.count(proxy.frontendSlot, COUNTER.stot, 1);
    thread.shared.count(proxy.frontendSlot, COUNTER.conn_tot, 1);
    thread.shared.mark(PROCESS_SLOT, RateKind.CONNECTION);
    thread.shared.mark(proxy.frontendSlot, RateKind.CONNECTION);
    if (proxy.clientTuning !== null) tuneConnection(connection.fd, proxy.clientTuning);
    if (proxy.isHttp) {
      this.#sessions.add(new HttpSession(thread, this.#pools, connection, this));
      return;
    }
    const session = new TcpSession(thread, connection, this);
    this.#sessions.add(session);
    session.begin();
  }

  sessionClosed(session: Session): void {
    if (!this.#sessions.delete(session)) return;
    this.#leave();
    this.#onSessionClosed();
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#waiting.length === 0) this.#socket.resume();
  }

  /**
   * A reload: sessions go by this plan from their next request on. False where they cannot, because they count
   * elsewhere or speak another protocol: this listener is then to leave, and another to take the socket.
   */
  adopt(plan: ListenerPlan): boolean {
    const before = this.plan;
    if (
      plan.slot !== before.slot ||
      plan.proxy.frontendSlot !== before.proxy.frontendSlot ||
      plan.proxy.isHttp !== before.proxy.isHttp ||
      plan.backlog !== before.backlog
    )
      return false;
    this.plan = plan;
    if (!this.#isUnix && this.#socket.isOpen) tuneListener(this.#fd, plan.tuning, before.tuning);
    return true;
  }

  /** A second descriptor of the socket, for the listener that comes behind this one. */
  duplicateSocket(): number {
    return duplicate(this.#fd);
  }

  /** The bind is gone: sessions end when they come to rest. Who is in the queue is still served, until `close`. */
  leave(): void {
    this.isLeaving = true;
    this.drain();
  }

  /** Stops listening; sessions go on. */
  close(): void {
    this.#socket.close();
  }

  drain(): void {
    for (const session of this.#sessions.snapshot()) session.drain();
  }

  endOn(serverSlot: number, letter: 'D' | 'U'): void {
    for (const session of this.#sessions.snapshot()) session.endOn(serverSlot, letter);
  }

  abortAll(): void {
    for (const session of this.#sessions.snapshot()) session.abort();
    for (const connection of [...this.#waiting]) connection.destroy();
    this.#thread.wheel.cancel(this.#paceTimer);
  }
}

function enterPaced(shared: SharedState, slot: number, perSecond: number): boolean {
  return perSecond === 0 ? shared.tryEnter(slot) : shared.tryEnterPaced(slot, perSecond);
}

/** Holds the place of a session that may not begin yet. */
class WaitingConnection {
  readonly #queue: Connection[];
  readonly #connection: Connection;

  constructor(queue: Connection[], connection: Connection) {
    this.#queue = queue;
    this.#connection = connection;
  }

  onConnect(): void {}
  onBytes(): void {}
  onEnd(): void {}
  onDrain(): void {}

  onClose(): void {
    const at = this.#queue.indexOf(this.#connection);
    if (at >= 0) this.#queue.splice(at, 1);
  }
}
