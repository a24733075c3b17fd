/** What `set server` changes of agents and of where health checks connect to (management manual 9.3). */
import { CheckState } from '../health/status.ts';
import { parseIp } from '../net/ip.ts';
import type { ServerStats } from '../stats/view.ts';
import { type Answer, failure } from './message.ts';
import type { FoundServer, ProcessContext } from './process-context.ts';

/** The words behind `set server <server> <what>`. */
export type SetWords = readonly (string | undefined)[];
export type SetServer = (context: ProcessContext, found: FoundServer, words: SetWords) => Answer;

interface Target {
  host?: string;
  port?: number;
}

const setAgentHealth: SetServer = (context, { ref, server }, [health]) => {
  if (!isEnabled(server.agent)) return failure('agent checks are not enabled on this server.\n');
  if (health !== 'up' && health !== 'down')
    return failure("'set server <srv> agent' expects 'up' or 'down'.\n");
  context.servers.setAgentHealth(ref, health);
  return '';
};

const setAgentAddress: SetServer = (context, { ref, server }, words) => {
  if (!isEnabled(server.agent)) return failure('agent checks are not enabled on this server');
  const target = targetOf('agent-addr', words);
  if (typeof target === 'string') return failure(target);
  context.servers.setAgent(ref, target);
  return '';
};

const setAgentPort: SetServer = (context, { ref, server }, [text]) => {
  if (!isEnabled(server.agent)) return failure('agent checks are not enabled on this server');
  if (text === undefined || text === '') return failure('set server <b>/<s> agent-port requires a port.\n');
  const port = portOf(text, 1);
  if (typeof port === 'string') return failure(port);
  context.servers.setAgent(ref, { port });
  return '';
};

const setAgentSend: SetServer = (context, { ref, server }, [text = '']) => {
  if (!isEnabled(server.agent)) return failure('agent checks are not enabled on this server.\n');
  context.servers.setAgent(ref, { send: text });
  return '';
};

const setCheckAddress: SetServer = (context, { ref, server }, words) => {
  if (!isEnabled(server.check)) return failure('health checks are not enabled on this server');
  const target = targetOf('check-addr', words);
  if (typeof target === 'string') return failure(target);
  context.servers.setCheckTarget(ref, target);
  return '';
};

const setCheckPort: SetServer = (context, { ref, server }, [text]) => {
  if (text === undefined || text === '') return failure('set server <b>/<s> check-port requires a port.\n');
  if (!isEnabled(server.check)) return failure('health checks are not enabled on this server');
  const port = portOf(text, 0);
  if (typeof port === 'string') return failure(port);
  context.servers.setCheckTarget(ref, { port });
  return '';
};

export const checkSettings: readonly (readonly [string, SetServer])[] = [
  ['agent', setAgentHealth],
  ['agent-addr', setAgentAddress],
  ['agent-port', setAgentPort],
  ['agent-send', setAgentSend],
  ['check-addr', setCheckAddress],
  ['check-port', setCheckPort],
];

function isEnabled({ state }: ServerStats['agent'] | ServerStats['check']): boolean {
  return (state & CheckState.ENABLED) !== 0;
}

/** `<addr> [port <port>]`. */
function targetOf(what: string, [host, word, text]: SetWords): Target | string {
  if (host === undefined || host === '')
    return `set server <b>/<s> ${what} requires an address and optionally a port.\n`;
  if (parseIp(host) === null) return `invalid addr '${host}'`;
  if (word !== 'port') return { host };
  const port = portOf(text ?? '', 1);
  return typeof port === 'string' ? port : { host, port };
}

function portOf(text: string, least: number): number | string {
  if (!/^\d+$/.test(text)) return 'provided port is not an integer';
  const port = Number(text);
  return port >= least && port <= 65_535 ? port : 'provided port is invalid';
}
