/** Memory of connections that have had one answer and now do nothing. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { memoryBytes } from '../support/process-tree.ts';
import type { RunningProgram } from './running-program.ts';

/** Opened at once; more would overflow queues. */
const BATCH = 200;
const REQUEST = 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n';

/** Bytes for each of `count` connections. Throws an Error when a connection is not served. */
export async function idleMemoryBytes(program: RunningProgram, count: number): Promise<number> {
  // The first connections pay for what is allocated once.
  const warm = await openAll(program.port, BATCH);
  const before = memoryBytes(program.pid);
  const sockets = await openAll(program.port, count);
  const after = memoryBytes(program.pid);
  for (const socket of [...warm, ...sockets]) socket.destroy();
  return (after - before) / count;
}

async function openAll(port: number, count: number): Promise<net.Socket[]> {
  const sockets: net.Socket[] = [];
  while (sockets.length < count) {
    const size = Math.min(BATCH, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: size }, () => openOne(port)))));
  }
  return sockets;
}

function openOne(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write(REQUEST);
    });
    socket.once('data', () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed without an answer')));
  });
}

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
