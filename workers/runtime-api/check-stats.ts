/** What statistics tell of a server's health checks, its agent, and the server that it tracks. */
import type { ServerModel } from '../../config/model/model.ts';
import type { Farm } from '../../src/health/farm.ts';
import type { FarmServer } from '../../src/health/farm-server.ts';
import type { AgentStats, CheckStats, ServerStats } from '../../src/stats/view.ts';

export function healthStats(
  model: ServerModel,
  farm: Farm,
  index: number,
): Pick<ServerStats, 'tracked' | 'check' | 'agent' | 'judged'> {
  const server = farm.servers[index]!;
  const own = { check: checkStats(model, server), agent: agentStats(server) };
  const source = farm.trackedBy(index);
  if (source === null) return { ...own, tracked: '', judged: own };
  const judge = lastOf(farm, index);
  return {
    ...own,
    tracked: `${source.farm.name}/${source.farm.servers[source.index]!.settings.name}`,
    judged: { check: checkStats(model, judge), agent: agentStats(judge) },
  };
}

/** The server at the end of the chain: chains end, the configuration is checked for it. */
function lastOf(farm: Farm, index: number): FarmServer {
  const source = farm.trackedBy(index);
  return source === null ? farm.servers[index]! : lastOf(source.farm, source.index);
}

function checkStats({ options }: ServerModel, server: FarmServer): CheckStats {
  const { last, settings, targets } = server;
  const isObserved = options.observe === 'layer4' || options.observe === 'layer7';
  return {
    status: last.status,
    result: server.result,
    code: last.code,
    health: server.health,
    state: server.checkState,
    durationMs: last.durationMs,
    rise: settings.rise,
    fall: settings.fall,
    fails: server.fails,
    downs: server.downs,
    info: last.info,
    port: targets.checkPort,
    address: targets.checkAddress,
    observedFails: isObserved ? server.observedFails : -1,
  };
}

function agentStats({ agent, targets }: FarmServer): AgentStats {
  const { last } = agent;
  return {
    status: last.status,
    result: agent.result,
    code: last.code,
    health: agent.health,
    state: agent.checkState,
    durationMs: last.durationMs,
    info: last.info,
    port: targets.agentPort,
    address: targets.agentAddress,
  };
}
