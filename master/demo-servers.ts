/**
 * `--demo`: answers in place of the configuration's own servers, so that a file can be tried before they exist. Only
 * addresses of the loopback network are taken, and only where nobody listens.
 */
import { Worker } from 'node:worker_threads';
import type { Model } from '../config/model/model.ts';
import type { DemoReport, DemoServer } from './demo-thread.ts';
import { demoThreadUrl } from './entries.ts';
import type { ProgramLog } from './program-log.ts';

/** Resolves when each has begun to listen or could not. They end with the process. */
export async function startDemoServers(model: Model, log: ProgramLog): Promise<void> {
  const servers = demoServersOf(model);
  if (servers.length === 0) {
    log.warning('--demo: no server of this configuration is on a loopback address');
    return;
  }
  const worker = new Worker(demoThreadUrl, { workerData: servers });
  let waiting = servers.length;
  await new Promise<void>((resolve) => {
    worker.on('error', (error: unknown) => {
      log.warning(`--demo: ${String(error)}`);
      resolve();
    });
    worker.on('message', ({ name, problem }: DemoReport) => {
      if (problem === '') log.notice(`--demo: answering as server ${name}`);
      else log.warning(`--demo: server ${name} is left alone: ${problem}`);
      if (--waiting === 0) resolve();
    });
  });
}

/** Each address once, under the first server that has it. */
export function demoServersOf(model: Model): DemoServer[] {
  const servers = new Map<string, DemoServer>();
  for (const { name: backend, mode, servers: own } of model.proxies) {
    for (const { name, address, resolvedHost } of own) {
      const host = resolvedHost ?? address.host;
      const key = `${host} ${address.portLow}`;
      if (mode !== 'http' || address.portLow === 0 || !isLoopback(host) || servers.has(key)) continue;
      servers.set(key, { name: `${backend}/${name}`, host, port: address.portLow });
    }
  }
  return [...servers.values()];
}

function isLoopback(host: string): boolean {
  return host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
