/**
 * The states of all servers, decided in this one place: by health checks and by operators. Publishes them in shared
 * memory for every thread's next pick, and logs what changes.
 */
import type { Model, ProxyModel } from '../../config/model/model.ts';
import type { ServerControl, ServerRef } from '../../src/command/process-context.ts';
import { ChangeLevel, Farm, type FarmOwner } from '../../src/health/farm.ts';
import type { LogSink } from '../log/sink.ts';
import type { Console } from '../process/console.ts';
import type { SharedControl } from '../shared/shared-state.ts';
import { checkPlanOf, FALL_DEFAULT, RISE_DEFAULT } from './check-plan.ts';
import { type CheckedServer, CheckSchedule } from './check-schedule.ts';

export interface HealthParts {
  readonly model: Model;
  readonly control: SharedControl;
  readonly console: Console;
  /** Where the log lines of a proxy go. */
  sinkOf(proxy: ProxyModel): LogSink;
}

export class HealthService implements Omit<ServerControl, 'clearCounters'> {
  readonly #parts: HealthParts;
  readonly #farms = new Map<number, Farm>();
  readonly #schedule: CheckSchedule;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    for (const proxy of parts.model.proxies)
      if (proxy.kind !== 'frontend') this.#farms.set(proxy.id, this.#openFarm(proxy));
    const { spreadChecksPct = 0, maxSpreadChecksMs = 0 } = parts.model.global;
    this.#schedule = new CheckSchedule(
      parts.model.proxies.flatMap((proxy) => this.#checkedServers(proxy)),
      { spreadPct: spreadChecksPct, maxSpreadMs: maxSpreadChecksMs, random: Math.random },
    );
    for (const [proxyId, farm] of this.#farms)
      for (const index of farm.servers.keys()) this.#publish(proxyId, index);
  }

  start(): void {
    this.#schedule.start();
  }

  stop(): void {
    this.#schedule.stop();
  }

  /** The servers of a backend; undefined for a frontend. */
  farm(proxyId: number): Farm | undefined {
    return this.#farms.get(proxyId);
  }

  setState(server: ServerRef, state: 'ready' | 'drain' | 'maint'): void {
    this.#with(server, (farm, index) => farm.setState(index, state, Date.now()));
  }

  setHealth(server: ServerRef, health: 'up' | 'stopping' | 'down'): void {
    this.#with(server, (farm, index) => farm.setHealth(index, health, Date.now()));
  }

  setWeight(server: ServerRef, weight: number): void {
    this.#with(server, (farm, index) => farm.setWeight(index, weight, Date.now()));
  }

  setChecking(server: ServerRef, checking: 'on' | 'off'): void {
    this.#with(server, (farm, index) => farm.setChecking(index, checking));
  }

  setMaxconn(server: ServerRef, maxconn: number): void {
    const { control } = this.#parts;
    this.#with(server, (_, index) =>
      control.setMaxconn(control.slots.server(server.proxyId, index), maxconn),
    );
  }

  /** The failed checks and downs of servers count from 0 again; those of backends go on, as HAProxy's do. */
  clearCounters(): void {
    for (const farm of this.#farms.values()) for (const server of farm.servers) server.clearCounters();
  }

  #with({ proxyId, serverId }: ServerRef, act: (farm: Farm, index: number) => void): void {
    const index =
      this.#parts.model.proxies
        .find(({ id }) => id === proxyId)
        ?.servers.findIndex(({ id }) => id === serverId) ?? -1;
    const farm = this.#farms.get(proxyId);
    if (farm !== undefined && index >= 0) act(farm, index);
  }

  #openFarm(proxy: ProxyModel): Farm {
    const servers = proxy.servers.map(({ name, options }) => ({
      name,
      isBackup: options.isBackup ?? false,
      isChecked: options.isChecked ?? false,
      isDisabled: options.isDisabled ?? false,
      rise: options.rise ?? RISE_DEFAULT,
      fall: options.fall ?? FALL_DEFAULT,
      weight: options.weight ?? 1,
    }));
    const kind = proxy.kind === 'listen' ? 'proxy' : 'backend';
    return new Farm(
      { name: proxy.name, kind, logsChecks: proxy.settings.logHealthChecks ?? false, servers },
      this.#ownerOf(proxy),
      Date.now(),
    );
  }

  #ownerOf(proxy: ProxyModel): FarmOwner {
    const { control, console, sinkOf } = this.#parts;
    const { slots } = control;
    const sink = sinkOf(proxy);
    return {
      changed: (index) => this.#publish(proxy.id, index),
      announce(level, text, consoleText) {
        console.write(level === ChangeLevel.EMERG ? 'ALERT' : 'WARNING', consoleText);
        sink.send(level, text);
      },
      sessions: (index) => control.current(slots.server(proxy.id, index)),
      queued: () => control.queueLength(slots.backend(proxy.id)),
    };
  }

  /** States first: a thread that sees the new version must not see an old state. */
  #publish(proxyId: number, index: number): void {
    const server = this.#farms.get(proxyId)?.servers[index];
    if (server === undefined) return;
    const { control } = this.#parts;
    const slot = control.slots.server(proxyId, index);
    if (control.adminState(slot) !== server.admin) control.setAdminState(slot, server.admin);
    if (control.operationalState(slot) !== server.operational)
      control.setOperationalState(slot, server.operational);
    if (control.weight(slot) !== server.weight) control.setWeight(slot, server.weight);
    const { status, code, durationMs } = server.last;
    control.setCheck(slot, {
      status,
      code,
      durationMs,
      result: server.result,
      health: server.health,
      state: server.checkState,
    });
  }

  #checkedServers(proxy: ProxyModel): CheckedServer[] {
    const farm = this.#farms.get(proxy.id);
    if (farm === undefined) return [];
    return proxy.servers.flatMap((server, index) => {
      const plan = checkPlanOf(proxy, server);
      return plan === null ? [] : [{ farm, index, plan }];
    });
  }
}
