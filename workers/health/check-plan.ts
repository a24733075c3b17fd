/** What to check of each server and when: from the model, decided once (manual sections 4.2 and 5.2). */
import type { ProxyModel, ServerModel } from '../../config/model/model.ts';
import { byteStringOf } from '../../src/bytes/byte-text.ts';
import { AgentDialogue } from '../../src/health/agent-dialogue.ts';
import type { CheckDialogue } from '../../src/health/check-dialogue.ts';
import { type CheckedState, ScriptDialogue } from '../../src/health/script-dialogue.ts';
import { checkView } from './check-view.ts';
import { compileScript } from './compile-script.ts';

/** Where a check connects: a numeric address and a port, or the path of a unix socket, else ''. */
export interface CheckTarget {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

export interface CheckPlan {
  readonly kind: 'health' | 'agent';
  readonly target: CheckTarget;
  readonly interMs: number;
  readonly fastInterMs: number;
  readonly downInterMs: number;
  /** For each connection. */
  readonly connectTimeoutMs: number;
  /** `timeout check`: from when a connection is open; 0: `inter` bounds the whole check instead. */
  readonly answerTimeoutMs: number;
  /** What is said in one check. */
  dialogue(state: CheckedState): CheckDialogue;
}

/** HAProxy's default of `inter` and `agent-inter`, and of `rise` and `fall` (manual section 5.2). */
const INTER_DEFAULT_MS = 2000;
export const RISE_DEFAULT = 2;
export const FALL_DEFAULT = 3;

/**
 * Null for servers without checks, and for those whose address or port is not known. `stateText` gives the value of
 * X-Haproxy-Server-State.
 */
export function checkPlanOf(
  proxy: ProxyModel,
  server: ServerModel,
  stateText: () => string,
): CheckPlan | null {
  const { options } = server;
  const target = targetOf(server, { host: options.checkAddress, port: options.checkPort });
  if (!options.isChecked || target === null) return null;
  const interMs = options.interMs ?? INTER_DEFAULT_MS;
  const script = compileScript(proxy, { view: checkView(proxy.name, server.name), stateText });
  return {
    kind: 'health',
    target,
    interMs,
    fastInterMs: options.fastInterMs ?? interMs,
    downInterMs: options.downInterMs ?? interMs,
    ...timeoutsOf(proxy, interMs),
    dialogue: (state) => new ScriptDialogue(script, state),
  };
}

/** What operators have changed of an agent. */
export interface AgentChanges {
  readonly host?: string;
  readonly port?: number;
  readonly send?: string;
}

/** Null for servers without an agent. */
export function agentPlanOf(
  proxy: ProxyModel,
  server: ServerModel,
  changes: AgentChanges = {},
): CheckPlan | null {
  const { options } = server;
  const host = changes.host ?? options.agentAddress ?? options.checkAddress;
  const target = targetOf(server, { host, port: changes.port ?? options.agentPort ?? options.checkPort });
  if (!options.hasAgent || target === null || target.path !== '') return null;
  const interMs = options.agentInterMs ?? options.interMs ?? INTER_DEFAULT_MS;
  const request = byteStringOf(changes.send ?? options.agentSend ?? '');
  return {
    kind: 'agent',
    target,
    interMs,
    fastInterMs: interMs,
    downInterMs: interMs,
    ...timeoutsOf(proxy, interMs),
    dialogue: () => new AgentDialogue(request),
  };
}

/** With `timeout check`, `timeout connect` bounds connecting too; without, `inter` bounds the whole. */
function timeoutsOf(
  { settings }: ProxyModel,
  interMs: number,
): Pick<CheckPlan, 'connectTimeoutMs' | 'answerTimeoutMs'> {
  const { timeoutCheckMs = 0, timeoutConnectMs = 0 } = settings;
  return {
    connectTimeoutMs:
      timeoutCheckMs > 0 && timeoutConnectMs > 0 ? Math.min(timeoutConnectMs, interMs) : interMs,
    answerTimeoutMs: timeoutCheckMs,
  };
}

interface OwnTarget {
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** Null where there is nothing to connect to. A script may connect elsewhere, so that no port is none that fails here. */
function targetOf({ address, resolvedHost }: ServerModel, own: OwnTarget): CheckTarget | null {
  if (address.family === 'unix' && own.host === undefined) return { host: '', port: 0, path: address.host };
  const host = own.host ?? resolvedHost ?? '';
  const port = own.port || (address.portOffset === null ? address.portLow : 0);
  return host === '' || port === 0 ? null : { host, port, path: '' };
}
