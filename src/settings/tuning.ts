/** Global keywords that size and tune (manual section 3.2). */
import { arg } from '../keyword/arg.ts';
import { defineGlobalOption } from '../keyword/declaration.ts';

interface BufferInput<K extends string> {
  readonly name: string;
  readonly key: K;
  readonly summary: string;
}

/** A kernel buffer of the connections of one side, in bytes; 0 leaves its size to the kernel. */
function defineSocketBuffer<const K extends string>({ name, key, summary }: BufferInput<K>) {
  return defineGlobalOption({
    name: `tune.${name}`,
    key,
    summary,
    args: { size: arg.size() },
    examples: [
      { text: `tune.${name} 65536`, result: 65_536 },
      { text: `tune.${name} 16k`, result: 16_384 },
    ],
    value: ({ size }) => size,
  });
}

export const tuningOptions = [
  defineSocketBuffer({
    name: 'rcvbuf.client',
    key: 'clientReceiveBufferBytes',
    summary: 'The most that the kernel keeps of what a client sent; 0 lets it choose.',
  }),
  defineSocketBuffer({
    name: 'rcvbuf.server',
    key: 'serverReceiveBufferBytes',
    summary: 'The most that the kernel keeps of what a server sent; 0 lets it choose.',
  }),
  defineSocketBuffer({
    name: 'sndbuf.client',
    key: 'clientSendBufferBytes',
    summary: 'The most that the kernel keeps of what is on its way to a client; 0 lets it choose.',
  }),
  defineSocketBuffer({
    name: 'sndbuf.server',
    key: 'serverSendBufferBytes',
    summary: 'The most that the kernel keeps of what is on its way to a server; 0 lets it choose.',
  }),
  defineSocketBuffer({
    name: 'notsent-lowat.client',
    key: 'clientNotSentLowatBytes',
    summary: 'How much the kernel takes ahead of what it can send to a client; 0 is no limit.',
  }),
  defineSocketBuffer({
    name: 'notsent-lowat.server',
    key: 'serverNotSentLowatBytes',
    summary: 'How much the kernel takes ahead of what it can send to a server; 0 is no limit.',
  }),
  defineGlobalOption({
    name: 'maxconnrate',
    key: 'maxConnectionRate',
    summary:
      'The most client connections that are accepted in a second, over all frontends; 0 sets no limit.',
    args: { number: arg.int({ min: 0 }) },
    examples: [{ text: 'maxconnrate 1000', result: 1000 }],
    value: ({ number }) => number,
  }),
  defineGlobalOption({
    name: 'maxsessrate',
    key: 'maxSessionRate',
    summary: 'The most sessions that begin in a second, over all frontends; 0 sets no limit.',
    args: { number: arg.int({ min: 0 }) },
    examples: [{ text: 'maxsessrate 1000', result: 1000 }],
    value: ({ number }) => number,
  }),
  defineGlobalOption({
    name: 'tune.bufsize',
    key: 'bufferBytes',
    summary:
      'The buffer of one direction of a stream in bytes; with tune.maxrewrite it bounds a message head.',
    args: { size: arg.size() },
    examples: [
      { text: 'tune.bufsize 32768', result: 32_768 },
      { text: 'tune.bufsize 16k', result: 16_384 },
    ],
    value: ({ size }) => size,
  }),
  defineGlobalOption({
    name: 'tune.maxrewrite',
    key: 'maxRewriteBytes',
    summary: 'The part of a buffer in bytes that is kept free for what rules add to a head.',
    args: { size: arg.size() },
    examples: [{ text: 'tune.maxrewrite 1024', result: 1024 }],
    value: ({ size }) => size,
  }),
  defineGlobalOption({
    name: 'tune.http.maxhdr',
    key: 'maxHeaders',
    summary: 'The most header fields of a message.',
    args: { number: arg.int({ min: 1, max: 32767 }) },
    examples: [{ text: 'tune.http.maxhdr 128', result: 128 }],
    value: ({ number }) => number,
  }),
  defineGlobalOption({
    name: 'tune.http.logurilen',
    key: 'logUriBytes',
    summary: 'The longest request line in a log line, in bytes; by default 1023.',
    args: { length: arg.int({ min: 1 }) },
    examples: [{ text: 'tune.http.logurilen 2048', result: 2048 }],
    value: ({ length }) => length,
  }),
  defineGlobalOption({
    name: 'spread-checks',
    key: 'spreadChecksPct',
    summary: 'How far the time between health checks is varied by chance, in percent.',
    args: { percent: arg.int({ min: 0, max: 50 }) },
    examples: [{ text: 'spread-checks 5', result: 5 }],
    value: ({ percent }) => percent,
  }),
  defineGlobalOption({
    name: 'max-spread-checks',
    key: 'maxSpreadChecksMs',
    summary: 'The longest time over which the first health checks of servers are spread.',
    args: { delay: arg.duration() },
    examples: [{ text: 'max-spread-checks 15s', result: 15_000 }],
    value: ({ delay }) => delay,
  }),
] as const;
