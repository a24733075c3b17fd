/** Makes the shared memory of a worker process and fills in what the configuration says. */
import type { BindModel, Model, ProxyModel, ServerModel } from '../../config/model/model.ts';
import { monotonicMs } from './clock.ts';
import { rampEndOf } from './fullconn.ts';
import { HEADER, MAGIC, regionsOf, SLOT } from './layout.ts';
import { AdminState, OperationalState, WEIGHT_SCALE } from './shared-state.ts';
import { PROCESS_SLOT, type SlotEntry, slotsOf } from './slots.ts';
import { slotRow, type Views } from './views.ts';

/** Waiting requests one thread may have when `maxconn` does not say; pages of memory that are not used cost nothing. */
const WAITERS_DEFAULT = 65536;
const WAITERS_MOST = 262144;
/** Slots kept for reloads beside as many again as there are. */
const SPARE_SLOTS = 192;

/** The shared memory for a model and its worker threads; the main thread gets a block beside theirs. */
export function createShared(model: Model, threads: number): SharedArrayBuffer {
  const slots = slotsOf(model);
  const capacity = capacityFor(slots.count);
  const waiters = waitersFor(model.global.maxconn ?? 0);
  const buffer = new SharedArrayBuffer(regionsOf(capacity, threads + 1, waiters).totalBytes);
  const i32 = new Int32Array(buffer);
  const f64 = new Float64Array(buffer);
  for (const entry of slots.entries) fillSlot({ i32, f64 }, entry, model);
  i32[HEADER.at.slots] = capacity;
  i32[HEADER.at.threads] = threads;
  i32[HEADER.at.waitersPerThread] = waiters;
  f64[HEADER.at.createdAtMs] = monotonicMs();
  f64[HEADER.at.createdAtWallMs] = Date.now();
  Atomics.store(i32, HEADER.at.magic, MAGIC);
  return buffer;
}

/** Room for what reloads add; rows that are never used take no memory. */
function capacityFor(slots: number): number {
  return Math.ceil((slots * 2 + SPARE_SLOTS) / 64) * 64;
}

/** Writes what the configuration says of one slot into its row, which is otherwise 0. */
export function fillSlot(
  { i32, f64 }: Pick<Views, 'i32' | 'f64'>,
  { slot, kind, proxy, server, bind }: SlotEntry,
  model: Model,
): void {
  if (kind === 'process') i32[slotRow(PROCESS_SLOT) + SLOT.at.maxconn] = model.global.maxconn ?? 0;
  else if (kind === 'frontend') fillFrontend(i32, slot, model.proxies[proxy]!);
  else if (kind === 'backend') fillBackend(i32, slot, { model, proxy: model.proxies[proxy]! });
  else if (kind === 'server') fillServer(i32, slot, model.proxies[proxy]!.servers[server]!);
  else fillBind(i32, slot, model.proxies[proxy]!.binds[bind]!);
  f64[(slotRow(slot) >> 1) + SLOT.at.lastChangeMs] = Date.now();
}

/** Room for as many waiting requests as a thread may have connections, in steps of 1024. */
export function waitersFor(maxconn: number): number {
  const wanted = maxconn > 0 ? maxconn : WAITERS_DEFAULT;
  return Math.ceil(Math.min(wanted, WAITERS_MOST) / 1024) * 1024;
}

function fillFrontend(i32: Int32Array, slot: number, proxy: ProxyModel): void {
  i32[slotRow(slot) + SLOT.at.maxconn] = proxy.settings.maxconn ?? 0;
}

interface BackendFill {
  readonly model: Model;
  readonly proxy: ProxyModel;
}

function fillBackend(i32: Int32Array, slot: number, { model, proxy }: BackendFill): void {
  i32[slotRow(slot) + SLOT.at.fullconn] = rampEndOf(model, proxy);
  i32[slotRow(slot) + SLOT.at.usesAllBackups] = proxy.settings.allBackups ? 1 : 0;
}

function fillBind(i32: Int32Array, slot: number, { options }: BindModel): void {
  i32[slotRow(slot) + SLOT.at.maxconn] = options.maxconn ?? 0;
}

/** A `minconn` above it raises `maxconn`, also one that is not there. */
export function maxconnOfServer({ options }: ServerModel): number {
  return Math.max(options.maxconn ?? 0, options.minconn ?? 0);
}

/** A disabled server starts as HAProxy shows it: stopped, in forced and configured maintenance. */
function fillServer(i32: Int32Array, slot: number, server: ServerModel): void {
  const { weight = 1, minconn = 0, isBackup = false, isDisabled = false } = server.options;
  const row = slotRow(slot);
  i32[row + SLOT.at.maxconn] = maxconnOfServer(server);
  i32[row + SLOT.at.minconn] = minconn;
  i32[row + SLOT.at.weight] = weight;
  i32[row + SLOT.at.initialWeight] = weight;
  i32[row + SLOT.at.effectiveWeight] = weight * WEIGHT_SCALE;
  i32[row + SLOT.at.id] = server.id;
  i32[row + SLOT.at.isBackup] = isBackup ? 1 : 0;
  i32[row + SLOT.at.operational] = isDisabled ? OperationalState.STOPPED : OperationalState.RUNNING;
  i32[row + SLOT.at.admin] = isDisabled ? AdminState.FORCED_MAINT | AdminState.CONFIG_MAINT : 0;
}
