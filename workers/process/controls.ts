/** What commands of the runtime API change: servers by the health service, limits in shared memory, listeners of threads. */
import type { FrontendControl, ServerControl } from '../../src/command/process-context.ts';
import type { HealthService } from '../health/health-service.ts';
import type { Statistics } from '../runtime-api/statistics.ts';
import type { SharedControl } from '../shared/shared-state.ts';
import { PROCESS_SLOT } from '../shared/slots.ts';

export interface ServerControlParts {
  readonly health: HealthService;
  readonly statistics: Statistics;
  readonly control: SharedControl;
}

export function serverControl({ health, statistics, control }: ServerControlParts): ServerControl {
  return {
    setState: (server, state) => health.setState(server, state),
    setHealth: (server, state) => health.setHealth(server, state),
    setWeight: (server, weight) => health.setWeight(server, weight),
    setMaxconn: (server, maxconn) => health.setMaxconn(server, maxconn),
    setChecking: (server, checking) => health.setChecking(server, checking),
    setAgentHealth: (server, state) => health.setAgentHealth(server, state),
    setAgentChecking: (server, checking) => health.setAgentChecking(server, checking),
    setAgent: (server, agent) => health.setAgent(server, agent),
    setCheckTarget: (server, target) => health.setCheckTarget(server, target),
    clearCounters(what) {
      control.clearMaxima();
      if (what === 'maxima') return;
      statistics.clearAll();
      health.clearCounters();
    },
  };
}

export interface FrontendControlParts {
  readonly control: SharedControl;
  /** The limit that the configuration gives; 0 for none. */
  maxconn(): number;
  pause(proxyId: number): void;
  resume(proxyId: number): void;
}

export function frontendControl(parts: FrontendControlParts): FrontendControl {
  const { control } = parts;
  return {
    setFrontendMaxconn: (proxyId, maxconn) => control.setMaxconn(control.slots.frontend(proxyId), maxconn),
    setProcessMaxconn(maxconn) {
      const initial = parts.maxconn();
      if (initial > 0 && maxconn > initial) return false;
      control.setMaxconn(PROCESS_SLOT, maxconn === 0 ? initial : maxconn);
      return true;
    },
    setAccepting(proxyId, accepting) {
      if (accepting === 'on') parts.resume(proxyId);
      else parts.pause(proxyId);
    },
  };
}
