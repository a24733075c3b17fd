/** What the main thread of the worker process runs beside its threads: server states and checks, statistics, runtime API. */
import { hostname } from 'node:os';
import type { Model, ProxyModel } from '../../config/model/model.ts';
import type { ServerControl } from '../../src/command/process-context.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';
import { HealthService } from '../health/health-service.ts';
import { openLogTarget } from '../log/datagram-target.ts';
import { type LineTarget, type LogSink, openLogSink } from '../log/sink.ts';
import { RuntimeApi } from '../runtime-api/runtime-api.ts';
import { Statistics } from '../runtime-api/statistics.ts';
import { openShared } from '../shared/shared-memory.ts';
import { MAIN_THREAD } from '../shared/shared-state.ts';
import type { Services, ServicesStart } from './worker-process.ts';

/** How often rates of long gone seconds are forgotten, in milliseconds. */
const SWEEP_MS = 60_000;

export function openServices({ model, options, shared, listeners, console }: ServicesStart): Services {
  const control = openShared(shared, model, MAIN_THREAD);
  let isStopping = false;
  const health = new HealthService({ model, control, console, sinkOf: sinks(model, options.programName) });
  const statistics = new Statistics({
    model,
    options,
    shared: control,
    listeners: model.proxies.reduce((sum, proxy) => sum + proxy.binds.length, listeners.length),
    farm: (proxyId) => health.farm(proxyId),
    isStopping: () => isStopping,
  });
  const api = new RuntimeApi({
    model,
    options,
    listeners,
    statistics,
    servers: serverControl(health, statistics),
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
      api.stopListening();
    },
    command: async (line, level) => api.answer(line, level),
    close() {
      clearInterval(sweep);
      health.stop();
      api.close();
    },
  };
}

function serverControl(health: HealthService, statistics: Statistics): ServerControl {
  return {
    setState: (server, state) => health.setState(server, state),
    setHealth: (server, state) => health.setHealth(server, state),
    setWeight: (server, weight) => health.setWeight(server, weight),
    setMaxconn: (server, maxconn) => health.setMaxconn(server, maxconn),
    setChecking: (server, checking) => health.setChecking(server, checking),
    clearCounters(what) {
      if (what === 'all') statistics.clearAll();
    },
  };
}

/** A sink for each proxy; targets of one address are opened once. */
function sinks(model: Model, programName: string): (proxy: ProxyModel) => LogSink {
  const { logTag, logHostname } = model.global;
  const hostName = logHostname === undefined ? '' : logHostname === '' ? hostname() : logHostname;
  const targets = new Map<string, LineTarget>();
  const open = ({ address }: TargetSettings): LineTarget => {
    const known = targets.get(address.text);
    if (known !== undefined) return known;
    const target = openLogTarget(address);
    targets.set(address.text, target);
    return target;
  };
  return (proxy) => {
    const identity = { tag: proxy.settings.logTag ?? logTag ?? programName, pid: process.pid, hostName };
    return openLogSink(proxy.logs, identity, open);
  };
}
