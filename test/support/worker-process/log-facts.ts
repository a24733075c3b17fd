/** Log targets for tests of sinks. */
import type { LogTarget } from '../../../src/settings/log-target.ts';

export function logFacts() {
  return {
    identity: { tag: 'haproxy', pid: 1, hostName: '' },
    target(settings: Partial<LogTarget>): LogTarget {
      const address: LogTarget['address'] = {
        family: 'fd',
        host: '',
        portLow: 0,
        portHigh: 0,
        portOffset: null,
        fd: 1,
        socket: 'stream',
        protocol: null,
        text: 'stdout',
      };
      return {
        address,
        maxLength: 1024,
        format: 'rfc3164',
        sample: null,
        facility: 16,
        maxLevel: 7,
        minLevel: 0,
        ...settings,
      };
    },
  };
}
