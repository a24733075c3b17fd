/** The commands of the master CLI (management manual 9.4.1), listed explicitly. */
import { serialize } from 'node:v8';
import { type AnyCommand, commandsOn } from '../../src/command/declare.ts';
import { sessionCommands } from '../../src/command/session.ts';
import { arg } from '../../src/keyword/arg.ts';
import type { CliModes, ListedProcess, MasterContext } from './context.ts';

const define = commandsOn<MasterContext>();

/** Width of each column of `show proc`. */
const COLUMN = 15;

/** Uptime as HAProxy writes it: `0d00h02m07s`. */
export function uptime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${Math.floor(seconds / 86_400)}d${two((seconds / 3600) % 24)}h${two((seconds / 60) % 60)}m${two(seconds % 60)}s`;
}

function row(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => String(cell).padEnd(COLUMN)).join(' ')}\n`;
}

function processRow(process: ListedProcess, context: MasterContext): string {
  const isMaster = process.kind === 'master';
  const reloads = isMaster ? `${process.reloads} [failed: ${context.master.failedReloads}]` : process.reloads;
  const age = uptime(context.nowMs - process.startedAtMs);
  return row([process.pid, isMaster ? 'master' : 'worker', reloads, age, context.version]);
}

function showProcesses(context: MasterContext): string {
  const all = context.master.processes();
  const rows = (kind: ListedProcess['kind']) =>
    all
      .filter((each) => each.kind === kind)
      .map((each) => processRow(each, context))
      .join('');
  const old = rows('old worker');
  const header = row(['#<PID>', '<type>', '<reloads>', '<uptime>', '<version>']);
  return `${header}${rows('master')}# workers\n${rows('worker')}${old === '' ? '' : `# old workers\n${old}`}`;
}

function setMode(modes: CliModes, key: keyof CliModes, value: string | undefined): string {
  if (value === undefined) return `${modes[key] ? 'ON' : 'OFF'}\n`;
  modes[key] = value === 'on';
  return '';
}

function modeCommand(name: string, key: keyof CliModes, help: string) {
  return define({
    name,
    usage: `${name} [on|off]`,
    help,
    summary: `Shows or sets ${name}, a flag of the prompt.`,
    level: 'admin',
    args: { value: arg.optional(arg.oneOf('on', 'off')) },
    examples: [{ text: `${name} on`, result: '' }],
    run: ({ value }, { modes }) => setMode(modes, key, value),
  });
}

function prefixHelp(usage: string, help: string) {
  return define({
    name: usage,
    usage,
    help,
    summary: 'A prefix of commands, or a line of its own that holds for the lines after it.',
    args: {},
    run: () => '',
  });
}

const masterOnly = [
  prefixHelp('@!<pid>', 'send a command to the <pid> process'),
  prefixHelp('@<relative pid>', 'send a command to the <relative pid> process'),
  prefixHelp('@master', 'send a command to the master process'),
  define({
    name: 'show proc',
    usage: 'show proc',
    help: 'show processes status',
    summary: 'Lists the master and its worker processes.',
    args: { what: arg.optional(arg.oneOf('debug')) },
    run: (_, context) => showProcesses(context),
  }),
  define({
    name: 'show cli sockets',
    usage: 'show cli sockets',
    help: 'dump list of cli sockets',
    summary: 'Lists the sockets of the master CLI.',
    args: {},
    run: (_, { master }) =>
      `# socket lvl processes\n${master
        .sockets()
        .map(({ address, level }) => `${address} ${level} all\n`)
        .join('')}`,
  }),
  define({
    name: 'show startup-logs',
    usage: 'show startup-logs',
    help: 'report logs emitted during HAProxy startup',
    summary: 'Shows what the last start or reload printed.',
    args: {},
    run: (_, { master }) => master.startupLines(),
  }),
  define({
    name: 'reload',
    usage: 'reload',
    help: 'reload haproxy',
    summary: 'Takes the configuration files as they are now into use, and ends the session.',
    level: 'operator',
    args: {},
    run(_, context) {
      context.reloadStyle = 'soft';
      return '';
    },
  }),
  define({
    name: 'hard-reload',
    usage: 'hard-reload',
    help: 'hard-reload haproxy',
    summary: 'As reload, and closes the connections of the process before.',
    level: 'operator',
    args: {},
    run(_, context) {
      context.reloadStyle = 'hard';
      return '';
    },
  }),
  define({
    name: 'show running-model',
    usage: 'show running-model',
    help: 'dump the configuration in use for `check --against-running`',
    summary:
      'Gives the configuration in use and the connections there are to another fairlead, and ends the session.',
    level: 'admin',
    args: {},
    run(_, context) {
      context.laterAnswer = context.master
        .running()
        .then((state) => `${serialize(state).toString('base64')}\n`);
      return '';
    },
  }),
  modeCommand('expert-mode', 'isExpert', 'expert mode for the workers'),
  modeCommand('experimental-mode', 'isExperimental', 'experimental mode for the workers'),
  modeCommand('mcli-debug-mode', 'isDebug', 'enable or disable the debug mode of the master CLI'),
] as const;

export const masterCommands: readonly AnyCommand<MasterContext>[] = [...sessionCommands, ...masterOnly];
