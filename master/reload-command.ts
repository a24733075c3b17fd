/** `fairlead reload`: finds the running master by its runtime directory and has it take its files into use. */
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { type Holder, runningMasters } from './runtime-directory.ts';

interface Found {
  readonly path: string;
  readonly holder: Holder;
}

/** Prints the master's answer. Resolves to 0 when the new configuration is in use. */
export async function reloadRunning(file: string | null): Promise<number> {
  const master = findMaster(runningMasters(), file);
  if (master === null) return 1;
  let answer: string;
  try {
    answer = await ask(join(master.path, 'control.sock'), 'reload\n');
  } catch (error) {
    process.stderr.write(`cannot reach process ${master.holder.pid}: ${(error as Error).message}\n`);
    return 1;
  }
  const isDone = answer.startsWith('Success=1');
  const log = answer.slice(answer.indexOf('--\n') + 3);
  process.stderr.write(log);
  process.stdout.write(
    isDone
      ? `process ${master.holder.pid} uses the new configuration\n`
      : `process ${master.holder.pid} keeps the old configuration\n`,
  );
  return isDone ? 0 : 1;
}

/** The one that runs with this file, or the only one; null when that is nobody, which is then said. */
function findMaster(all: readonly Found[], file: string | null): Found | null {
  const masters = all.filter(({ holder }) => file === null || holder.files.includes(resolve(file)));
  if (masters.length === 1) return masters[0]!;
  process.stderr.write(masters.length === 0 ? noneText(file) : severalText(masters));
  return null;
}

/**
 * What the master that runs with this file says to one line of its CLI; a single master runs it if none has the file.
 * Null when there is none, or it cannot be reached; that is then said.
 */
export async function askRunning(file: string, line: string): Promise<string | null> {
  const all = runningMasters();
  const hasFile = all.some(({ holder }) => holder.files.includes(resolve(file)));
  const master = findMaster(all, hasFile ? file : null);
  if (master === null) return null;
  try {
    return await ask(join(master.path, 'control.sock'), line);
  } catch (error) {
    process.stderr.write(`cannot reach process ${master.holder.pid}: ${(error as Error).message}\n`);
    return null;
  }
}

function noneText(file: string | null): string {
  return file === null ? 'no instance runs that this user can reach\n' : `no instance runs with ${file}\n`;
}

function severalText(masters: readonly Found[]): string {
  const lines = masters.map(({ holder }) => `  process ${holder.pid}: ${holder.files.join(' ')}\n`);
  return `several instances run; name the configuration file of one, or send SIGUSR2 to its process:\n${lines.join('')}`;
}

/** Sends a line and resolves to all that comes back. */
function ask(socketPath: string, line: string): Promise<string> {
  return new Promise((resolveAnswer, reject) => {
    let answer = '';
    const socket = connect(socketPath, () => socket.write(line));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolveAnswer(answer));
  });
}
