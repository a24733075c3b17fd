/** CPU time and memory of a process with all its descendants, from /proc (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

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

/** Memory of one process or of many, in bytes. */
export interface Memory {
  /** Resident pages, shared ones counted in every process that has them. */
  readonly rss: number;
  /** Resident pages, each shared one divided by how many have it. */
  readonly pss: number;
  /** Pages that nobody else has. */
  readonly uss: number;
}

/** Memory of the whole tree: sums over its processes. */
export function treeMemory(pid: number): Memory {
  const members = processTree(pid).map(processMemory);
  const sum = (key: keyof Memory) => members.reduce((total, memory) => total + memory[key], 0);
  return { rss: sum('rss'), pss: sum('pss'), uss: sum('uss') };
}

/** All 0 for a process that has just ended. */
export function processMemory(pid: number): Memory {
  let rollup: string;
  try {
    rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  } catch {
    return { rss: 0, pss: 0, uss: 0 };
  }
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) * 1024;
  return { rss: bytes('Rss'), pss: bytes('Pss'), uss: bytes('Private_Clean') + bytes('Private_Dirty') };
}

/** Open descriptors of the whole tree. */
export function openDescriptors(pid: number): number {
  let total = 0;
  for (const member of processTree(pid)) {
    try {
      total += readdirSync(`/proc/${member}/fd`).length;
    } catch {
      // It has just ended.
    }
  }
  return total;
}

/** Its direct children. */
export function childProcesses(pid: number): number[] {
  return childrenOf(pid);
}

function statFields(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
