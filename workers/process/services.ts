/** What the main thread of the worker process runs beside its threads: server states and checks, statistics, runtime API. */
import { HealthService } from '../health/health-service.ts';
import { RuntimeApi } from '../runtime-api/runtime-api.ts';
import { Statistics } from '../runtime-api/statistics.ts';
import { openShared } from '../shared/shared-memory.ts';
import { MAIN_THREAD } from '../shared/shared-state.ts';
import { frontendControl, serverControl } from './controls.ts';
import { LogSinks } from './log-sinks.ts';
import { noticeListening, noticeStopped } from './proxy-notices.ts';
import type { Services, ServicesStart } from './worker-process.ts';

/** How often rates of long gone seconds are forgotten, in milliseconds. */
const SWEEP_MS = 60_000;

export function openServices({
  model,
  options,
  shared,
  listeners,
  console,
  accepting,
}: ServicesStart): Services {
  const control = openShared(shared, model, MAIN_THREAD);
  let isStopping = false;
  const sinks = new LogSinks(model, options.programName);
  const sinkOf = sinks.of.bind(sinks);
  const health = new HealthService({ model, control, console, sinkOf });
  const notices = { proxies: model.proxies, shared: control, console, sinkOf };
  const noticesOf = (proxyId: number) => ({
    ...notices,
    proxies: model.proxies.filter(({ id }) => id === proxyId),
  });
  const statistics = new Statistics({
    model,
    options,
    shared: control,
    listeners: model.proxies.reduce((sum, proxy) => sum + proxy.binds.length, listeners.length),
    farm: (proxyId) => health.farm(proxyId),
    isStopping: () => isStopping,
    isPaused: accepting.isPaused,
    droppedLogs: () => sinks.dropped,
  });
  const api = new RuntimeApi({
    model,
    options,
    listeners,
    statistics,
    servers: serverControl({ health, statistics, control }),
    frontends: frontendControl({
      control,
      maxconn: model.global.maxconn ?? 0,
      pause(proxyId) {
        accepting.pause(proxyId);
        noticeListening(noticesOf(proxyId), 'Paused');
      },
      resume(proxyId) {
        accepting.resume(proxyId);
        noticeListening(noticesOf(proxyId), 'Resumed');
      },
    }),
  });
  const sweep = setInterval(() => control.sweepRates(), SWEEP_MS);
  return {
    reclaimThread: (index) => control.reclaimThread(index),
    start() {
      api.start();
      health.start();
    },
    stopping() {
      isStopping = true;
      noticeStopped(notices);
      api.stopListening();
    },
    paused: () => noticeListening(notices, 'Paused'),
    resumed: () => noticeListening(notices, 'Resumed'),
    command: async (line, level) => api.answer(line, level),
    close() {
      clearInterval(sweep);
      health.stop();
      api.close();
      sinks.close();
    },
  };
}
