/**
 * How many sessions a server may have at this moment: its `maxconn`, or less while its backend is idle (`minconn` and
 * `fullconn`, manual sections 5.2 and 4.2) or the server has just come back (`slowstart`).
 */
import { SLOT } from './layout.ts';
import { OperationalState, WEIGHT_SCALE } from './shared-state.ts';
import { slotRow } from './views.ts';

const AT = SLOT.at;

/** 0 is no limit. It moves with the backend's sessions, the one that asks and those that wait included. */
export function serverLimit(i32: Int32Array, backendSlot: number, serverSlot: number): number {
  const row = slotRow(serverSlot);
  const maxconn = Atomics.load(i32, row + AT.maxconn);
  if (maxconn === 0) return 0;
  if (i32[row + AT.minconn] === 0 && i32[row + AT.operational] !== OperationalState.STARTING) return maxconn;
  return throttled(i32, row, onRamp(i32, slotRow(backendSlot), row));
}

/** From `minconn` up to `maxconn`, which is reached at `fullconn` sessions of the backend. */
function onRamp(i32: Int32Array, backend: number, row: number): number {
  const maxconn = i32[row + AT.maxconn]!;
  const minconn = i32[row + AT.minconn]!;
  if (minconn === 0) return maxconn;
  const fullconn = i32[backend + AT.fullconn]!;
  const sessions = Atomics.load(i32, backend + AT.current);
  if (sessions >= fullconn) return maxconn;
  return Math.max(minconn, Math.floor((sessions * maxconn) / fullconn));
}

/** While a server starts slowly its limit grows with the steps of its weight that are past, from one session on. */
function throttled(i32: Int32Array, row: number, limit: number): number {
  if (i32[row + AT.operational] !== OperationalState.STARTING) return limit;
  const weight = i32[row + AT.weight]!;
  const past = i32[row + AT.effectiveWeight]! - weight;
  return weight === 0 ? limit : Math.max(1, Math.floor((limit * past) / (weight * WEIGHT_SCALE)));
}
