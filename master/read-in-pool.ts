/** Reads a configuration in a pool thread, which lives only for that. */
import type { ReadRequest, ReadResult } from './read-request.ts';

/** `taskUrl` is the module of the task, as source or built. Rejects when the thread cannot run or dies. */
export async function readInPool(request: ReadRequest, taskUrl: URL): Promise<ReadResult> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina({
    filename: taskUrl.href,
    name: 'checkConfiguration',
    minThreads: 1,
    maxThreads: 1,
  });
  try {
    return (await pool.run(request)) as ReadResult;
  } finally {
    await pool.destroy();
  }
}
