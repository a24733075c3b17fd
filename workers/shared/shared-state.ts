/**
 * What the data plane and the worker process's main thread share: the interface over the shared memory.
 *
 * One owner per structure. Servers and proxies are addressed by the slot that the SlotMap gives them: the same
 * numbers in every thread. Counters are plain adds in memory of the adding thread, summed by readers; what must be
 * exact over all threads (sessions, limits, queues) is atomic.
 */
import type { Rotation } from './rotation.ts';
import type { SlotMap } from './slots.ts';

/** Server states as HAProxy prints them in `show stat` (srv_op_state of `show servers state`). */
export const OperationalState = { STOPPED: 0, STARTING: 1, RUNNING: 2, STOPPING: 3 } as const;
export type OperationalState = (typeof OperationalState)[keyof typeof OperationalState];

/** Administrative states, a bit mask (srv_admin_state, management manual 9.3 `show servers state`). */
export const AdminState = {
  FORCED_MAINT: 0x01,
  INHERITED_MAINT: 0x02,
  CONFIG_MAINT: 0x04,
  FORCED_DRAIN: 0x08,
  INHERITED_DRAIN: 0x10,
  RESOLUTION_MAINT: 0x20,
  /** The bits that keep all traffic away, and those that keep new traffic away. */
  ANY_MAINT: 0x27,
  ANY_DRAIN: 0x18,
} as const;

/** Effective weights count in such parts of a configured weight's unit. */
export const WEIGHT_SCALE = 16;

/** Counters of proxies and servers; the order is the layout. Names follow `show stat`'s columns where one exists. */
export const COUNTERS = [
  'stot',
  'bin',
  'bout',
  'dreq',
  'dresp',
  'ereq',
  'econ',
  'eresp',
  'wretr',
  'wredis',
  'lbtot',
  'conn_tot',
  'hrsp_1xx',
  'hrsp_2xx',
  'hrsp_3xx',
  'hrsp_4xx',
  'hrsp_5xx',
  'hrsp_other',
  'req_tot',
  'cli_abrt',
  'srv_abrt',
  'connect',
  'reuse',
  'dcon',
  'dses',
  'intercepted',
  'qtime_sum',
  'ctime_sum',
  'rtime_sum',
  'ttime_sum',
  'timed',
] as const;
export type CounterName = (typeof COUNTERS)[number];

/** The counters' numbers by name, for `count` and `sum`: `COUNTER.bin`. */
export const COUNTER = Object.freeze(Object.fromEntries(COUNTERS.map((name, index) => [name, index]))) as {
  readonly [K in CounterName]: number;
};

/** Which events per second: sessions begun (`rate`), connections accepted (`conn_rate`), requests (`req_rate`). */
export const RateKind = { SESSION: 0, CONNECTION: 1, REQUEST: 2 } as const;
export type RateKind = (typeof RateKind)[keyof typeof RateKind];

/** The index of the worker process's main thread for `openShared`. */
export const MAIN_THREAD = -1;

/** What health checks publish of a server; numbers as `show stat` and `show servers state` print them. */
export interface CheckFacts {
  /** Number of the check status in the health checks' own table (`L4OK`, `L7STS`…). */
  readonly status: number;
  /** srv_check_result: 0 unknown, 1 neutral, 2 failed, 3 passed, 4 conditionally passed. */
  readonly result: number;
  /** Layer 7 code such as an HTTP status; -1 for none. */
  readonly code: number;
  /** The rise and fall counter. */
  readonly health: number;
  /** srv_check_state: a mask of 1 in progress, 2 configured, 4 enabled, 8 paused. */
  readonly state: number;
  readonly durationMs: number;
}

/** One thread's view. Proxy and server arguments are slots. */
export interface SharedState {
  readonly slots: SlotMap;
  readonly threads: number;

  /** A reload is committed on this thread: from now on the slots are those of the new model. */
  adoptSlots(slots: SlotMap): void;

  /** Adds to a counter of this thread. Frontend and backend sides of a `listen` have a slot each. */
  count(slot: number, counter: number, amount: number): void;
  /** The sum over all threads. */
  sum(slot: number, counter: number): number;

  /**
   * Begins a session of the process, of a proxy side or of an unlimited server, whatever its `maxconn`: the new
   * number over all threads. Keeps the maximum and the session rate too.
   */
  enter(slot: number): number;
  /** As `enter`, but false, with nothing changed, when `maxconn(slot)` sessions exist already. */
  tryEnter(slot: number): boolean;
  /** As `tryEnter`, and false when so many sessions have begun in a second: no thread begins one beyond that. */
  tryEnterPaced(slot: number, perSecond: number): boolean;
  /** Milliseconds until `tryEnterPaced` may succeed for its rate; 0: now. */
  paceMs(slot: number, perSecond: number): number;
  leave(slot: number): void;
  /**
   * Calls back once, on this thread, when a session may begin again after `tryEnter` said no. Other threads are told
   * as well: the callback tries, and asks again when it comes too late.
   */
  whenRoom(slot: number, onRoom: () => void): void;
  current(slot: number): number;
  /** The most sessions there were at one time (`smax`). */
  maximum(slot: number): number;

  /** Counts one event of a kind; `enter` does it for sessions. */
  mark(slot: number, kind: RateKind): void;
  /** Events per second, sliding over this second and the last, as HAProxy estimates it. */
  rate(slot: number, kind: RateKind): number;
  maxRate(slot: number, kind: RateKind): number;

  operationalState(slot: number): OperationalState;
  adminState(slot: number): number;
  /** User weight as changed at run time, 0..256. */
  weight(slot: number): number;
  initialWeight(slot: number): number;
  /** What balancers use, in 1/16 of the weight's unit: less than 16 * weight while a server starts slowly. */
  effectiveWeight(slot: number): number;
  isBackup(slot: number): boolean;
  /** True when balancers may choose the server: running or starting, not in maintenance or drain, weight above 0. */
  isInRotation(slot: number): boolean;
  /** Of a server, a proxy side or the process; 0 is no limit. */
  maxconn(slot: number): number;
  /** Wall clock of the last change of the operational state, ms since the epoch. */
  lastChangeMs(slot: number): number;
  /** Wall clock when the last session was given to a server or backend, ms since the epoch; 0 never. */
  lastSessionMs(slot: number): number;
  check(slot: number): CheckFacts;
  /** One more observed error of a server in a row: how many there are now, over all threads. */
  countError(serverSlot: number): number;
  forgetErrors(serverSlot: number): void;
  /** Moves when any server's state or weight in this backend moved. */
  backendVersion(backendSlot: number): number;
  /** The server's numeric id. */
  serverId(slot: number): number;
  /** The backend's count of sessions begun and ended, when that last happened to this server; 32 bits, wraps. */
  lastMove(slot: number): number;
  /** The servers of a backend that take new traffic, as this thread knows them; `slots` are those of the model meant. */
  rotation(backendSlot: number, slots: SlotMap): Rotation;
  /** The backend's turn, shared by all threads: returns the old value and adds one; 32 bits. */
  nextTurn(backendSlot: number): number;

  /**
   * Takes one of a server's `maxconn` places, for good until `leaveServer`: this is the server's session count too,
   * `enter` is not called beside it. False when none is free or others have waited longer. Exact over all threads.
   */
  tryEnterServer(backendSlot: number, serverSlot: number): boolean;
  /** True when `tryEnterServer` would succeed now. */
  hasRoom(backendSlot: number, serverSlot: number): boolean;
  /** Gives the place back and wakes whoever has waited longest for it. */
  leaveServer(backendSlot: number, serverSlot: number): void;
  /**
   * Waits for a place: any server of the backend (serverSlot -1), or this one. `onTurn` is called once, on this
   * thread and never from within `joinQueue`, with the server whose place is already taken for the caller; or with
   * -1 when the server waited for has gone down and the caller must choose again. Returns a ticket for `leaveQueue`,
   * or -1 when this thread has no more room for waiting requests: answer as for a full queue.
   */
  joinQueue(backendSlot: number, serverSlot: number, onTurn: (serverSlot: number) => void): number;
  /** Gives up waiting: `onTurn` will not be called. A place that was just handed over goes to the next. */
  leaveQueue(ticket: number): void;
  /** Requests waiting for this server, or for any server of this backend (`qcur`). */
  queueLength(slot: number): number;
  queueMaximum(slot: number): number;
  /** Hands free places to those who wait, and sends those away whose server is down. The setters below call it. */
  wakeAll(backendSlot: number): void;
}

/** What the worker process's main thread writes: it is the only thread that does. */
export interface SharedControl extends SharedState {
  /** Sets the state, the time of the change, moves the backend's version, and wakes who may now be served. */
  setOperationalState(slot: number, state: OperationalState): void;
  setAdminState(slot: number, mask: number): void;
  /** Sets the user weight and, unless the server is starting slowly, the effective weight with it. */
  setWeight(slot: number, weight: number): void;
  setEffectiveWeight(slot: number, sixteenths: number): void;
  setMaxconn(slot: number, maxconn: number): void;
  setCheck(slot: number, facts: CheckFacts): void;

  /**
   * Takes back what a thread held when it died: its sessions, its servers' places, its waiting requests and its
   * locks. Call it after the thread's `exit` event and before another thread takes the index. False when another
   * thread, probably dead as well, holds a lock that is needed: call again a little later.
   */
  reclaimThread(index: number): boolean;
  /** Forgets the maxima of all slots: sessions, queues, rates. */
  clearMaxima(): void;
  /** To be called every few minutes: forgets events of seconds long gone, so that their tags can be used again. */
  sweepRates(): void;
}
