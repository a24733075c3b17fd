/** What `fairlead run` tells people once it serves: what listens where, and a line to try it with. */
import type { Model } from '../config/model/model.ts';
import type { Address } from '../src/net/address.ts';

/** Ends with a line feed. */
export function listenSummary(model: Model, threads: number): string {
  const rows = model.proxies.flatMap((proxy) =>
    proxy.binds.map(
      (bind) => `  ${addressText(bind.address).padEnd(28)} ${proxy.kind} ${proxy.name} (${proxy.mode})`,
    ),
  );
  const workers = `${threads} worker thread${threads === 1 ? '' : 's'}`;
  const command = tryLine(model);
  return `Serving with ${workers}:\n${rows.join('\n')}\n${command === null ? '' : `\nTry:  ${command}\n`}`;
}

function tryLine(model: Model): string | null {
  for (const { mode, binds } of model.proxies) {
    const bind = binds.find(({ address }) => address.portLow > 0 || address.family === 'unix');
    if (mode !== 'http' || bind === undefined) continue;
    if (bind.address.family === 'unix') return `curl --unix-socket ${bind.address.host} http://localhost/`;
    return `curl http://${reachable(bind.address)}/`;
  }
  return null;
}

/** An address that a client on this machine can use. */
function reachable(address: Address): string {
  if (address.family === 'any' || address.host === '0.0.0.0') return `127.0.0.1:${address.portLow}`;
  if (address.family === 'ipv6')
    return `[${address.host === '::' ? '::1' : address.host}]:${address.portLow}`;
  return `${address.host}:${address.portLow}`;
}

function addressText(address: Address): string {
  if (address.family === 'any') return `0.0.0.0:${address.portLow}`;
  if (address.family === 'ipv6') return `[${address.host}]:${address.portLow}`;
  return address.portLow > 0 ? `${address.host}:${address.portLow}` : address.text;
}
