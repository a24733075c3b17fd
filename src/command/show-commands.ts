/** Commands that show statistics and states (management manual 9.3, `show …`). They change nothing. */
import { arg } from '../keyword/arg.ts';
import { infoJson, infoText, infoTyped } from '../stats/info.ts';
import { ALL_ROWS, type RowFilter, statRows } from '../stats/rows.ts';
import { serversConnections, serversState } from '../stats/servers-state.ts';
import { statCsv, statJson, statTyped } from '../stats/stat-texts.ts';
import type { ProxyStats } from '../stats/view.ts';
import { commandsOn } from './declare.ts';
import { type Answer, failure } from './message.ts';
import { findBackend, type ProcessContext } from './process-context.ts';

const define = commandsOn<ProcessContext>();

/** Words are modifiers, in any order; those without a meaning are ignored, as HAProxy does. */
const modifiers = arg.optional(arg.rest('modifier'), []);

function showInfo(words: readonly string[], { process }: ReturnType<ProcessContext['view']>): string {
  const isDescribed = words.includes('desc');
  if (words.includes('json')) return infoJson(process);
  if (words.includes('typed')) return infoTyped(process, isDescribed);
  return infoText(process, isDescribed);
}

function showStat(words: readonly string[], proxies: readonly ProxyStats[]): Answer {
  const filter = statFilter(words, proxies);
  if (typeof filter === 'string') return failure(filter);
  const rows = statRows(proxies, filter);
  const form = words.find((word) => word === 'typed' || word === 'json');
  if (form === 'json') return statJson(rows);
  return form === 'typed' ? statTyped(rows) : statCsv(rows);
}

/** `[{<iid>|<proxy>} <type> <sid>]` in front; they count only when all three are there. */
function statFilter(words: readonly string[], proxies: readonly ProxyStats[]): RowFilter | string {
  const rest = words[0] === 'domain' ? words.slice(2) : words;
  const [who, type, sid] = rest;
  const servers = words.includes('up') ? 'up' : words.includes('no-maint') ? 'no-maint' : 'all';
  if (who === undefined || type === undefined || sid === undefined || Number.isNaN(Number(type)))
    return { ...ALL_ROWS, servers };
  const proxyId = /^-?\d+$/.test(who) ? Number(who) : findProxyId(who, proxies);
  if (proxyId === undefined) return 'No such proxy.\n';
  return {
    proxyId,
    mask: Number(type) < 0 ? 7 : Number(type),
    serverId: Number(sid) || (sid === '0' ? 0 : -1),
    servers,
  };
}

/** By name or number; `-1`, which stands for all, is a number too. */
function findProxyId(text: string, proxies: readonly ProxyStats[]): number | undefined {
  const named = proxies.find((proxy) => proxy.name === text);
  return named?.id ?? (/^-?\d+$/.test(text) ? Number(text) : undefined);
}

function ofBackend(name: string | undefined, proxies: readonly ProxyStats[]): readonly ProxyStats[] | null {
  if (name === undefined) return proxies;
  const found = proxies.find((proxy) => String(proxy.id) === name) ?? findBackend(proxies, name);
  return found === undefined ? null : [found];
}

const NO_BACKEND = failure("Can't find backend.\n");

function showEnvironment(name: string | undefined, environment: ProcessContext['environment']): Answer {
  if (name !== undefined) {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    return value === undefined ? failure('Variable not found\n') : `${name}=${value}\n`;
  }
  return Object.entries(environment)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23/Nov/2026:14:18:50.237`, local time. */
function dateText(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
  return `${day}:${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

export const showCommands = [
  define({
    name: 'show info',
    usage: 'show info [desc|json|typed|float]*',
    help: 'report information about the running process',
    summary: 'Shows what the process is, its limits and its load.',
    args: { modifiers },
    run: ({ modifiers: words }, context) => showInfo(words, context.view()),
  }),
  define({
    name: 'show stat',
    usage: 'show stat [desc|json|no-maint|typed|up]*',
    help: 'report counters for each proxy and server',
    summary: 'Shows counters and states of frontends, backends and servers: CSV, typed lines or JSON.',
    args: { modifiers },
    differences: [
      'The counters of single muxes that HAProxy appends behind the column `-` are absent.',
      'Idle server connections are shown as 0: each worker thread keeps its own.',
      'The longest times (`qtime_max` and its kin) are shown as 0; the averages are over all requests since the start.',
    ],
    run: ({ modifiers: words }, context) => showStat(words, context.view().proxies),
  }),
  define({
    name: 'show servers state',
    usage: 'show servers state [<backend>]',
    help: 'dump volatile server information (all or for a single backend)',
    summary: 'Shows the states of servers in the form that `load-server-state-from-file` reads.',
    args: { backend: arg.optional(arg.word('backend')) },
    run({ backend }, context) {
      const proxies = ofBackend(backend, context.view().proxies);
      return proxies === null ? NO_BACKEND : serversState(proxies);
    },
  }),
  define({
    name: 'show servers conn',
    usage: 'show servers conn [<backend>]',
    help: 'dump server connections status (all or for a single backend)',
    summary: 'Shows how many connections each server has.',
    differences: ['Idle connections are not counted: each worker thread keeps its own.'],
    args: { backend: arg.optional(arg.word('backend')) },
    run({ backend }, context) {
      const view = context.view();
      const proxies = ofBackend(backend, view.proxies);
      return proxies === null ? NO_BACKEND : serversConnections(proxies, view.process.threads);
    },
  }),
  define({
    name: 'show backend',
    usage: 'show backend',
    help: 'list backends in the current running config',
    summary: 'Lists the names of the backends.',
    args: {},
    run(_, context) {
      const names = context
        .view()
        .proxies.filter((proxy) => proxy.backend !== null)
        .map((proxy) => proxy.name);
      return `${['# name', ...names].join('\n')}\n`;
    },
  }),
  define({
    name: 'show env',
    usage: 'show env [var]',
    help: 'dump environment variables known to the process',
    summary: 'Shows one environment variable of the process, or all.',
    level: 'operator',
    args: { name: arg.optional(arg.word('name')) },
    run: ({ name }, { environment }) => showEnvironment(name, environment),
  }),
  define({
    name: 'show errors',
    usage: 'show errors [<px>] [request|response]',
    help: 'report last request and/or response errors for each proxy',
    summary: 'Shows the last invalid request and response of each proxy.',
    level: 'operator',
    differences: ['No messages are captured yet: the list is always empty.'],
    args: { proxy: arg.optional(arg.word('px')), which: arg.optional(arg.word('request|response')) },
    run({ proxy }, context) {
      const { process, proxies } = context.view();
      if (proxy !== undefined && findProxyId(proxy.replace(/^#/, ''), proxies) === undefined)
        return failure('No such proxy.\n');
      return `Total events captured on [${dateText(process.nowMs)}] : 0\n`;
    },
  }),
  define({
    name: 'show cli sockets',
    usage: 'show cli sockets',
    help: 'dump list of cli sockets',
    summary: 'Lists the sockets on which this API can be reached.',
    args: {},
    run: (_, { sockets }) =>
      `${['# socket lvl processes', ...sockets.map(({ address, level }) => `${address} ${level} all`)].join('\n')}\n`,
  }),
] as const;
