/** The limit of open descriptors of this process and of the programs it starts. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Makes room for so many descriptors in this process and those it starts, if it may. Returns how many there may be. */
export function raiseDescriptorLimit(wanted: number): number {
  const limit = descriptorLimit();
  if (limit >= wanted) return limit;
  try {
    execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${wanted}:${wanted}`], {
      stdio: 'ignore',
    });
  } catch {
    // Only root may raise the hard limit.
  }
  return descriptorLimit();
}

/** Node raises the soft limit to the hard one when it starts. */
function descriptorLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const soft = /^Max open files +(\S+)/m.exec(limits)?.[1] ?? '0';
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
