/** Memory of connections that have had one answer and now do nothing. */
import net from 'node:net';
import { type Memory, treeMemory } from '../../support/process-tree.ts';
import type { RunningProgram } from '../running-program.ts';

/** Opened at once; more would overflow queues. */
const BATCH = 200;
/** Connections from one loopback address: an address has some 28,000 ports, and those of earlier runs rest a while. */
const PER_ADDRESS = 2000;
const REQUEST = 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n';

/** Bytes for each of `count` connections. Throws an Error when a connection is not served. */
export async function idleMemory(program: RunningProgram, count: number): Promise<Memory> {
  // The first connections pay for what is allocated once.
  const warm = await openAll(program.port, BATCH);
  const before = treeMemory(program.pid);
  const sockets = await openAll(program.port, count);
  const after = treeMemory(program.pid);
  for (const socket of [...warm, ...sockets]) socket.destroy();
  const each = (key: keyof Memory) => (after[key] - before[key]) / count;
  return { rss: each('rss'), pss: each('pss'), uss: each('uss') };
}

async function openAll(port: number, count: number): Promise<net.Socket[]> {
  const sockets: net.Socket[] = [];
  while (sockets.length < count) {
    const first = sockets.length;
    const size = Math.min(BATCH, count - first);
    sockets.push(...(await Promise.all(Array.from({ length: size }, (_, i) => openOne(port, first + i)))));
  }
  return sockets;
}

function openOne(port: number, index: number): Promise<net.Socket> {
  const localAddress = `127.0.1.${1 + Math.floor(index / PER_ADDRESS)}`;
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress }, () => {
      socket.write(REQUEST);
    });
    socket.once('data', () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed without an answer')));
  });
}
