/**
 * What works in this build, under the names of HAProxy's build features. `-vv` lists it and conditions ask for it
 * (`.if feature(OPENSSL)`, `-cc`): a feature is claimed when its keywords work, not when Node could do it.
 */
import type { ConditionFacts } from '../config/haproxy-cfg/condition.ts';
import { COMPATIBLE_VERSION } from './product.ts';

/** Every feature name of HAProxy's `-vv`, in its order; true for what works here. */
const FEATURES: readonly (readonly [name: string, works: boolean])[] = [
  ['51DEGREES', false],
  ['ACCEPT4', true],
  ['BACKTRACE', false],
  ['CLOSEFROM', false],
  ['CPU_AFFINITY', false],
  ['CRYPT_H', false],
  ['DEVICEATLAS', false],
  ['DL', false],
  ['ENGINE', false],
  ['EPOLL', process.platform === 'linux'],
  ['EVPORTS', false],
  ['GETADDRINFO', true],
  ['KQUEUE', process.platform === 'darwin'],
  ['KTLS', false],
  ['LIBATOMIC', false],
  ['LIBCRYPT', false],
  ['LINUX_CAP', false],
  ['LINUX_SPLICE', false],
  ['LINUX_TPROXY', false],
  ['LUA', false],
  ['MATH', false],
  ['MEMORY_PROFILING', false],
  ['NETFILTER', false],
  ['NS', false],
  ['OBSOLETE_LINKER', false],
  ['OPENSSL', false],
  ['OPENSSL_AWSLC', false],
  ['OPENSSL_WOLFSSL', false],
  ['OT', false],
  ['PCRE', false],
  ['PCRE2', false],
  ['PCRE2_JIT', false],
  ['PCRE_JIT', false],
  ['POLL', true],
  ['PRCTL', process.platform === 'linux'],
  ['PROCCTL', false],
  ['PROMEX', false],
  ['PTHREAD_EMULATION', false],
  ['QUIC', false],
  ['QUIC_OPENSSL_COMPAT', false],
  ['RT', false],
  ['SHM_OPEN', true],
  ['SLZ', false],
  ['SSL', false],
  ['STATIC_PCRE', false],
  ['STATIC_PCRE2', false],
  ['SYSTEMD', true],
  ['TFO', false],
  ['THREAD', true],
  ['THREAD_DUMP', false],
  ['TPROXY', false],
  ['TRACE', false],
  ['WURFL', false],
  ['ZLIB', false],
];

/** `+THREAD -LUA …`, as in `-vv`. */
export function featureList(): string {
  return FEATURES.map(([name, works]) => `${works ? '+' : '-'}${name}`).join(' ');
}

/** Options that the command line can take from the facts. */
export interface FactOptions {
  /** `-dV`. */
  readonly isServerVerifyOff?: boolean;
}

/** What conditions may ask of the running program. */
export function conditionFacts(options: FactOptions = {}): ConditionFacts {
  const enabled = ['POLL', 'GETADDRINFO', 'REUSEPORT', process.platform === 'darwin' ? 'KQUEUE' : 'EPOLL'];
  if (options.isServerVerifyOff === true) enabled.push('SERVER-SSL-VERIFY-NONE');
  return {
    version: COMPATIBLE_VERSION,
    features: new Set(FEATURES.filter(([, works]) => works).map(([name]) => name)),
    enabled: new Set(enabled),
    sslLibrary: null,
    awslcApi: null,
    isFipsMode: false,
  };
}
