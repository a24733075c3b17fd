/**
 * Connects a worker process to the master that started it: messages by stdio IPC, and the rules of life and death.
 *
 * The master decides about signals. Those that a terminal or a service manager sends to the whole group are
 * ignored here, or the process would end before the master has said how.
 */
import type { MasterToProcess } from '../messages.ts';
import { type ProcessParts, WorkerProcess } from './worker-process.ts';

/** Sent to whole process groups by terminals and by operators' `kill -- -PGID`: the master's to answer. */
const MASTERS_SIGNALS = ['SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGTTIN', 'SIGTTOU'] as const;

/** Runs the worker process in this process. Refuses to run without a master's channel. */
export function connectMaster(parts: ProcessParts): void {
  if (process.send === undefined) {
    process.stderr.write('The worker process is started by the master: run `fairlead` instead.\n');
    process.exit(1);
  }
  const worker = new WorkerProcess(parts, {
    send: (message) => {
      // The channel may be closing: `disconnect` then ends the process.
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    },
    exit: (code) => process.exit(code),
  });
  for (const signal of MASTERS_SIGNALS) process.on(signal, () => {});
  // Taken from Node, which would open its debugger on it; HAProxy's workers stop softly on it (management manual 4).
  process.on('SIGUSR1', () => worker.softStop(0, -1));
  process.on('message', (message: MasterToProcess) => worker.receive(message));
  process.on('disconnect', () => worker.orphaned());
  process.on('uncaughtException', (error) => worker.crash(error));
}
