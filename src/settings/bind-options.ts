/** Options of bind lines (manual section 5.1), and of `stats socket` lines, which take the same. */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineBindOption } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import { withoutEffect } from './without-effect.ts';

const THREADS_WHY = 'every worker thread serves every listener';

/** File permissions in octal, as a number. */
export function fileModeArg(): Arg<number> {
  return arg.custom({
    what: 'mode',
    schema: { type: ['string', 'integer'], pattern: '^0?[0-7]{1,4}$' },
    good: ['600', '0660'],
    bad: ['999', 'rw', '12345'],
    read(word, _site, name) {
      if (/^0?[0-7]{1,4}$/.test(word.text)) return Number.parseInt(word.text, 8);
      throw new ArgumentError(word.at, `'${word.text}' is not a file mode for <${name}>`, {
        remedy: 'write permissions in octal, for example 660',
      });
    },
  });
}

/** Which threads or processes serve a listener: checked as a list of numbers and ranges, then not used. */
function threadSetArg(): Arg<string> {
  return arg.custom({
    what: 'thread-set',
    good: ['1', 'all', '1-4', 'odd', 'even', '1/1-4', '1,2'],
    bad: ['x', '1-x', '/1'],
    read(word, _site, name) {
      const set = '(?:all|odd|even|\\d+(?:-\\d*)?)';
      if (new RegExp(`^(?:${set}/)?${set}(?:,(?:${set}/)?${set})*$`).test(word.text)) return word.text;
      throw new ArgumentError(word.at, `'${word.text}' is not a set of threads for <${name}>`, {
        remedy: 'write all, odd, even, or numbers and ranges with commas between them: 1-4',
      });
    },
  });
}

export const bindOptions = [
  defineBindOption({
    name: 'name',
    key: 'name',
    summary: 'Names the listener in statistics and logs.',
    args: { name: arg.word('name') },
    examples: [{ text: 'name public', result: 'public' }],
    value: ({ name }) => name,
  }),
  defineBindOption({
    name: 'id',
    key: 'id',
    summary: 'A fixed number for the listener, unique in its proxy.',
    args: { id: arg.int({ min: 1, max: 0x7fffffff }) },
    examples: [{ text: 'id 12', result: 12 }],
    value: ({ id }) => id,
  }),
  defineBindOption({
    name: 'maxconn',
    key: 'maxconn',
    summary: 'The most connections this listener has at a time; 0 sets no limit.',
    args: { maxconn: arg.int({ min: 0 }) },
    examples: [{ text: 'maxconn 100', result: 100 }],
    value: ({ maxconn }) => maxconn,
  }),
  defineBindOption({
    name: 'backlog',
    key: 'backlog',
    summary: 'How many connections the kernel may queue for this listener.',
    args: { backlog: arg.int({ min: 0 }) },
    examples: [{ text: 'backlog 4096', result: 4096 }],
    value: ({ backlog }) => backlog,
  }),
  defineBindOption({
    name: 'mode',
    key: 'mode',
    summary: 'The permissions of a unix socket, in octal.',
    args: { mode: fileModeArg() },
    examples: [{ text: 'mode 660', result: 0o660 }],
    value: ({ mode }) => mode,
  }),
  defineBindOption({
    name: 'user',
    key: 'user',
    summary: 'The owner of a unix socket, by name.',
    args: { user: arg.word('user') },
    examples: [{ text: 'user www-data', result: 'www-data' }],
    value: ({ user }) => user,
  }),
  defineBindOption({
    name: 'uid',
    key: 'uid',
    summary: 'The owner of a unix socket, by number.',
    args: { uid: arg.int({ min: 0 }) },
    examples: [{ text: 'uid 33', result: 33 }],
    value: ({ uid }) => uid,
  }),
  defineBindOption({
    name: 'group',
    key: 'group',
    summary: 'The group of a unix socket, by name.',
    args: { group: arg.word('group') },
    examples: [{ text: 'group www-data', result: 'www-data' }],
    value: ({ group }) => group,
  }),
  defineBindOption({
    name: 'gid',
    key: 'gid',
    summary: 'The group of a unix socket, by number.',
    args: { gid: arg.int({ min: 0 }) },
    examples: [{ text: 'gid 33', result: 33 }],
    value: ({ gid }) => gid,
  }),
  defineBindOption({
    name: 'level',
    key: 'level',
    summary: 'What commands on this runtime API socket may do.',
    args: { level: arg.oneOf('user', 'operator', 'admin') },
    examples: [{ text: 'level admin', result: 'admin' }],
    value: ({ level }) => level,
  }),
  defineBindOption({
    name: 'severity-output',
    key: 'severityOutput',
    summary:
      'How answers on this runtime API socket begin: with their severity as number or word, or without.',
    args: { format: arg.oneOf('none', 'number', 'string') },
    examples: [{ text: 'severity-output number', result: 'number' }],
    value: ({ format }) => format,
  }),
  defineBindOption(
    withoutEffect({
      name: 'v4v6',
      summary: 'Lets an IPv6 listener on any address take IPv4 clients too.',
      why: 'every IPv6 listener does, unless v6only stands on its line',
      args: {},
      example: 'v4v6',
    }),
  ),
  defineBindOption({
    name: 'v6only',
    key: 'v6only',
    summary: 'Keeps an IPv6 listener to IPv6 clients.',
    args: {},
    examples: [{ text: 'v6only', result: true }],
    value: () => true,
  }),
  defineBindOption({
    name: 'defer-accept',
    key: 'deferAccept',
    summary: 'Has the kernel hold a connection back until its first bytes have come.',
    args: {},
    examples: [{ text: 'defer-accept', result: true }],
    value: () => true,
  }),
  defineBindOption({
    name: 'tfo',
    key: 'tcpFastOpen',
    summary: 'Accepts data in the first packet of a connection (TCP Fast Open).',
    args: {},
    examples: [{ text: 'tfo', result: true }],
    value: () => true,
  }),
  defineBindOption({
    name: 'mss',
    key: 'mss',
    summary: 'Limits the TCP segment size; a negative number is taken off what the kernel would use.',
    args: { maxseg: arg.int({ min: -65535, max: 65535 }) },
    examples: [{ text: 'mss 1400', result: 1400 }],
    value: ({ maxseg }) => maxseg,
  }),
  defineBindOption({
    name: 'tcp-ut',
    key: 'tcpUserTimeoutMs',
    summary: 'How long sent bytes may stay unacknowledged before the kernel closes the connection.',
    args: { delay: arg.duration() },
    examples: [{ text: 'tcp-ut 30s', result: 30_000 }],
    value: ({ delay }) => delay,
  }),
  defineBindOption({
    name: 'cc',
    key: 'congestionControl',
    summary:
      'The TCP congestion control of connections; one that the system does not have leaves its default.',
    args: { algo: arg.word('algo') },
    examples: [{ text: 'cc cubic', result: 'cubic' }],
    value: ({ algo }) => algo,
  }),
  defineBindOption({
    name: 'tcp-ss',
    key: 'savedSyn',
    summary:
      'Has the kernel keep the packet that opened a connection: 0 none of it, 1 from its IP header on, 2 all of it.',
    args: { mode: arg.int({ min: 0, max: 2 }) },
    examples: [{ text: 'tcp-ss 1', result: 1 }],
    value: ({ mode }) => mode,
  }),
  defineBindOption({
    name: 'tcp-md5sig',
    key: 'tcpMd5Key',
    summary:
      'Signs all segments of connections with this key, and drops those of clients that do not (RFC 2385).',
    args: { password: arg.word('password') },
    examples: [{ text: 'tcp-md5sig secret', result: 'secret' }],
    value: ({ password }) => password,
  }),
  defineBindOption({
    name: 'interface',
    key: 'interface',
    summary: 'Takes only connections that come by this network interface.',
    args: { interface: arg.word('interface') },
    examples: [{ text: 'interface eth0', result: 'eth0' }],
    value: ({ interface: name }) => name,
  }),
  defineBindOption({
    name: 'transparent',
    key: 'isTransparent',
    summary: 'Binds to an address though it is not one of this machine, for traffic that is routed here.',
    args: {},
    examples: [{ text: 'transparent', result: true }],
    value: () => true,
  }),
  defineBindOption(
    withoutEffect({
      name: 'nbconn',
      summary: 'How many connections a listener of reverse HTTP opens.',
      why: 'no listener opens connections itself',
      args: { nbconn: arg.int({ min: 1 }) },
      example: 'nbconn 2',
    }),
  ),
  defineBindOption(
    withoutEffect({
      name: 'idle-ping',
      summary: 'How often idle HTTP/2 clients are asked whether they are still there.',
      why: 'HTTP/1 has no such question',
      args: { delay: arg.duration() },
      example: 'idle-ping 10s',
    }),
  ),
  defineBindOption(
    withoutEffect({
      name: 'nice',
      summary: 'The scheduling priority of the connections of this listener.',
      why: 'each thread takes events in the order the kernel reports them',
      args: { nice: arg.int({ min: -1024, max: 1024 }) },
      example: 'nice -5',
    }),
  ),
  defineBindOption(
    withoutEffect({
      name: 'process',
      summary: 'Chose the process or thread of a listener, when HAProxy had several processes.',
      why: THREADS_WHY,
      args: { set: threadSetArg() },
      example: 'process 1',
      obsolete: 'thread',
    }),
  ),
  defineBindOption(
    withoutEffect({
      name: 'thread',
      summary: 'Chooses the threads that serve a listener.',
      why: THREADS_WHY,
      args: { set: threadSetArg() },
      example: 'thread 1-4',
    }),
  ),
  defineBindOption(
    withoutEffect({
      name: 'shards',
      summary: 'How many sockets share the address of a listener.',
      why: 'each worker thread has a socket of its own for every listener',
      args: { number: arg.word('number|by-thread|by-group') },
      example: 'shards by-thread',
    }),
  ),
  defineBindOption(
    withoutEffect({
      name: 'expose-fd',
      summary: 'Lets a new process fetch the listening sockets over this runtime API socket.',
      why: 'the master holds the listening sockets and hands them to the next worker process itself',
      args: { what: arg.oneOf('listeners') },
      example: 'expose-fd listeners',
    }),
  ),
  defineBindOption(
    withoutEffect({
      name: 'guid-prefix',
      summary: 'Begins the names that listeners keep over reloads in statistics files.',
      why: 'counters are kept by name, and statistics files are not read',
      args: { string: arg.word() },
      example: 'guid-prefix web',
    }),
  ),
] as const;
