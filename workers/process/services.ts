/** What the main thread of the worker process runs beside its threads: server states and checks, statistics, runtime API. */
import type { Model } from '../../config/model/model.ts';
import { HealthService } from '../health/health-service.ts';
import { RuntimeApi } from '../runtime-api/runtime-api.ts';
import { Statistics } from '../runtime-api/statistics.ts';
import { openShared } from '../shared/shared-memory.ts';
import { AdminState, MAIN_THREAD, type SharedControl } from '../shared/shared-state.ts';
import type { SlotChange } from '../shared/slot-book.ts';
import type { SlotEntry } from '../shared/slots.ts';
import { frontendControl, serverControl } from './controls.ts';
import { LogSinks } from './log-sinks.ts';
import { noticeListening, noticeStopped, type ProxyNoticesParts } from './proxy-notices.ts';
import type { Adoption, Services, ServicesStart } from './worker-process.ts';

/** How often rates of long gone seconds are forgotten, in milliseconds. */
const SWEEP_MS = 60_000;

export function openServices(start: ServicesStart): Services {
  return new RunningServices(start);
}

class RunningServices implements Services {
  readonly #start: ServicesStart;
  readonly #control: SharedControl;
  readonly #sinks: LogSinks;
  readonly #health: HealthService;
  readonly #statistics: Statistics;
  readonly #api: RuntimeApi;
  readonly #sweep: NodeJS.Timeout;
  #model: Model;
  #isStopping = false;

  constructor(start: ServicesStart) {
    const { model, options, shared, console, accepting, listeners } = start;
    this.#start = start;
    this.#model = model;
    const control = openShared(shared, model, MAIN_THREAD);
    this.#control = control;
    const sinks = new LogSinks(model, options.programName);
    this.#sinks = sinks;
    this.#health = new HealthService({
      model,
      control,
      console,
      sinkOf: (proxy) => sinks.of(proxy),
      closeSessions: (slot, cause) => start.endSessions(slot, cause === 'down' ? 'D' : 'U'),
    });
    this.#statistics = new Statistics({
      model,
      options,
      shared: control,
      statsListeners: listeners.length,
      farm: (proxyId) => this.#health.farm(proxyId),
      isStopping: () => this.#isStopping,
      isPaused: accepting.isPaused,
      droppedLogs: () => sinks.dropped,
    });
    this.#api = this.#openApi();
    this.#sweep = setInterval(() => control.sweepRates(), SWEEP_MS);
  }

  #openApi(): RuntimeApi {
    const { options, listeners, accepting } = this.#start;
    const [health, statistics, control] = [this.#health, this.#statistics, this.#control];
    return new RuntimeApi({
      model: this.#model,
      options,
      listeners,
      statistics,
      servers: serverControl({ health, statistics, control }),
      frontends: frontendControl({
        control,
        maxconn: () => this.#model.global.maxconn ?? 0,
        pause: (proxyId) => {
          accepting.pause(proxyId);
          noticeListening(this.#notices(proxyId), 'Paused');
        },
        resume: (proxyId) => {
          accepting.resume(proxyId);
          noticeListening(this.#notices(proxyId), 'Resumed');
        },
      }),
    });
  }

  /** Of one proxy, or of all. */
  #notices(proxyId?: number): ProxyNoticesParts {
    const { proxies } = this.#model;
    return {
      proxies: proxyId === undefined ? proxies : proxies.filter(({ id }) => id === proxyId),
      shared: this.#control,
      console: this.#start.console,
      sinkOf: (proxy) => this.#sinks.of(proxy),
    };
  }

  reclaimThread(index: number): boolean {
    return this.#control.reclaimThread(index);
  }

  errorsObserved(serverSlot: number, lastError: string): void {
    this.#health.errorsObserved(serverSlot, lastError);
  }

  start(): void {
    this.#api.start();
    this.#health.start();
  }

  stopping(): void {
    this.#isStopping = true;
    noticeStopped(this.#notices());
    this.#api.stopListening();
  }

  paused(): void {
    noticeListening(this.#notices(), 'Paused');
  }

  resumed(): void {
    noticeListening(this.#notices(), 'Resumed');
  }

  async command(line: string, level: 'user' | 'operator' | 'admin'): Promise<string> {
    return this.#api.answer(line, level);
  }

  retire({ removed, slots }: SlotChange): void {
    const control = this.#control;
    const remaining = new Set(slots.entries.filter(({ kind }) => kind === 'backend').map(({ slot }) => slot));
    for (const { slot, kind } of removed)
      if (kind === 'server' && remaining.has(control.slots.backendOf(slot)))
        control.setAdminState(slot, AdminState.CONFIG_MAINT);
  }

  adopt({ model, change, maxconns, listeners }: Adoption): void {
    const control = this.#control;
    this.#model = model;
    control.adoptSlots(change.slots);
    for (const [slot, maxconn] of maxconns) control.setMaxconn(slot, maxconn);
    this.#sinks.adopt(model);
    this.#health.adopt(model);
    this.#statistics.adopt(model, listeners.length);
    this.#api.adopt(model, listeners);
    for (const { slot, kind } of change.slots.entries) if (kind === 'backend') control.wakeAll(slot);
  }

  sessions(entries: readonly SlotEntry[]): Map<string, number> {
    return new Map(entries.map(({ identity, slot }) => [identity, this.#control.current(slot)]));
  }

  close(): void {
    clearInterval(this.#sweep);
    this.#health.stop();
    this.#api.close();
    this.#sinks.close();
  }
}
