/** Commands that change servers and counters at run time (management manual 9.3, `set server` and its kin). */

import { CheckState } from '../health/status.ts';
import { arg } from '../keyword/arg.ts';
import { checkSettings, type SetServer } from './check-settings.ts';
import { commandsOn } from './declare.ts';
import { type Answer, failure } from './message.ts';
import { type FoundServer, findServer, type ProcessContext } from './process-context.ts';

const define = commandsOn<ProcessContext>();

const path = arg.optional(arg.word('bk/srv'));
const word = (what: string) => arg.optional(arg.word(what));

/** HAProxy's upper limit of a weight. */
const WEIGHT_MAX = 256;

/** Finds the server and does something with it, or answers why it cannot. */
function withServer(
  context: ProcessContext,
  server: string | undefined,
  act: (found: FoundServer) => Answer,
): Answer {
  const found = findServer(context.view().proxies, server);
  return typeof found === 'string' ? failure(found) : act(found);
}

function setWeight(context: ProcessContext, { ref, server }: FoundServer, text: string | undefined): Answer {
  if (text === undefined || text === '') return failure('Require <weight> or <weight%>.\n');
  const match = /^([+-]?\d+)(%?)(.*)$/.exec(text);
  if (match === null) return failure('Empty weight string empty or preceded by garbage');
  if (match[3] !== '') return failure('Trailing garbage in weight string');
  const number = Number(match[1]);
  if (match[2] === '%') {
    if (number < 0) return failure('Relative weight must be positive.\n');
    context.servers.setWeight(ref, Math.min(WEIGHT_MAX, Math.floor((server.initialWeight * number) / 100)));
    return '';
  }
  if (number < 0 || number > WEIGHT_MAX)
    return failure('Absolute weight can only be between 0 and 256 inclusive.\n');
  context.servers.setWeight(ref, number);
  return '';
}

function setState(context: ProcessContext, { ref }: FoundServer, state: string | undefined): Answer {
  if (state !== 'ready' && state !== 'drain' && state !== 'maint') {
    return failure("'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n");
  }
  context.servers.setState(ref, state);
  return '';
}

function setHealth(
  context: ProcessContext,
  { ref, server }: FoundServer,
  health: string | undefined,
): Answer {
  if (server.tracked !== '') return failure('cannot change health on a tracking server.\n');
  if (health !== 'up' && health !== 'stopping' && health !== 'down') {
    return failure("'set server <srv> health' expects 'up', 'stopping', or 'down'.\n");
  }
  context.servers.setHealth(ref, health);
  return '';
}

function setChecking(context: ProcessContext, { ref, server }: FoundServer, checking: 'on' | 'off'): Answer {
  const isConfigured = (server.check.state & CheckState.CONFIGURED) !== 0;
  if (checking === 'on' && !isConfigured)
    return failure('Health check was not configured on this server, cannot enable.\n');
  if (isConfigured) context.servers.setChecking(ref, checking);
  return '';
}

function setMaxconn(context: ProcessContext, { ref }: FoundServer, text: string | undefined): Answer {
  if (text === undefined || text === '') return failure('Require <maxconn>.\n');
  const match = /^(\d{1,9})(.*)$/.exec(text);
  if (match === null) return failure('maxconn string empty or preceded by garbage');
  if (match[2] !== '') return failure('Trailing garbage in maxconn string');
  context.servers.setMaxconn(ref, Number(match[1]));
  return '';
}

function setAgentChecking(
  context: ProcessContext,
  { ref, server }: FoundServer,
  checking: 'on' | 'off',
): Answer {
  const isConfigured = (server.agent.state & CheckState.CONFIGURED) !== 0;
  if (checking === 'on' && !isConfigured)
    return failure('Agent was not configured on this server, cannot enable.\n');
  if (isConfigured) context.servers.setAgentChecking(ref, checking);
  return '';
}

const SET_SERVER = new Map<string, SetServer>([
  ['state', (context, found, [value]) => setState(context, found, value)],
  ['health', (context, found, [value]) => setHealth(context, found, value)],
  ['weight', (context, found, [value]) => setWeight(context, found, value)],
  ...checkSettings,
]);

const SET_SERVER_USAGE =
  'usage: set server <backend>/<server> agent | agent-addr | agent-port | agent-send | check-addr | check-port | health | state | weight\n';

export const serverCommands = [
  define({
    name: 'set server',
    usage: 'set server <bk>/<srv> [opts]',
    help: "change a server's state, weight, address or ssl",
    summary: "Changes a server's administrative state, health or weight.",
    level: 'admin',
    differences: [
      '`addr`, `fqdn`, `ssl` and `name` are not available, and addresses of checks and agents are numeric.',
    ],
    args: {
      server: path,
      what: word('what'),
      value: word('value'),
      port: word('port'),
      number: word('number'),
    },
    run: ({ server, what, value, port, number }, context) =>
      withServer(
        context,
        server,
        (found) =>
          SET_SERVER.get(what ?? '')?.(context, found, [value, port, number]) ?? failure(SET_SERVER_USAGE),
      ),
  }),
  define({
    name: 'set weight',
    usage: 'set weight <bk>/<srv>  (DEPRECATED)',
    help: "change a server's weight (use 'set server' instead)",
    summary: "Changes a server's weight, absolute or in percent of the configured one.",
    level: 'admin',
    args: { server: path, weight: word('weight') },
    run: ({ server, weight }, context) =>
      withServer(context, server, (found) => setWeight(context, found, weight)),
  }),
  define({
    name: 'get weight',
    usage: 'get weight <bk>/<srv>',
    help: "report a server's current weight",
    summary: "Shows a server's weight now and as configured.",
    args: { server: path },
    run: ({ server }, context) =>
      withServer(
        context,
        server,
        (found) => `${found.server.weight} (initial ${found.server.initialWeight})\n`,
      ),
  }),
  define({
    name: 'set maxconn server',
    usage: 'set maxconn server <bk>/<srv>',
    help: "change a server's maxconn setting",
    summary: 'Changes how many sessions a server takes at one time.',
    level: 'admin',
    args: { server: path, maxconn: word('maxconn') },
    run: ({ server, maxconn }, context) =>
      withServer(context, server, (found) => setMaxconn(context, found, maxconn)),
  }),
  define({
    name: 'enable server',
    usage: 'enable server  (DEPRECATED)',
    help: "enable a disabled server (use 'set server' instead)",
    summary: 'Ends the maintenance of a server.',
    level: 'admin',
    args: { server: path },
    run: ({ server }, context) => withServer(context, server, (found) => setState(context, found, 'ready')),
  }),
  define({
    name: 'disable server',
    usage: 'disable server (DEPRECATED)',
    help: "disable a server for maintenance (use 'set server' instead)",
    summary: 'Puts a server into maintenance: no traffic and no checks.',
    level: 'admin',
    args: { server: path },
    run: ({ server }, context) => withServer(context, server, (found) => setState(context, found, 'maint')),
  }),
  define({
    name: 'enable health',
    usage: 'enable health',
    help: 'enable health checks',
    summary: 'Resumes the health checks of a server.',
    level: 'admin',
    args: { server: path },
    run: ({ server }, context) => withServer(context, server, (found) => setChecking(context, found, 'on')),
  }),
  define({
    name: 'disable health',
    usage: 'disable health',
    help: 'disable health checks',
    summary: 'Suspends the health checks of a server: it keeps the state it has.',
    level: 'admin',
    args: { server: path },
    run: ({ server }, context) => withServer(context, server, (found) => setChecking(context, found, 'off')),
  }),
  define({
    name: 'enable agent',
    usage: 'enable agent',
    help: 'enable agent checks',
    summary: 'Asks the agent of a server again.',
    level: 'admin',
    args: { server: path },
    run: ({ server }, context) =>
      withServer(context, server, (found) => setAgentChecking(context, found, 'on')),
  }),
  define({
    name: 'disable agent',
    usage: 'disable agent',
    help: 'disable agent checks',
    summary: 'Stops asking the agent of a server: what it said last no longer counts.',
    level: 'admin',
    args: { server: path },
    run: ({ server }, context) =>
      withServer(context, server, (found) => setAgentChecking(context, found, 'off')),
  }),
  define({
    name: 'clear counters',
    usage: 'clear counters [all]',
    help: 'clear max statistics counters (or all counters)',
    summary: 'Forgets the maxima of the statistics, or with `all` every counter.',
    level: 'operator',
    args: { what: word('all') },
    run({ what }, context) {
      if (what === 'all' && context.session.level !== 'admin') return failure('Permission denied\n');
      context.servers.clearCounters(what === 'all' ? 'all' : 'maxima');
      return '';
    },
  }),
] as const;
