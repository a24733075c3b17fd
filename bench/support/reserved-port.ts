/** A loopback port that nobody gets by chance, for a program that binds it with SO_REUSEPORT. */
import { BoundSocket } from 'node:net';

export interface ReservedPort {
  readonly port: number;
  release(): void;
}

/** The socket is bound and never listens, so that it takes no connections away. */
export function reservePort(): ReservedPort {
  const bound = new BoundSocket({ host: '127.0.0.1', port: 0, reusePort: true });
  return { port: (bound.address() as { readonly port: number }).port, release: () => bound.close() };
}
