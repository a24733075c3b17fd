/** A copy of the built product whose worker threads have a planted defect, to be set off by the test. */
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FAIRLEAD } from '../oracle.ts';

/** Throws outside of any handler once the file holds the thread's index; spoils reloads while it says `refuse`. */
const PLANTED = `import { readFileSync, watch } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const file = process.env.FAIRLEAD_TEST_FAULT;
watch(file, () => {
  if (readFileSync(file, 'utf8') === String(workerData.index)) throw new Error('planted in thread ' + workerData.index);
}).unref();
parentPort.on('message', (message) => {
  if (message.type === 'prepare' && readFileSync(file, 'utf8') === 'refuse ' + workerData.index) message.slots = [];
});
await import('./product-thread.js');
`;

export interface FaultyBuild {
  /** Its launcher. */
  readonly path: string;
  readonly environment: { readonly [name: string]: string };
  /** Makes this thread throw. */
  setOff(thread: number): void;
  /** Makes this thread unable to compile the plan of a reload; -1 ends that. */
  refuseReloads(thread: number): void;
  remove(): void;
}

export function makeFaultyBuild(): FaultyBuild {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-faulty-'));
  const product = join(dirname(FAIRLEAD), '..');
  const fault = join(folder, 'fault');
  writeFileSync(fault, '');
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(product, part), join(folder, part), { recursive: true });
  symlinkSync(join(product, 'node_modules'), join(folder, 'node_modules'));
  renameSync(join(folder, 'dist/thread.js'), join(folder, 'dist/product-thread.js'));
  writeFileSync(join(folder, 'dist/thread.js'), PLANTED);
  return {
    path: join(folder, 'bin/fairlead'),
    environment: { FAIRLEAD_TEST_FAULT: fault },
    setOff: (thread) => writeFileSync(fault, String(thread)),
    refuseReloads: (thread) => writeFileSync(fault, `refuse ${thread}`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
