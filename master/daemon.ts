/**
 * Going to the background. Node cannot fork, so the starting command starts itself again in a session of its own,
 * prints what that has to say until it serves, and ends with its verdict.
 */
import { spawn } from 'node:child_process';
import { fstatSync, readdirSync } from 'node:fs';

/** Tells the process in the background what it is. */
const ROLE = 'FAIRLEAD_DAEMON';

/** Whether this process was started by `goToBackground`. Forgets it, so that no child takes itself for one. */
export function isInBackground(): boolean {
  const isDaemon = process.env[ROLE] === '1';
  delete process.env[ROLE];
  return isDaemon;
}

/** Starts this command again in the background. Resolves to the exit status of the starting command. */
export function goToBackground(): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', ...inheritedSockets(), 'ipc'],
    env: { ...process.env, [ROLE]: '1' },
  });
  child.stderr?.pipe(process.stderr, { end: false });
  return new Promise((resolve) => {
    child.once('message', () => resolve(0));
    child.once('error', (error) => {
      process.stderr.write(`cannot go to the background: ${error.message}\n`);
      resolve(1);
    });
    // `close` comes when its last words have been read.
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** The sockets this process was started with (`fd@5`), each at its own number from 3 on; the channel comes behind. */
function inheritedSockets(): (number | 'ignore')[] {
  const sockets = openDescriptors().filter((fd) => fd > 2 && isSocket(fd));
  const highest = Math.max(2, ...sockets);
  return Array.from({ length: highest - 2 }, (_, i) => (sockets.includes(i + 3) ? i + 3 : 'ignore'));
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/dev/fd').map(Number);
  } catch {
    return [];
  }
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

/** Lets the starting command end: this process serves. What it prints from now on goes nowhere. */
export function reportInBackground(): void {
  process.stderr.on('error', () => {});
  process.send?.('serving', undefined, undefined, () => process.disconnect?.());
}
