/** Entry of the worker process, started by the master with a stdio IPC channel. */
import { duplicate } from '../src/system/descriptors.ts';
import { receiveDescriptors } from '../src/system/pass-descriptors.ts';
import { DESCRIPTOR_CHANNEL_FD } from './messages.ts';
import { dropPrivileges, endWithMaster } from './privileges.ts';
import { allowCoreFiles, applyLimits } from './process/limits.ts';
import { connectMaster } from './process/master-channel.ts';
import { openServices } from './process/services.ts';
import { createShared } from './shared/create-shared.ts';

/** The threads' entry lies beside this one, as source or as built JavaScript. */
const threadEntry = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

endWithMaster();
connectMaster({
  threadEntry,
  createShared,
  duplicateFd: duplicate,
  receiveFds: (count) => receiveDescriptors(DESCRIPTOR_CHANNEL_FD, count),
  applyLimits,
  dropPrivileges({ global }, console) {
    dropPrivileges(global);
    allowCoreFiles(global, console);
    endWithMaster();
  },
  openServices,
});
