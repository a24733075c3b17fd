/**
 * One thread's view of the shared memory: counters, sessions, rates, states. Queues are in `queue.ts`, which this
 * class hands on to.
 *
 * A thread may be ended at any moment, also between taking something and noting that it holds it. So what each
 * thread notes is the truth, and the counts that all share are worked out anew from it when a thread has died
 * (`reclaim.ts`). A thread's epoch is odd while its notes and the counts differ.
 */
import type { Model } from '../../config/model/model.ts';
import { clockSince } from './clock.ts';
import { Dispatcher } from './dispatch.ts';
import { COUNTER_STRIDE, HEADER, SLOT, THREAD } from './layout.ts';
import { giveTurn, takeTurn, turnWaitMs } from './pacing.ts';
import { placesIn } from './places.ts';
import { ServerQueue } from './queue.ts';
import { markEvent, maxRateOf, raise, rateAt, sweepCells } from './rates.ts';
import { Reclaimer } from './reclaim.ts';
import { isInRotation, Rotation } from './rotation.ts';
import {
  type CheckFacts,
  MAIN_THREAD,
  OperationalState,
  RateKind,
  type SharedControl,
  WEIGHT_SCALE,
} from './shared-state.ts';
import { firstNumbers, SlotMap, type SlotNumbers } from './slots.ts';
import { ThreadSignal } from './thread-signal.ts';
import { slotRow, type Views, viewsOf } from './views.ts';

const AT = SLOT.at;

/** The fields of a slot that only grow until they are cleared. */
const MAXIMA = [AT.max, AT.queuedMax, AT.sessionRateMax, AT.connectionRateMax, AT.requestRateMax];

/** Milliseconds since the memory was made; `openShared` takes a cheaper one from threads that keep the time anyway. */
export type Clock = () => number;

/**
 * Opens the shared memory in a thread. `threadIndex` is 0.. for worker threads, MAIN_THREAD for the main thread.
 * `clock` counts milliseconds since the creation of the memory; by default it asks the system.
 */
export function openShared(
  buffer: SharedArrayBuffer,
  model: Model,
  threadIndex: number,
  clock?: Clock,
  numbers: SlotNumbers = firstNumbers(model),
): SharedMemory {
  const views = viewsOf(buffer, new SlotMap(model, numbers));
  if (threadIndex !== MAIN_THREAD && !(threadIndex >= 0 && threadIndex < views.threads)) {
    throw new Error(`there is no thread ${threadIndex} in a shared memory of ${views.threads} threads`);
  }
  return new SharedMemory(views, threadIndex, clock ?? clockSince(views.f64[HEADER.at.createdAtMs]!));
}

/** The clock for `openShared` of a thread that keeps `performance.now()` of the event that it is handling. */
export function sharedClock(buffer: SharedArrayBuffer, performanceNow: () => number): Clock {
  return clockSince(new Float64Array(buffer)[HEADER.at.createdAtMs]!, performanceNow);
}

export class SharedMemory implements SharedControl {
  readonly threads: number;
  readonly #views: Views;
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  readonly #clock: Clock;
  readonly #signal: ThreadSignal;
  readonly #dispatcher: Dispatcher;
  readonly #queue: ServerQueue;
  readonly #reclaimer: Reclaimer;
  /** Where this thread's counters and held counts begin. */
  readonly #counters: number;
  readonly #held: number;
  readonly #epoch: number;

  constructor(views: Views, threadIndex: number, clock: Clock) {
    const block = threadIndex === MAIN_THREAD ? views.threads : threadIndex;
    this.threads = views.threads;
    this.#views = views;
    this.#i32 = views.i32;
    this.#f64 = views.f64;
    this.#clock = clock;
    this.#signal = new ThreadSignal(views, block);
    this.#dispatcher = new Dispatcher(views, this.#signal);
    this.#queue = new ServerQueue(views, block, this.#dispatcher, this.#signal, clock);
    this.#reclaimer = new Reclaimer(views, this.#dispatcher, this.#signal);
    this.#counters = views.regions.counters + block * views.regions.counterStride;
    this.#epoch = views.regions.threadRows + block * THREAD.words + THREAD.at.epoch;
    this.#held = views.regions.held + block * views.regions.heldStride;
  }

  /** Of the model in force. */
  get slots(): SlotMap {
    return this.#views.slots;
  }

  adoptSlots(slots: SlotMap): void {
    this.#views.slots = slots;
    this.#dispatcher.adoptSlots();
  }

  count(slot: number, counter: number, amount: number): void {
    this.#f64[this.#counters + slot * COUNTER_STRIDE + counter]! += amount;
  }

  sum(slot: number, counter: number): number {
    const { counters, counterStride } = this.#views.regions;
    let total = 0;
    for (let block = 0; block <= this.threads; block++) {
      total += this.#f64[counters + block * counterStride + slot * COUNTER_STRIDE + counter]!;
    }
    return total;
  }

  enter(slot: number): number {
    const row = slotRow(slot);
    this.#i32[this.#epoch]! += 1;
    const sessions = Atomics.add(this.#i32, row + AT.current, 1) + 1;
    this.#i32[this.#held + slot]! += 1;
    this.#i32[this.#epoch]! += 1;
    if (sessions > this.#i32[row + AT.max]!) raise(this.#i32, row + AT.max, sessions);
    markEvent(this.#i32, row, RateKind.SESSION, this.#clock());
    return sessions;
  }

  tryEnter(slot: number): boolean {
    const row = slotRow(slot);
    const limit = this.#i32[row + AT.maxconn]!;
    if (limit === 0) return this.enter(slot) > 0;
    if (!this.#occupy(slot, limit)) return false;
    markEvent(this.#i32, row, RateKind.SESSION, this.#clock());
    return true;
  }

  tryEnterPaced(slot: number, perSecond: number): boolean {
    const cells = { row: slotRow(slot), kind: RateKind.SESSION };
    const nowMs = this.#clock();
    if (!takeTurn(this.#i32, cells, nowMs, perSecond)) return false;
    if (this.#occupy(slot, this.#i32[cells.row + AT.maxconn]! || Number.POSITIVE_INFINITY)) return true;
    giveTurn(this.#i32, cells, nowMs);
    return false;
  }

  paceMs(slot: number, perSecond: number): number {
    return turnWaitMs(this.#i32, { row: slotRow(slot), kind: RateKind.SESSION }, this.#clock(), perSecond);
  }

  #occupy(slot: number, limit: number): boolean {
    const row = slotRow(slot);
    for (;;) {
      const sessions = Atomics.load(this.#i32, row + AT.current);
      if (sessions >= limit) return false;
      this.#i32[this.#epoch]! += 1;
      const isIn = Atomics.compareExchange(this.#i32, row + AT.current, sessions, sessions + 1) === sessions;
      if (isIn) this.#i32[this.#held + slot]! += 1;
      this.#i32[this.#epoch]! += 1;
      if (!isIn) continue;
      if (sessions >= this.#i32[row + AT.max]!) raise(this.#i32, row + AT.max, sessions + 1);
      return true;
    }
  }

  leave(slot: number): void {
    const row = slotRow(slot);
    this.#i32[this.#epoch]! += 1;
    this.#i32[this.#held + slot]! -= 1;
    Atomics.sub(this.#i32, row + AT.current, 1);
    this.#i32[this.#epoch]! += 1;
    if (Atomics.load(this.#i32, row + AT.roomWanted) !== 0) this.#signal.announceRoom(slot);
  }

  whenRoom(slot: number, onRoom: () => void): void {
    this.#signal.whenRoom(slot, onRoom);
  }

  current(slot: number): number {
    return placesIn(Atomics.load(this.#i32, slotRow(slot) + AT.current));
  }

  maximum(slot: number): number {
    return Atomics.load(this.#i32, slotRow(slot) + AT.max);
  }

  mark(slot: number, kind: RateKind): void {
    markEvent(this.#i32, slotRow(slot), kind, this.#clock());
  }

  rate(slot: number, kind: RateKind): number {
    return rateAt(this.#i32, slotRow(slot), kind, this.#clock());
  }

  maxRate(slot: number, kind: RateKind): number {
    return maxRateOf(this.#i32, slotRow(slot), kind);
  }

  operationalState(slot: number): OperationalState {
    return Atomics.load(this.#i32, slotRow(slot) + AT.operational) as OperationalState;
  }

  adminState(slot: number): number {
    return Atomics.load(this.#i32, slotRow(slot) + AT.admin);
  }

  weight(slot: number): number {
    return Atomics.load(this.#i32, slotRow(slot) + AT.weight);
  }

  initialWeight(slot: number): number {
    return this.#i32[slotRow(slot) + AT.initialWeight]!;
  }

  effectiveWeight(slot: number): number {
    return Atomics.load(this.#i32, slotRow(slot) + AT.effectiveWeight);
  }

  isBackup(slot: number): boolean {
    return this.#i32[slotRow(slot) + AT.isBackup] === 1;
  }

  isInRotation(slot: number): boolean {
    return isInRotation(this.#i32, slot);
  }

  maxconn(slot: number): number {
    return Atomics.load(this.#i32, slotRow(slot) + AT.maxconn);
  }

  lastChangeMs(slot: number): number {
    return this.#f64[(slotRow(slot) >> 1) + AT.lastChangeMs]!;
  }

  lastSessionMs(slot: number): number {
    const sinceCreation = this.#f64[(slotRow(slot) >> 1) + AT.lastSessionMs]!;
    return sinceCreation === 0 ? 0 : this.#f64[HEADER.at.createdAtWallMs]! + sinceCreation;
  }

  check(slot: number): CheckFacts {
    const row = slotRow(slot);
    return {
      status: this.#i32[row + AT.checkStatus]!,
      result: this.#i32[row + AT.checkResult]!,
      code: this.#i32[row + AT.checkCode]!,
      health: this.#i32[row + AT.checkHealth]!,
      state: this.#i32[row + AT.checkState]!,
      durationMs: this.#i32[row + AT.checkDurationMs]!,
    };
  }

  countError(serverSlot: number): number {
    return Atomics.add(this.#i32, slotRow(serverSlot) + AT.observedErrors, 1) + 1;
  }

  /** Reads first: a write would take the line away from the other threads. */
  forgetErrors(serverSlot: number): void {
    const at = slotRow(serverSlot) + AT.observedErrors;
    if (this.#i32[at] !== 0) Atomics.store(this.#i32, at, 0);
  }

  backendVersion(backendSlot: number): number {
    return Atomics.load(this.#i32, slotRow(backendSlot) + AT.version);
  }

  serverId(slot: number): number {
    return this.#i32[slotRow(slot) + AT.id]!;
  }

  lastMove(slot: number): number {
    return this.#i32[slotRow(slot) + AT.moves]!;
  }

  nextTurn(backendSlot: number): number {
    return Atomics.add(this.#i32, slotRow(backendSlot) + AT.turn, 1) >>> 0;
  }

  tryEnterServer(backendSlot: number, serverSlot: number): boolean {
    return this.#queue.tryEnter(backendSlot, serverSlot);
  }

  hasRoom(backendSlot: number, serverSlot: number): boolean {
    return this.#queue.hasRoom(backendSlot, serverSlot);
  }

  rotation(backendSlot: number, slots: SlotMap): Rotation {
    return slots === this.slots
      ? this.#dispatcher.rotation(backendSlot)
      : new Rotation(this.#views, backendSlot, slots.serversOf(backendSlot));
  }

  leaveServer(backendSlot: number, serverSlot: number): void {
    this.#queue.leave(backendSlot, serverSlot);
  }

  joinQueue(backendSlot: number, serverSlot: number, onTurn: (serverSlot: number) => void): number {
    return this.#queue.join(backendSlot, serverSlot, onTurn);
  }

  leaveQueue(ticket: number): void {
    this.#queue.giveUp(ticket);
  }

  queueLength(slot: number): number {
    return Atomics.load(this.#i32, slotRow(slot) + AT.queued);
  }

  queueMaximum(slot: number): number {
    return Atomics.load(this.#i32, slotRow(slot) + AT.queuedMax);
  }

  wakeAll(backendSlot: number): void {
    this.#queue.redispatch(backendSlot);
  }

  setOperationalState(slot: number, state: OperationalState): void {
    if (state === this.operationalState(slot)) return;
    this.#f64[(slotRow(slot) >> 1) + AT.lastChangeMs] = Date.now();
    this.#publish(slot, AT.operational, state);
  }

  setAdminState(slot: number, mask: number): void {
    this.#publish(slot, AT.admin, mask);
  }

  setWeight(slot: number, weight: number): void {
    Atomics.store(this.#i32, slotRow(slot) + AT.weight, weight);
    if (this.operationalState(slot) !== OperationalState.STARTING)
      this.#publish(slot, AT.effectiveWeight, weight * WEIGHT_SCALE);
  }

  setEffectiveWeight(slot: number, sixteenths: number): void {
    this.#publish(slot, AT.effectiveWeight, sixteenths);
  }

  setMaxconn(slot: number, maxconn: number): void {
    if (this.slots.at(slot)?.kind === 'server') this.#publish(slot, AT.maxconn, maxconn);
    else {
      Atomics.store(this.#i32, slotRow(slot) + AT.maxconn, maxconn);
      this.#signal.announceRoom(slot);
    }
  }

  setCheck(slot: number, facts: CheckFacts): void {
    const row = slotRow(slot);
    this.#i32[row + AT.checkStatus] = facts.status;
    this.#i32[row + AT.checkResult] = facts.result;
    this.#i32[row + AT.checkCode] = facts.code;
    this.#i32[row + AT.checkHealth] = facts.health;
    this.#i32[row + AT.checkState] = facts.state;
    this.#i32[row + AT.checkDurationMs] = facts.durationMs;
  }

  reclaimThread(index: number): boolean {
    if (!this.#reclaimer.reclaim(index)) return false;
    for (const { slot, kind } of this.slots.entries) if (kind === 'backend') this.#queue.redispatch(slot);
    return true;
  }

  clearMaxima(): void {
    for (let slot = 0; slot < this.#views.capacity; slot++) {
      for (const field of MAXIMA) Atomics.store(this.#i32, slotRow(slot) + field, 0);
    }
  }

  sweepRates(): void {
    for (let slot = 0; slot < this.#views.capacity; slot++)
      sweepCells(this.#i32, slotRow(slot), this.#clock());
  }

  /** Stores a field of a server that balancers and queues look at, and tells both. */
  #publish(serverSlot: number, field: number, value: number): void {
    const index = slotRow(serverSlot) + field;
    if (Atomics.exchange(this.#i32, index, value) === value) return;
    const backend = this.slots.backendOf(serverSlot);
    if (backend < 0) return;
    Atomics.add(this.#i32, slotRow(backend) + AT.version, 1);
    this.#queue.redispatch(backend);
  }
}
