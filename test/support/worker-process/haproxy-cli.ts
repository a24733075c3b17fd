/** A real HAProxy with a stats socket, in a folder of its own; commands are sent to it one connection each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface HaproxyCli {
  /** The whole answer to one line. */
  answer(line: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts `haproxy` on this configuration; `global` lines are put in front. Waits until its socket answers. */
export async function openHaproxyCli(config: string): Promise<HaproxyCli> {
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-cli-'));
  const socketPath = join(folder, 'cli');
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(
    file,
    `global\n  stats socket ${socketPath} level admin\n${config}\nlisten keeps-it-alive\n  bind ${join(folder, 'front')}\n`,
  );
  const child = spawn('haproxy', ['-f', file, '-db'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (bytes) => {
    stderr += String(bytes);
  });
  const answer = async (line: string): Promise<string> => {
    for (;;) {
      const text = await ask(socketPath, line);
      if (text !== null) return text;
      if (child.exitCode !== null) throw new Error(`haproxy ended: ${stderr}`);
      await new Promise(setImmediate);
    }
  };
  await answer('show version');
  return {
    answer,
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

/** Null when nobody listens there yet. */
function ask(path: string, line: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true });
    let text = '';
    socket.on('data', (bytes) => {
      text += String(bytes);
    });
    socket.on('connect', () => socket.write(`${line}\n`));
    socket.on('error', () => resolve(null));
    // Without an end, as when it was closed before it was accepted: ask again.
    socket.on('close', () => resolve(text === '' ? null : text));
    socket.on('end', () => {
      socket.end();
      resolve(text);
    });
  });
}
