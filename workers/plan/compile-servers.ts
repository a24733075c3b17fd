/** Compiles the way to servers: addresses, sources, pools and retries. */
import type { ProxyModel, ServerModel } from '../../config/model/model.ts';
import { headerIdOf } from '../../src/http/header-id.ts';
import type { Address } from '../../src/net/address.ts';
import { parseIp } from '../../src/net/ip.ts';
import type { Endpoint } from '../../src/sample/stream-view.ts';
import type { RetryReason as RetryReasonName } from '../../src/settings/retrying.ts';
import type { PresentedSource, SourceSetting } from '../../src/settings/source-address.ts';
import { abstractSocketPath } from '../../src/system/socket-address.ts';
import { type ServerSocketTuning, tuneServerSocket } from '../connection/server-socket-tuning.ts';
import { type ConnectionTuning, tuneConnection } from '../connection/socket-tuning.ts';
import type { DialOptions, DialTarget } from '../connection/transport.ts';
import type { PoolTarget } from './plan.ts';
import {
  type DialingStream,
  type DialPlan,
  type PoolPlan,
  type RetryPlan,
  RetryReason,
  type Way,
} from './server-plan.ts';

/** The manual's default of `pool-purge-delay`. */
const PURGE_DELAY_MS = 5000;

export function compilePool({ options }: ServerModel): PoolPlan {
  const {
    poolMaxConnections = -1,
    poolPurgeDelayMs = PURGE_DELAY_MS,
    maxReuse = -1,
    isMaxconnStrict = false,
    maxconn = 0,
  } = options;
  const isStrict = isMaxconnStrict && maxconn > 0;
  const kept = poolMaxConnections < 0 ? Number.POSITIVE_INFINITY : poolMaxConnections;
  return {
    maxIdle: poolPurgeDelayMs === 0 ? 0 : kept,
    purgeDelayMs: poolPurgeDelayMs,
    maxReuse: maxReuse < 0 ? Number.POSITIVE_INFINITY : maxReuse,
    maxConnections: isStrict ? maxconn : Number.POSITIVE_INFINITY,
  };
}

/** The pool of `dispatch` and `option transparent`, which have no server line. */
export const DIRECT_POOL: PoolPlan = {
  maxIdle: Number.POSITIVE_INFINITY,
  purgeDelayMs: PURGE_DELAY_MS,
  maxReuse: Number.POSITIVE_INFINITY,
  maxConnections: Number.POSITIVE_INFINITY,
};

export function targetOf(address: Address, resolvedHost: string | null): PoolTarget {
  const isPath = address.family === 'unix' || address.family === 'abns' || address.family === 'abnsz';
  return {
    host: isPath ? '' : (resolvedHost ?? address.host),
    port: address.portLow,
    portOffset: address.portOffset,
    path: pathOf(address),
  };
}

/** The path of a unix socket, a NUL before an abstract name; '' for an address. */
function pathOf({ family, host }: Address): string {
  if (family === 'unix') return host;
  return family === 'abns' || family === 'abnsz' ? abstractSocketPath(family, host) : '';
}

export interface DialSettings {
  readonly target: PoolTarget;
  readonly source: SourceSetting | null;
  readonly tuning: ConnectionTuning | null;
  readonly socket: Pick<ServerSocketTuning, 'userTimeoutMs' | 'fastOpen'>;
}

/** `option transparent`: wherever the client wanted to go. */
export const CLIENTS_TARGET: PoolTarget = { host: '0.0.0.0', port: 0, portOffset: 0, path: '' };

export function compileDial(settings: DialSettings): DialPlan {
  const { target, source } = settings;
  const prepare = preparationOf(settings);
  const isFixedTarget = target.path !== '' || (target.portOffset === null && !isAnyHost(target.host));
  const isRange = source !== null && source.address.portHigh > source.address.portLow;
  const isPresented = source !== null && source.presented !== null;
  if (target.path !== '' || (isFixedTarget && !isRange && !isPresented)) {
    const options = target.path === '' ? dialOptions(prepare, fixedSource(source)) : undefined;
    const fixed: Way = { target: fixedTarget(target), options, key: '' };
    return { fixed, wayOf: () => fixed };
  }
  const sourceOf = source === null ? noSource : compileSource(source);
  const wayOf = (stream: DialingStream): Way => {
    const from = sourceOf(stream);
    const to = isFixedTarget ? { host: target.host, port: target.port } : clientTarget(target, stream);
    const origin = isPresented && from !== null ? `${from.host} ${from.port}` : '';
    return { target: to, options: dialOptions(prepare, from), key: `${to.host} ${to.port} ${origin}` };
  };
  return { fixed: null, wayOf };
}

/** Servers at `0.0.0.0` are where the client connected to. */
function isAnyHost(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::';
}

interface Source {
  readonly host: string;
  readonly port: number;
}

type SourceOf = (stream: DialingStream) => Source | null;

const noSource: SourceOf = () => null;

function fixedSource(source: SourceSetting | null): Source | null {
  return source === null ? null : sourceAt(source.address);
}

/** Null for the any address without a port: the system chooses. */
function sourceAt({ family, host, portLow }: Address): Source | null {
  if ((family === 'any' || isAnyHost(host)) && portLow === 0) return null;
  return { host: host === '' ? '0.0.0.0' : host, port: portLow };
}

function compileSource({ address, presented }: SourceSetting): SourceOf {
  if (presented !== null) return presentedSource(presented, sourceAt(address));
  const host = address.host === '' ? '0.0.0.0' : address.host;
  const count = address.portHigh - address.portLow + 1;
  // Threads begin anywhere in the range, so that they seldom meet.
  let turn = Math.floor(Math.random() * count);
  return () => {
    turn = (turn + 1) % count;
    return { host, port: address.portLow + turn };
  };
}

function presentedSource(presented: PresentedSource, otherwise: Source | null): SourceOf {
  switch (presented.kind) {
    case 'address': {
      const source = sourceAt(presented.address);
      return () => source;
    }
    case 'header': {
      const { name, occurrence } = presented;
      const id = headerIdOf(name);
      return ({ request }) => {
        const host =
          request === null || occurrence === 0 ? null : addressIn(request.values(id, name), occurrence);
        return host === null ? otherwise : { host, port: 0 };
      };
    }
    default: {
      const keepsPort = presented.kind === 'client';
      return ({ session: { source } }) =>
        source.ip === null ? otherwise : { host: source.text, port: keepsPort ? source.port : 0 };
    }
  }
}

/** The address at a place of a list field, counted from the first (1) or the last (-1); null for none. */
function addressIn(values: readonly string[], occurrence: number): string | null {
  const items = values.flatMap((value) => value.split(',').map((item) => item.trim()));
  const text = items[occurrence > 0 ? occurrence - 1 : items.length + occurrence] ?? '';
  return parseIp(text) === null ? null : text;
}

function fixedTarget({ host, port, path }: PoolTarget): DialTarget {
  return path === '' ? { host, port } : { path };
}

function clientTarget({ host, port, portOffset }: PoolTarget, { session }: DialingStream): TcpTarget {
  const { destination } = session;
  return {
    host: isAnyHost(host) ? hostOf(destination) : host,
    port: portOffset === null ? port : destination.port + portOffset,
  };
}

/** Unix sockets have no host: dialling '' fails as a refused connection does. */
function hostOf({ ip, text }: Endpoint): string {
  return ip === null ? '' : text;
}

interface TcpTarget {
  readonly host: string;
  readonly port: number;
}

type Prepare = ((fd: number) => void) | undefined;

function preparationOf({ tuning, socket, source }: DialSettings): Prepare {
  const tuned: ServerSocketTuning = {
    ...socket,
    interface: source?.interface ?? '',
    isTransparent: source !== null && source.presented !== null,
    letsKernelChoosePort: source !== null && source.address.portLow === 0,
  };
  const isNeeded =
    tuned.userTimeoutMs > 0 ||
    tuned.fastOpen ||
    tuned.interface !== '' ||
    tuned.isTransparent ||
    tuned.letsKernelChoosePort;
  if (!isNeeded) return tuning === null ? undefined : (fd) => tuneConnection(fd, tuning);
  return (fd) => {
    if (tuning !== null) tuneConnection(fd, tuning);
    tuneServerSocket(fd, tuned);
  };
}

function dialOptions(prepare: Prepare, source: Source | null): DialOptions | undefined {
  if (prepare === undefined && source === null) return undefined;
  return {
    ...(prepare !== undefined && { prepare }),
    ...(source !== null && { sourceHost: source.host, sourcePort: source.port }),
  };
}

const REASONS: { readonly [K in RetryReasonName]?: number } = {
  'conn-failure': RetryReason.CONNECTION,
  'empty-response': RetryReason.EMPTY,
  'junk-response': RetryReason.JUNK,
  'response-timeout': RetryReason.TIMEOUT,
};

/** What can happen to a request on a connection that its server is just closing. */
const REUSE_REASONS = RetryReason.CONNECTION | RetryReason.EMPTY | RetryReason.TIMEOUT;

/** `retry-on` holds for HTTP alone; connections of TCP are always retried. */
export function compileRetries({ mode, settings }: ProxyModel): RetryPlan {
  const names = mode === 'http' ? (settings.retryOn ?? ['conn-failure']) : (['conn-failure'] as const);
  let reasons = 0;
  for (const name of names) reasons |= REASONS[name] ?? 0;
  const numbers = names.map(Number).filter((status) => status > 0);
  const statuses = numbers.length === 0 ? null : new Uint8Array(600);
  for (const status of numbers) statuses![status] = 1;
  return {
    reasons,
    statuses,
    keepsRequest: statuses !== null || (reasons & ~RetryReason.CONNECTION) !== 0,
    coversReuse: (reasons & REUSE_REASONS) === REUSE_REASONS,
  };
}
