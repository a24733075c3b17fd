/** The task of the pool thread that reads and checks a candidate configuration. */
import { type ReadRequest, type ReadResult, readConfiguration } from './read-configuration.ts';

export function checkConfiguration(request: ReadRequest): Promise<ReadResult> {
  return readConfiguration(request);
}
