/**
 * What the data plane and the worker process's main thread share: the interface over the shared memory.
 *
 * One owner per structure. Servers and proxies are addressed by the slot that `slotsOf(model)` gives them: the same
 * numbers in every thread. Counters are plain adds in memory of the adding thread, summed by readers; what must be
 * exact over all threads (sessions, limits, queues) is atomic.
 */

/** Server states as HAProxy prints them in `show stat` (srv_op_state of `show servers state`). */
export const OperationalState = { STOPPED: 0, STARTING: 1, RUNNING: 2, STOPPING: 3 } as const;
export type OperationalState = (typeof OperationalState)[keyof typeof OperationalState];

/** Administrative states, a bit mask (srv_admin_state, management manual 9.3 `show servers state`). */
export const AdminState = { FORCED_MAINT: 1, INHERITED_MAINT: 2, CONFIG_MAINT: 4, FORCED_DRAIN: 8, INHERITED_DRAIN: 16 } as const;

/** Counters of proxies and servers; the order is the layout. Names follow `show stat`'s columns where one exists. */
export const COUNTERS = [
  'stot', 'bin', 'bout', 'dreq', 'dresp', 'ereq', 'econ', 'eresp', 'wretr', 'wredis', 'lbtot', 'conn_tot',
  'hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other', 'req_tot', 'cli_abrt', 'srv_abrt',
  'connect', 'reuse', 'dcon', 'dses', 'intercepted', 'qtime_sum', 'ctime_sum', 'rtime_sum', 'ttime_sum', 'timed',
] as const;
export type CounterName = (typeof COUNTERS)[number];

/** One thread's view. Proxy and server arguments are slots. */
export interface SharedState {
  /** Adds to a counter of this thread. Frontend and backend sides of a `listen` have a slot each. */
  count(slot: number, counter: number, amount: number): void;
  /** The sum over all threads. */
  sum(slot: number, counter: number): number;

  /** Current sessions of a proxy side or server, over all threads; keeps the maximum and the per-second rate too. */
  enter(slot: number): number;
  leave(slot: number): void;
  current(slot: number): number;

  operationalState(slot: number): OperationalState;
  adminState(slot: number): number;
  /** Configured unit weight as changed at run time, 0..256. */
  weight(slot: number): number;
  maxconn(slot: number): number;
  /** Moves when any server's state or weight in this backend moved. */
  backendVersion(backendSlot: number): number;
  nextTurn(backendSlot: number): number;

  /**
   * Takes one of a server's `maxconn` places, for good until `leaveServer`. False when none is free or others have
   * waited longer. Exact over all threads.
   */
  tryEnterServer(backendSlot: number, serverSlot: number): boolean;
  /** Gives the place back and wakes whoever has waited longest for it. */
  leaveServer(backendSlot: number, serverSlot: number): void;
  /**
   * Waits for a place: any server of the backend (serverSlot -1), or this one. `onTurn` is called on this thread with
   * the server whose place is already taken for the caller. Returns a ticket for `leaveQueue`.
   */
  joinQueue(backendSlot: number, serverSlot: number, onTurn: (serverSlot: number) => void): number;
  leaveQueue(ticket: number): void;
  queueLength(slot: number): number;
}
