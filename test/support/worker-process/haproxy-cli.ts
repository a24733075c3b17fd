/** A real HAProxy with a stats socket that it inherits; commands are sent to it one connection each. */

import { Program } from '../programs/program.ts';
import { RawClient } from '../programs/raw-client.ts';

/** Behind the answer to `prompt`, where HAProxy waits for more. */
const PROMPT = '\n> ';

export interface HaproxyCli {
  /** The whole answer to one line. Throws when HAProxy has ended, or closes without an answer. */
  answer(line: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts `haproxy` on this configuration; `global` lines are put in front. Its socket listens from the start. */
export function openHaproxyCli(config: string): HaproxyCli {
  const program = Program.start('haproxy', {
    config: `global
  stats socket "fd@\${cli}" level admin
${config}
listen keeps-it-alive
  bind "fd@\${front}"
`,
    listeners: ['cli', 'front'],
  });
  const answer = async (line: string): Promise<string> => {
    const client = new RawClient(program.port('cli'));
    client.send(`${line}\n`);
    await client.until(PROMPT);
    client.finish();
    await client.closed();
    if (program.hasEnded) throw new Error(`haproxy ended: ${program.output}`);
    if (client.isStalled) throw new Error(`haproxy keeps the connection of '${line}' open`);
    return client.received;
  };
  return {
    answer,
    async stop() {
      await program.stop();
    },
  };
}
