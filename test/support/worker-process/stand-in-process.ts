/** The worker process with stand-in threads and no services: run by the tests of the process as its master's child. */
import koffi from 'koffi';
import { connectMaster } from '../../../workers/process/master-channel.ts';
import { createShared } from '../../../workers/shared/create-shared.ts';

const fcntl = koffi.load(null).func('int fcntl(int fd, int command, int argument)');
const F_DUPFD_CLOEXEC = 1030;

connectMaster({
  threadEntry: new URL('./stand-in-thread.ts', import.meta.url),
  createShared,
  receiveFds: () => [],
  duplicateFd: (fd) => fcntl(fd, F_DUPFD_CLOEXEC, 3) as number,
  applyLimits: ({ model }) => model,
  dropPrivileges: () => {},
  openServices: () => ({
    reclaimThread: () => true,
    errorsObserved() {},
    retire() {},
    adopt() {},
    sessions: () => new Map(),
    start() {},
    stopping() {},
    paused() {},
    resumed() {},
    command: async (line, level) => {
      if (line === 'throw')
        setImmediate(() => {
          throw new Error('planted in the main thread');
        });
      return `${level}: ${line}\n`;
    },
    close() {},
  }),
});
