/** Global keywords that tune HAProxy's own machinery: accepted and checked, without effect here. */
import { type Args, arg } from '../keyword/arg.ts';
import { defineGlobalOption } from '../keyword/declaration.ts';
import { withoutEffect } from './without-effect.ts';

const KERNEL_BUFFERS = 'it is for sockets without connections, which carry no traffic here';
const EVENTS = 'Node waits for events its own way (libuv)';
const MEMORY = "memory is managed by Node's garbage collector and by buffers of fixed size";
const THREADS = 'worker threads are scheduled by the kernel, and all of them serve every listener';
const FORWARDING = 'bytes are forwarded from the buffer they were read into';
const SHARING = 'idle server connections stay with the thread that opened them';

function defineIgnored<const A extends Args>(
  name: string,
  args: A,
  example: string,
  summary: string,
  why: string,
) {
  return defineGlobalOption(
    withoutEffect({ name, args, example: example === '' ? name : `${name} ${example}`, summary, why }),
  );
}

const number = () => ({ number: arg.int({ min: 0 }) });
const onOff = () => ({ state: arg.oneOf('on', 'off') });
const nothing = {};

function defineIgnoredSwitch(name: string, summary: string, why: string) {
  return defineGlobalOption(
    withoutEffect({ name, args: nothing, example: name, summary, why, isNegatable: true }),
  );
}

const pollers = ['noepoll', 'nopoll', 'nokqueue', 'noevports', 'noktls', 'nosplice'] as const;
const bufferSizes = ['rcvbuf.frontend', 'rcvbuf.backend', 'sndbuf.frontend', 'sndbuf.backend'] as const;

export const globalOptionsWithoutEffect = [
  ...pollers.map((name) =>
    defineIgnored(name, nothing, '', `Does without a facility of the kernel (${name.slice(2)}).`, EVENTS),
  ),
  ...bufferSizes.map((name) =>
    defineIgnored(
      `tune.${name}`,
      { size: arg.size() },
      '65536',
      'The size of kernel socket buffers.',
      KERNEL_BUFFERS,
    ),
  ),
  defineIgnored(
    'nogetaddrinfo',
    nothing,
    '',
    'Resolves names with an older system call.',
    'names are resolved by the system resolver through Node',
  ),
  defineIgnored(
    'noreuseport',
    nothing,
    '',
    'Listens without SO_REUSEPORT.',
    'each worker thread needs a socket of its own for every listener',
  ),
  defineIgnored('maxpipes', number(), '100', 'The most pipes for splicing.', 'nothing is spliced'),
  defineIgnored(
    'tune.pipesize',
    { size: arg.size() },
    '65536',
    'The size of pipes for splicing.',
    'nothing is spliced',
  ),
  defineIgnored(
    'prealloc-fd',
    nothing,
    '',
    'Reserves file descriptors at start.',
    'the kernel grows the table as needed',
  ),
  defineIgnored('no-memory-trimming', nothing, '', 'Keeps freed memory at a reload.', MEMORY),
  defineIgnored(
    'insecure-fork-wanted',
    nothing,
    '',
    'Allows the worker process to start programs.',
    'the worker process starts none',
  ),
  defineIgnored(
    'insecure-setuid-wanted',
    nothing,
    '',
    'Allows programs to gain rights by setuid.',
    'the worker process starts none',
  ),
  defineIgnored(
    'expose-experimental-directives',
    nothing,
    '',
    'Allows keywords that HAProxy calls experimental.',
    'no keyword needs this permission here',
  ),
  defineIgnored(
    'expose-deprecated-directives',
    nothing,
    '',
    'Allows keywords that HAProxy is about to remove.',
    'no keyword needs this permission here',
  ),
  defineIgnored('cpu-map', { map: arg.rest('cpu-set') }, 'auto:1/1-4 0-3', 'Ties threads to CPUs.', THREADS),
  defineIgnored(
    'cpu-policy',
    { policy: arg.rest('policy') },
    'performance',
    'Chooses CPUs and thread counts.',
    THREADS,
  ),
  defineIgnored('cpu-set', { set: arg.rest('set') }, 'drop-cpu 0', 'Restricts the CPUs in use.', THREADS),
  defineIgnored(
    'thread-groups',
    { number: arg.int({ min: 1 }) },
    '1',
    'How many groups of threads there are.',
    THREADS,
  ),
  defineIgnored(
    'thread-group',
    { group: arg.rest('group') },
    '1 1-4',
    'Says which threads form a group.',
    THREADS,
  ),
  defineIgnored(
    'max-threads-per-group',
    { number: arg.int({ min: 1 }) },
    '16',
    'The most threads of a group.',
    THREADS,
  ),
  defineIgnored(
    'mworker-max-reloads',
    number(),
    '50',
    'How many reloads an old worker process may outlive.',
    'hard-stop-after bounds how long an old worker process drains',
  ),
  defineIgnored(
    'profiling.tasks',
    { state: arg.oneOf('on', 'off', 'auto') },
    'on',
    'Measures tasks.',
    "Node's own profiler does that",
  ),
  defineIgnored('profiling.memory', onOff(), 'on', 'Measures memory.', "Node's own profiler does that"),
  defineIgnored(
    'anonkey',
    { key: arg.int({ min: 0, max: 0xffffffff }) },
    '12345',
    'The key of anonymised output.',
    'no output is anonymised',
  ),
  defineIgnored(
    'tune.maxaccept',
    { number: arg.int({ min: -1 }) },
    '64',
    'How many connections are accepted in a row.',
    EVENTS,
  ),
  defineIgnored('tune.maxpollevents', number(), '200', 'How many events are taken in a row.', EVENTS),
  defineIgnored(
    'tune.events.max-events-at-once',
    number(),
    '100',
    'How many events are taken in a row.',
    EVENTS,
  ),
  defineIgnored('tune.runqueue-depth', number(), '200', 'How many tasks run in a row.', EVENTS),
  defineIgnored('tune.sched.low-latency', onOff(), 'on', 'Favours short tasks.', EVENTS),
  defineIgnored(
    'tune.fd.edge-triggered',
    onOff(),
    'on',
    'Asks the kernel for edge-triggered events.',
    EVENTS,
  ),
  defineIgnored(
    'tune.idletimer',
    { timeout: arg.duration() },
    '1000',
    'When a stream counts as idle.',
    FORWARDING,
  ),
  defineIgnored(
    'tune.recv_enough',
    { size: arg.size() },
    '10120',
    'When a read is large enough to stop reading.',
    FORWARDING,
  ),
  defineIgnored(
    'tune.disable-fast-forward',
    nothing,
    '',
    'Forwards bytes by the general path alone.',
    FORWARDING,
  ),
  defineIgnored(
    'tune.disable-zero-copy-forwarding',
    nothing,
    '',
    'Copies bytes that are forwarded.',
    FORWARDING,
  ),
  defineIgnored(
    'tune.h1.zero-copy-fwd-recv',
    onOff(),
    'on',
    'Forwards HTTP/1 bytes without a copy.',
    FORWARDING,
  ),
  defineIgnored(
    'tune.h1.zero-copy-fwd-send',
    onOff(),
    'on',
    'Forwards HTTP/1 bytes without a copy.',
    FORWARDING,
  ),
  defineIgnored(
    'tune.pt.zero-copy-forwarding',
    onOff(),
    'on',
    'Forwards TCP bytes without a copy.',
    FORWARDING,
  ),
  defineIgnored('tune.buffers.limit', number(), '0', 'The most buffers of the process.', MEMORY),
  defineIgnored('tune.buffers.reserve', number(), '2', 'How many buffers are kept back.', MEMORY),
  defineIgnored(
    'tune.memory.hot-size',
    { size: arg.size() },
    '524288',
    'The memory each thread keeps at hand.',
    MEMORY,
  ),
  defineIgnored(
    'tune.pattern.cache-size',
    number(),
    '10000',
    'How many results of pattern matching are kept.',
    'patterns are compiled to trees and functions, and no result is kept',
  ),
  defineIgnored(
    'tune.pool-high-fd-ratio',
    { percent: arg.int({ min: 0, max: 100 }) },
    '25',
    'When idle server connections are closed at once.',
    SHARING,
  ),
  defineIgnored(
    'tune.pool-low-fd-ratio',
    { percent: arg.int({ min: 0, max: 100 }) },
    '20',
    'When idle server connections are no longer kept.',
    SHARING,
  ),
  defineIgnored(
    'tune.idle-pool.shared',
    { state: arg.oneOf('on', 'off', 'full') },
    'on',
    'Shares idle server connections between threads.',
    SHARING,
  ),
  defineIgnored(
    'tune.listener.default-shards',
    { shards: arg.oneOf('by-process', 'by-thread', 'by-group') },
    'by-thread',
    'How many sockets share an address.',
    THREADS,
  ),
  defineIgnored(
    'tune.listener.multi-queue',
    { state: arg.oneOf('on', 'off', 'fair') },
    'on',
    'Spreads accepted connections over threads.',
    THREADS,
  ),
  defineIgnored(
    'tune.ring.queues',
    number(),
    '0',
    'How many queues lead to a ring buffer.',
    'there are no ring buffers',
  ),
  defineIgnored('tune.chksize', { size: arg.size() }, '16384', 'The buffer of a health check.', MEMORY),
  defineIgnoredSwitch('busy-polling', 'Looks for events without ever sleeping.', EVENTS),
  defineIgnoredSwitch('numa-cpu-mapping', 'Keeps threads on one memory node.', THREADS),
] as const;
