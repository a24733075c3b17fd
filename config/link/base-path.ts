/** What relative file names start from (manual section 3.1, default-path). */
import { dirname, resolve } from 'node:path';
import type { DefaultPath } from '../../src/settings/global-services.ts';

/** `file` is the configuration file of the line that names another file. */
export function basePathOf(policy: DefaultPath, file: string, workingFolder: string): string {
  const folder = resolve(workingFolder, dirname(file));
  switch (policy.kind) {
    case 'current':
      return workingFolder;
    case 'config':
      return folder;
    case 'parent':
      return dirname(folder);
    case 'origin':
      return resolve(workingFolder, policy.path);
  }
}
