/** The task of the pool thread that reads and checks a configuration. */
import { readConfiguration } from './read-configuration.ts';
import type { ReadRequest, ReadResult } from './read-request.ts';

export function checkConfiguration(request: ReadRequest): Promise<ReadResult> {
  return readConfiguration(request);
}
