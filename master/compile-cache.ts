/**
 * V8's compiled code is kept beside the built files, which spares every process and thread after the first run the
 * compiling. Only there, and only when this user may write there: a cache in a shared folder could be poisoned.
 */
import { accessSync, constants } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const isBuilt = !import.meta.url.endsWith('.ts');
const folder = fileURLToPath(new URL('.', import.meta.url));

/** Turns the cache on for what is loaded from now on. Returns what worker processes need in their environment. */
export function useCompileCache(): { readonly [name: string]: string } {
  if (!isBuilt || process.env['NODE_COMPILE_CACHE'] !== undefined || !isWritable()) return {};
  const directory = `${folder}.compile-cache`;
  enableCompileCache(directory);
  return { NODE_COMPILE_CACHE: directory };
}

function isWritable(): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
