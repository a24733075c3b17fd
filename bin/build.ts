/**
 * Builds what users run: bundles the entries of the master, the worker process and the worker threads to `dist`.
 * Packages stay outside, so that they load from node_modules, and only where they are used.
 */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Entries, by the name of their file in `dist`. */
const ENTRIES = {
  master: 'master/main.ts',
  process: 'workers/process.ts',
  thread: 'workers/thread.ts',
  'check-task': 'master/check-task.ts',
  'demo-thread': 'master/demo-thread.ts',
};

/** Beside `dist`, so that it can take its place at once: what runs meanwhile finds the old build or the new one. */
const fresh = mkdtempSync(join(root, 'node_modules', '.fairlead-build-'));
try {
  await build({
    cwd: root,
    input: ENTRIES,
    platform: 'node',
    external: [/^node:/, /^[@a-z][^:]*$/i],
    output: {
      dir: join(fresh, 'dist'),
      format: 'esm',
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'shared-[hash].js',
      // Comments and blanks would be kept in memory by every process and thread, twice as wide for their arrows.
      minify: { mangle: false, compress: false, codegen: true },
    },
    logLevel: 'warn',
  });
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  renameSync(join(fresh, 'dist'), join(root, 'dist'));
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
