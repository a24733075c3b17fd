/** What the worker process's commands work on: statistics to show and servers to change. The process implements it. */
import type { ProxyStats, ServerStats, StatsView } from '../stats/view.ts';
import type { SessionContext } from './session.ts';
import type { EventSink } from './show-events-command.ts';

/** A server by HAProxy's ids of its backend and itself. */
export interface ServerRef {
  readonly proxyId: number;
  readonly serverId: number;
}

/** Changes at run time. Each takes effect in all threads at their next pick, and logs what HAProxy logs. */
export interface ServerControl {
  setState(server: ServerRef, state: 'ready' | 'drain' | 'maint'): void;
  setHealth(server: ServerRef, health: 'up' | 'stopping' | 'down'): void;
  /** 0..256. */
  setWeight(server: ServerRef, weight: number): void;
  /** 0 is no limit. */
  setMaxconn(server: ServerRef, maxconn: number): void;
  /** Pauses or resumes the health checks of a server that has them. */
  setChecking(server: ServerRef, checking: 'on' | 'off'): void;
  /** The agent's health, whatever it says. */
  setAgentHealth(server: ServerRef, health: 'up' | 'down'): void;
  /** Pauses or resumes asking the agent of a server that has one. */
  setAgentChecking(server: ServerRef, checking: 'on' | 'off'): void;
  /** Where the agent is and what is sent to it; what is not given stays. `host` is an IP address. */
  setAgent(server: ServerRef, agent: { host?: string; port?: number; send?: string }): void;
  /** Where health checks connect to; what is not given stays. Port 0 is that of the traffic. */
  setCheckTarget(server: ServerRef, target: { host?: string; port?: number }): void;
  /** Maxima only, or everything that counts. */
  clearCounters(what: 'maxima' | 'all'): void;
}

/** Changes of frontends and of the process at run time. */
export interface FrontendControl {
  /** 0 leaves it to the limit of the process. */
  setFrontendMaxconn(proxyId: number, maxconn: number): void;
  /** 0 restores the limit that the process started with. False: it is above that one. */
  setProcessMaxconn(maxconn: number): boolean;
  /** Stops or resumes accepting on all listeners of a frontend. */
  setAccepting(proxyId: number, accepting: 'on' | 'off'): void;
}

/** A stats socket, for `show cli sockets`. */
export interface CliSocket {
  readonly address: string;
  readonly level: string;
}

export interface ProcessContext extends SessionContext {
  /** Statistics as of now. */
  view(): StatsView;
  readonly servers: ServerControl;
  readonly frontends: FrontendControl;
  readonly sockets: readonly CliSocket[];
  eventSinks(): readonly EventSink[];
  readonly environment: { readonly [name: string]: string | undefined };
}

/** Finds a proxy with a frontend side, by name or `#id`. */
export function findFrontend(proxies: readonly ProxyStats[], name: string): ProxyStats | undefined {
  return proxies.find(
    (proxy) => proxy.frontend !== null && (name.startsWith('#') ? `#${proxy.id}` : proxy.name) === name,
  );
}

export interface FoundServer {
  readonly proxy: ProxyStats;
  readonly server: ServerStats;
  readonly ref: ServerRef;
}

/** Finds `backend/server`, each a name or `#id`. Returns HAProxy's answer when it is not there. */
export function findServer(proxies: readonly ProxyStats[], path: string | undefined): FoundServer | string {
  const slash = path?.indexOf('/') ?? -1;
  if (path === undefined || slash < 0) return "Require 'backend/server'.\n";
  const proxy = findBackend(proxies, path.slice(0, slash));
  if (proxy === undefined) return 'No such backend.\n';
  const name = path.slice(slash + 1);
  const server = proxy.servers.find((each) => (name.startsWith('#') ? `#${each.id}` : each.name) === name);
  if (server === undefined) return 'No such server.\n';
  return { proxy, server, ref: { proxyId: proxy.id, serverId: server.id } };
}

/** A proxy with a backend side, by name or `#id`. */
export function findBackend(proxies: readonly ProxyStats[], name: string): ProxyStats | undefined {
  return proxies.find(
    (proxy) => proxy.backend !== null && (name.startsWith('#') ? `#${proxy.id}` : proxy.name) === name,
  );
}
