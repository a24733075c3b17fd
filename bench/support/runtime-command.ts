/** Asks a proxy's runtime API (its `stats socket`) or Fairlead's control socket: a line, and the answer until it closes. */
import { connect } from 'node:net';

/** Rejects when nobody listens there. */
export function runtimeCommand(socketPath: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(socketPath, () => socket.write(`${line}\n`));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** Rows of `show stat`, by the names of its columns. */
export async function showStat(socketPath: string): Promise<{ readonly [column: string]: string }[]> {
  const [head = '', ...rows] = (await runtimeCommand(socketPath, 'show stat')).trim().split('\n');
  const columns = head.replace(/^# /, '').split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
}
