/** Global keywords about logs, runtime sockets, files and the environment (manual section 3.1). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineGlobalOption } from '../keyword/declaration.ts';
import type { SettingsModel } from '../keyword/language-model.ts';
import { ArgumentError } from '../keyword/words.ts';
import type { Address } from '../net/address.ts';
import { bindAddressesArg } from './address-arg.ts';
import { fileModeArg } from './bind-options.ts';
import { logExamples, logTargetArgs, logTargetOf } from './log-target.ts';

/** A `stats socket` line: a socket of the runtime API. */
export interface StatsSocketLine {
  readonly addresses: readonly Address[];
  readonly options: SettingsModel;
}

/** Changes to the environment, in order. The parser has applied them already to the lines below. */
export type EnvironmentChange =
  | { readonly kind: 'set' | 'preset'; readonly name: string; readonly value: string }
  | { readonly kind: 'unset' | 'reset'; readonly names: readonly string[] };

/** What relative file names start from (manual section 3.1, default-path). */
export type DefaultPath =
  | { readonly kind: 'current' | 'config' | 'parent' }
  | { readonly kind: 'origin'; readonly path: string };

function variableArg(): Arg<string> {
  return arg.custom({
    what: 'name',
    good: ['APP_HOME', '_x1'],
    bad: ['1x', 'a-b', ''],
    read(word, _site, name) {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(word.text)) return word.text;
      throw new ArgumentError(
        word.at,
        `'${word.text}' is not the name of an environment variable, for <${name}>`,
        {
          remedy: "use letters, digits and '_', and no digit first",
        },
      );
    },
  });
}

function defaultPathArg(): Arg<DefaultPath> {
  const kinds = arg.oneOf('current', 'config', 'parent', 'origin');
  return {
    kind: 'positional',
    isOptional: false,
    bad: ['folder'],
    usage: '{ current | config | parent | origin <path> }',
    schema: { type: 'string' },
    good: ['current', 'config', 'parent'],
    parse(words, site, name): DefaultPath {
      const kind = kinds.parse(words, site, name);
      return kind === 'origin' ? { kind, path: words.take('<path>').text } : { kind };
    },
    form: { kind: 'words' },
  };
}

function defineAssignment(name: string, kind: 'set' | 'preset', summary: string) {
  return defineGlobalOption({
    name,
    key: 'environment',
    collect: 'list',
    isMap: true,
    summary,
    args: { name: variableArg(), value: arg.word('value') },
    examples: [{ text: `${name} APP_HOME /srv/app`, result: { kind, name: 'APP_HOME', value: '/srv/app' } }],
    value: (args): EnvironmentChange => ({ kind, name: args.name, value: args.value }),
  });
}

function defineRemoval(name: string, kind: 'unset' | 'reset', summary: string) {
  return defineGlobalOption({
    name,
    key: 'environment',
    collect: 'list',
    summary,
    args: { names: { ...arg.rest('name'), isOptional: true, fallback: [] as readonly string[] } },
    examples: [
      { text: `${name} TOKEN SECRET`, result: { kind, names: ['TOKEN', 'SECRET'] } },
      { text: name, result: { kind, names: [] } },
    ],
    value: ({ names }): EnvironmentChange => ({ kind, names }),
  });
}

export const globalServiceOptions = [
  defineGlobalOption({
    name: 'log',
    key: 'logs',
    collect: 'list',
    clears: true,
    summary: "Adds a log target, which proxies use with 'log global'.",
    args: logTargetArgs,
    examples: logExamples,
    value: (args) => logTargetOf(args),
  }),
  defineGlobalOption({
    name: 'log-tag',
    key: 'logTag',
    summary: 'The program name in log lines; by default the name the program was called by.',
    args: { tag: arg.word('tag') },
    examples: [{ text: 'log-tag edge', result: 'edge' }],
    value: ({ tag }) => tag,
  }),
  defineGlobalOption({
    name: 'log-send-hostname',
    key: 'logHostname',
    summary:
      'Puts a host name in log lines: the given one, or that of the machine (an empty text in the model).',
    args: { name: arg.optional(arg.word('name')) },
    examples: [
      { text: 'log-send-hostname edge1', result: 'edge1' },
      { text: 'log-send-hostname', result: '' },
    ],
    value: ({ name }) => name ?? '',
  }),
  defineGlobalOption({
    name: 'stats socket',
    key: 'statsSockets',
    collect: 'list',
    summary: 'Opens a socket for the runtime API.',
    args: { address: bindAddressesArg(), options: arg.options('bind') },
    examples: [
      {
        text: 'stats socket /run/api.sock level admin mode 600',
        result: {
          addresses: [
            {
              family: 'unix',
              host: '/run/api.sock',
              portLow: 0,
              portHigh: 0,
              portOffset: null,
              fd: -1,
              socket: 'stream',
              protocol: null,
              text: '/run/api.sock',
            },
          ],
          options: { level: 'admin', mode: 0o600 },
        },
      },
    ],
    value: ({ address, options }): StatsSocketLine => ({ addresses: address, options }),
  }),
  defineGlobalOption({
    name: 'stats timeout',
    key: 'statsTimeoutMs',
    summary: 'How long a runtime API connection may be idle.',
    args: { timeout: arg.duration({ min: 1 }) },
    examples: [{ text: 'stats timeout 2m', result: 120_000 }],
    value: ({ timeout }) => timeout,
  }),
  defineGlobalOption({
    name: 'stats maxconn',
    key: 'statsMaxconn',
    summary: 'The most runtime API connections at a time.',
    args: { connections: arg.int({ min: 1 }) },
    examples: [{ text: 'stats maxconn 10', result: 10 }],
    value: ({ connections }) => connections,
  }),
  defineGlobalOption({
    name: 'unix-bind',
    key: 'unixBind',
    summary:
      'What unix sockets of bind lines start from: a folder before their paths, owner, group and mode.',
    args: {
      prefix: arg.named(arg.word('prefix')),
      mode: arg.named(fileModeArg()),
      user: arg.named(arg.word('user')),
      uid: arg.named(arg.int({ min: 0 })),
      group: arg.named(arg.word('group')),
      gid: arg.named(arg.int({ min: 0 })),
    },
    examples: [
      {
        text: 'unix-bind prefix /run/app mode 660 user www-data',
        result: {
          prefix: '/run/app',
          mode: 0o660,
          user: 'www-data',
          uid: undefined,
          group: undefined,
          gid: undefined,
        },
      },
    ],
    value: (args) => args,
  }),
  defineGlobalOption({
    name: 'default-path',
    key: 'defaultPath',
    summary: 'What relative file names in the configuration start from.',
    args: { policy: defaultPathArg() },
    examples: [
      { text: 'default-path config', result: { kind: 'config' } },
      { text: 'default-path origin /etc/haproxy', result: { kind: 'origin', path: '/etc/haproxy' } },
    ],
    value: ({ policy }) => policy,
  }),
  defineAssignment('setenv', 'set', 'Sets an environment variable.'),
  defineAssignment('presetenv', 'preset', 'Sets an environment variable that does not exist yet.'),
  defineRemoval('unsetenv', 'unset', 'Removes environment variables.'),
  defineRemoval('resetenv', 'reset', 'Removes all environment variables but those named.'),
] as const;
