/** Entry of the master: everything else loads behind the compile cache. The launcher passes its own path, then the arguments. */
import { basename } from 'node:path';
import { useCompileCache } from './compile-cache.ts';

const workerEnvironment = useCompileCache();
const { program } = await import('./program.ts');

const [programPath = 'fairlead', ...args] = process.argv.slice(2);
const programName = basename(programPath);
program({ programName, programPath, args, workerEnvironment }).then(
  (status) => process.exit(status),
  (error: Error) => {
    process.stderr.write(`${programName}: internal error: ${error.stack ?? error.message}\n`);
    process.exit(1);
  },
);
