/**
 * Runs every benchmark, one behind the other, and writes bench/RESULTS.md:
 * `node bench/load/all.ts --quick|--full [--out FILE]`. Ends with 1 when one of them broke a promise or failed.
 *
 * `--quick` shows within minutes that everything runs; its figures say little. `--full` takes about an hour on two
 * cores, and nothing else should run meanwhile.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RESULTS_FILE } from '../support/results-file.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    out: { type: 'string', default: RESULTS_FILE },
  },
});

interface Step {
  readonly program: string;
  readonly quick: readonly string[];
  readonly full: readonly string[];
}

const STEPS: readonly Step[] = [
  { program: 'run.ts', quick: ['--quick'], full: ['--pin'] },
  { program: 'workers.ts', quick: ['--quick'], full: [] },
  { program: 'memory.ts', quick: ['--quick'], full: [] },
  { program: 'reload.ts', quick: ['--quick'], full: [] },
  { program: 'slow-peers.ts', quick: ['--quick'], full: [] },
];

if (flags.quick === flags.full) {
  process.stderr.write('Say --quick or --full.\n');
  process.exit(2);
}
const broken: string[] = [];
for (const { program, quick, full } of STEPS) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  if (!existsSync(path)) {
    process.stderr.write(`${program} is not there yet\n`);
    continue;
  }
  const args = [path, ...(flags.quick ? quick : full), '--out', flags.out];
  process.stderr.write(`\n=== ${program}\n`);
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  if (code !== 0) broken.push(program);
}
process.stderr.write(broken.length === 0 ? '\nAll promises kept.\n' : `\nBroken: ${broken.join(', ')}\n`);
process.exit(broken.length === 0 ? 0 : 1);
