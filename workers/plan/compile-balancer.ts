/** Makes a backend's balancer from its settings: the hash, its limits, expressions, and where randomness comes from. */
import type { ProxyModel, ServerModel } from '../../config/model/model.ts';
import { findAlgorithm, samples } from '../../src/catalog.ts';
import type { Balancer, BalanceSettings } from '../../src/lb/declare.ts';
import { ringSeedOf } from '../../src/lb/hash-key.ts';
import { compileExpressionAs } from '../../src/sample/compile-expression.ts';

/** Throws an Error when the algorithm is not in the catalogue. */
export function compileBalancer(proxy: ProxyModel): Balancer {
  const { name, args } = proxy.settings.balance ?? { name: 'roundrobin', args: {} };
  const algorithm = findAlgorithm(name);
  if (algorithm === undefined) throw new Error(`balance algorithm '${name}' is not in the catalogue`);
  return algorithm.compile(args, balanceSettings(proxy))();
}

function balanceSettings({ settings, servers }: ProxyModel): BalanceSettings {
  return {
    hashType: settings.hashType,
    hashBalanceFactor: settings.hashBalanceFactor,
    hashAffinity: settings.hashAffinity,
    maxQueues: servers.map(({ options }) => options.maxqueue ?? 0),
    ringSeeds: servers.map(ringSeed),
    compileExpression: (model, type) =>
      compileExpressionAs(model, type, samples) as unknown as ReturnType<
        NonNullable<BalanceSettings['compileExpression']>
      >,
    random: () => (Math.random() * 0x100000000) | 0,
  };
}

function ringSeed({ id, address, resolvedHost, options }: ServerModel): number {
  const host = resolvedHost ?? address.host;
  return ringSeedOf(options.hashKey ?? 'id', { id, host, port: address.portLow });
}
