/** What `-Ws` tells systemd (sd_notify(3)). */
import { notifyServiceManager } from '../src/system/datagram.ts';
import type { ProgramLog } from './program-log.ts';

/** A function that sends a state; without `NOTIFY_SOCKET`, or when nobody asked, one that does nothing. */
export function serviceManager(isNotifying: boolean, log: ProgramLog): (state: string) => void {
  const path = process.env['NOTIFY_SOCKET'];
  if (!isNotifying || path === undefined || path === '') return () => {};
  return (state) => {
    try {
      notifyServiceManager(path, state);
    } catch (error) {
      log.warning(`cannot tell the service manager '${state.split('\n')[0]}': ${(error as Error).message}`);
    }
  };
}
