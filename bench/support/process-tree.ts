/** CPU time and memory of a process with all its descendants, from /proc (Linux). */
import { readFileSync } from 'node:fs';

/** Length of a clock tick of /proc/PID/stat in microseconds: USER_HZ is 100 on every Linux that runs Node. */
const TICK_US = 10_000;

/** The process and everything below it. */
export function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)];
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** User and system time of the tree so far, in microseconds, with that of children that have ended. */
export function cpuTimeUs(pid: number): number {
  let ticks = 0;
  for (const member of processTree(pid)) {
    const fields = statFields(member);
    // utime, stime, cutime, cstime: proc(5), fields 14 to 17, counted behind the name in parentheses.
    for (let i = 11; i <= 14; i++) ticks += Number(fields[i] ?? 0);
  }
  return ticks * TICK_US;
}

/** Resident memory of the tree in bytes. Pages that processes share count once (PSS). */
export function memoryBytes(pid: number): number {
  let total = 0;
  for (const member of processTree(pid)) {
    try {
      const rollup = readFileSync(`/proc/${member}/smaps_rollup`, 'latin1');
      total += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
    } catch {
      // It has just ended.
    }
  }
  return total;
}

function statFields(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
