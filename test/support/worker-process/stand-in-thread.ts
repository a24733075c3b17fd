/**
 * A stand-in for the worker thread: answers each connection with its index and a count, obeys the process, and
 * dies when a client says `crash`.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { ProcessToThread, ThreadStart, ThreadToProcess } from '../../../workers/messages.ts';

const start = workerData as ThreadStart;
const port = parentPort!;
const sockets = new Set<Socket>();
const servers: Server[] = [];
let isDraining = false;

function tell(message: ThreadToProcess): void {
  port.postMessage(message);
}

function accept(socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => {
    sockets.delete(socket);
    checkDrained();
  });
  socket.on('data', (bytes) => {
    const text = bytes.toString('latin1');
    if (text.startsWith('crash')) throw new Error('planted');
    socket.write(`thread ${start.index}: ${text}`);
  });
}

function checkDrained(): void {
  if (isDraining && sockets.size === 0) tell({ type: 'drained' });
}

port.on('message', (message: ProcessToThread) => {
  switch (message.type) {
    case 'stop-listening':
      for (const server of servers) server.close();
      return;
    case 'drain':
      isDraining = true;
      return checkDrained();
    case 'close-all':
      for (const socket of sockets) socket.destroy();
  }
});

if (start.options.nodeName === 'fails') tell({ type: 'failed', problem: 'as told' });
else if (start.options.nodeName === 'dies') throw new Error('as told');
else {
  let waiting = start.listeners.length;
  if (waiting === 0) tell({ type: 'ready' });
  for (const { fd } of start.listeners) {
    const server = createServer(accept);
    servers.push(server);
    server.listen({ fd }, () => {
      if (--waiting === 0) tell({ type: 'ready' });
    });
  }
}
