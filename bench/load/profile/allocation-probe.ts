/**
 * Loaded into the worker thread (`--import`): samples what is allocated, collected or not, from one moment to another,
 * and writes V8's sampling profile. FAIRLEAD_PROBE holds both moments in milliseconds of the wall clock, and the file.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';

const [from = '', to = '', file = ''] = (process.env['FAIRLEAD_PROBE'] ?? '').split(',');
const SAMPLE_BYTES = 8192;

if (!isMainThread && file !== '') {
  setTimeout(() => {
    const session = new Session();
    session.connect();
    session.post('HeapProfiler.startSampling', {
      samplingInterval: SAMPLE_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    setTimeout(() => {
      session.post('HeapProfiler.stopSampling', (_error, { profile }) => {
        writeFileSync(file, JSON.stringify(profile));
      });
    }, Number(to) - Date.now()).unref();
  }, Number(from) - Date.now()).unref();
}
