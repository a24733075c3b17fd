/** Global keywords about the process: identity, rights, life and death (manual section 3.1). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineGlobalOption, switchOf } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import { THREADS_MAX } from './process-limits.ts';
import { withoutEffect } from './without-effect.ts';

function nodeNameArg(): Arg<string> {
  return arg.custom({
    what: 'name',
    schema: { type: 'string', pattern: '^[-A-Za-z0-9_.]+$' },
    good: ['lb1', 'lb-1.example.com'],
    bad: ['a/b', 'sp ace', ''],
    read(word, _site, name) {
      if (/^[-A-Za-z0-9_.]+$/.test(word.text)) return word.text;
      throw new ArgumentError(word.at, `'${word.text}' is not a node name for <${name}>`, {
        remedy: "use letters, digits, '-', '_' and '.'",
      });
    },
  });
}

function oneProcessArg(): Arg<1> {
  return arg.custom<1>({
    what: 'number',
    schema: { const: 1 },
    good: ['1'],
    bad: ['2', 'x'],
    read(word, _site, name) {
      if (word.text === '1') return 1;
      throw new ArgumentError(
        word.at,
        `${word.text} processes, for <${name}>: HAProxy has had one since 2.5`,
        {
          remedy: `write 'nbthread ${/^\d+$/.test(word.text) ? word.text : '<number>'}' instead`,
        },
      );
    },
  });
}

export const processOptions = [
  defineGlobalOption({
    name: 'nbthread',
    key: 'nbthread',
    summary: 'How many worker threads carry traffic; by default one per CPU.',
    args: { number: arg.int({ min: 1, max: THREADS_MAX }) },
    examples: [{ text: 'nbthread 4', result: 4 }],
    value: ({ number }) => number,
  }),
  defineGlobalOption(
    withoutEffect({
      name: 'nbproc',
      summary: 'How many processes carry traffic: one.',
      why: 'one worker process is what there is, and its threads share the work',
      args: { number: oneProcessArg() },
      example: 'nbproc 1',
      obsolete: 'nbthread',
    }),
  ),
  defineGlobalOption({
    name: 'maxconn',
    key: 'maxconn',
    summary: 'The most client connections of the whole process; 0 leaves it to the limits of the system.',
    args: { number: arg.int({ min: 0 }) },
    examples: [{ text: 'maxconn 20000', result: 20_000 }],
    value: ({ number }) => number,
  }),
  defineGlobalOption({
    name: 'user',
    key: 'user',
    summary: 'The user that the worker process runs as.',
    args: { name: arg.word('name') },
    examples: [{ text: 'user haproxy', result: 'haproxy' }],
    value: ({ name }) => name,
  }),
  defineGlobalOption({
    name: 'group',
    key: 'group',
    summary: 'The group that the worker process runs as.',
    args: { name: arg.word('name') },
    examples: [{ text: 'group haproxy', result: 'haproxy' }],
    value: ({ name }) => name,
  }),
  defineGlobalOption({
    name: 'uid',
    key: 'uid',
    summary: 'The number of the user that the worker process runs as.',
    args: { number: arg.int({ min: 0 }) },
    examples: [{ text: 'uid 99', result: 99 }],
    value: ({ number }) => number,
  }),
  defineGlobalOption({
    name: 'gid',
    key: 'gid',
    summary: 'The number of the group that the worker process runs as.',
    args: { number: arg.int({ min: 0 }) },
    examples: [{ text: 'gid 99', result: 99 }],
    value: ({ number }) => number,
  }),
  defineGlobalOption({
    name: 'chroot',
    key: 'chroot',
    summary: 'The folder that the worker process takes as its root before it meets traffic.',
    args: { folder: arg.word('folder') },
    examples: [{ text: 'chroot /var/lib/haproxy', result: '/var/lib/haproxy' }],
    value: ({ folder }) => folder,
  }),
  defineGlobalOption({
    name: 'daemon',
    key: 'isDaemon',
    summary: 'Goes to the background after starting.',
    args: {},
    examples: [{ text: 'daemon', result: true }],
    value: () => true,
  }),
  defineGlobalOption({
    name: 'pidfile',
    key: 'pidFile',
    summary: 'The file that the process number is written to.',
    args: { file: arg.word('file') },
    examples: [{ text: 'pidfile /run/haproxy.pid', result: '/run/haproxy.pid' }],
    value: ({ file }) => file,
  }),
  defineGlobalOption({
    name: 'master-worker',
    key: 'masterWorker',
    summary: 'Asks for a master process above the worker process, as `-W` does.',
    differences: [
      'There is always a master; this makes it report and end as one. It never ends because a worker process failed, with `no-exit-on-failure` or without.',
    ],
    args: { noExitOnFailure: arg.flag('no-exit-on-failure') },
    examples: [
      { text: 'master-worker', result: { noExitOnFailure: false } },
      { text: 'master-worker no-exit-on-failure', result: { noExitOnFailure: true } },
    ],
    obsolete: '-W on the command line',
    value: ({ noExitOnFailure }) => ({ noExitOnFailure }),
  }),
  defineGlobalOption({
    name: 'hard-stop-after',
    key: 'hardStopAfterMs',
    summary: 'How long connections may go on after a soft stop before they are closed.',
    args: { time: arg.duration() },
    examples: [{ text: 'hard-stop-after 30s', result: 30_000 }],
    value: ({ time }) => time,
  }),
  defineGlobalOption({
    name: 'grace',
    key: 'graceMs',
    summary: 'How long listeners still accept after a soft stop has been asked for.',
    args: { time: arg.duration() },
    examples: [{ text: 'grace 10s', result: 10_000 }],
    value: ({ time }) => time,
  }),
  defineGlobalOption({
    name: 'node',
    key: 'node',
    summary: 'The name of this instance in statistics.',
    args: { name: nodeNameArg() },
    examples: [{ text: 'node lb1', result: 'lb1' }],
    value: ({ name }) => name,
  }),
  defineGlobalOption({
    name: 'description',
    key: 'description',
    summary: 'A text about this instance in statistics.',
    args: { text: arg.rest('string') },
    examples: [{ text: 'description edge of the shop', result: 'edge of the shop' }],
    value: ({ text }) => text.join(' '),
  }),
  defineGlobalOption({
    name: 'localpeer',
    key: 'localPeer',
    summary: 'The name of this instance among its peers.',
    args: { name: arg.word('name') },
    examples: [{ text: 'localpeer lb1', result: 'lb1' }],
    value: ({ name }) => name,
  }),
  defineGlobalOption({
    name: 'quiet',
    key: 'isQuiet',
    summary: 'Prints nothing while starting.',
    args: {},
    examples: [{ text: 'quiet', result: true }],
    value: () => true,
  }),
  defineGlobalOption({
    name: 'zero-warning',
    key: 'zeroWarning',
    summary: 'Refuses to start where the configuration gives a warning.',
    args: {},
    examples: [{ text: 'zero-warning', result: true }],
    value: () => true,
  }),
  defineGlobalOption({
    name: 'ulimit-n',
    key: 'ulimitN',
    summary: 'The most open file descriptors of the worker process.',
    args: { number: arg.int({ min: 0 }) },
    examples: [{ text: 'ulimit-n 65536', result: 65_536 }],
    value: ({ number }) => number,
  }),
  defineGlobalOption({
    name: 'set-dumpable',
    key: 'setDumpable',
    summary: 'Lets the kernel write a core file when the worker process crashes after giving up its rights.',
    differences: ['`libs` is taken for `on`: libraries are not kept in memory for the core file.'],
    args: { mode: arg.optional(arg.oneOf('on', 'off', 'libs'), 'on') },
    negated: { value: false },
    examples: [
      { text: 'set-dumpable', result: true },
      { text: 'set-dumpable off', result: false },
      { text: 'set-dumpable libs', result: true },
    ],
    value: ({ mode }) => mode !== 'off',
  }),
  defineGlobalOption({
    ...switchOf({
      name: 'strict-limits',
      key: 'strictLimits',
      summary: 'Refuses to start where a limit cannot be raised as far as needed. This is the default.',
    }),
  }),
] as const;
