/**
 * The lines that a proxy is made of: where it listens, its servers, and how a backend and a server are chosen.
 * The link step turns `binds` and `serverLines` into the binds and servers of the model.
 */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import type { ConditionModel, LogFormatModel, SettingsModel } from '../keyword/language-model.ts';
import { ArgumentError } from '../keyword/words.ts';
import type { Address } from '../net/address.ts';
import { bindAddressesArg, serverAddressArg } from './address-arg.ts';
import { BACKENDS, BACKENDS_BUT_DEFAULTS, FRONTENDS, FRONTENDS_BUT_DEFAULTS } from './sections.ts';
import { chosenNameArg } from './server-choice.ts';

/** A bind line: its addresses share the options. Port ranges are not expanded yet. */
export interface BindLine {
  readonly addresses: readonly Address[];
  readonly options: SettingsModel;
}

/** A `server` or `default-server` line. A default-server's options are where the servers below it start from. */
export type ServerLine =
  | { readonly kind: 'default'; readonly options: SettingsModel }
  | {
      readonly kind: 'server';
      readonly name: string;
      readonly address: Address;
      readonly options: SettingsModel;
    };

export interface BackendChoice {
  /** '' where a format gives the name. */
  readonly backend: string;
  readonly format: LogFormatModel | null;
  readonly condition: ConditionModel | null;
}

/** Options for all servers that follow: not those that tell one server from the others. */
function defaultServerOptions(): Arg<SettingsModel> {
  const options = arg.options('server');
  return {
    ...options,
    parse(words, site, name) {
      const start = words.at;
      const settings = options.parse(words, site, name);
      if ('id' in settings)
        throw new ArgumentError(start, "'id' is not accepted on a default-server line", {
          remedy: 'write it on server lines',
        });
      return settings;
    },
  };
}

/** The name of a backend that exists. */
function backendArg(): Arg<string> {
  return arg.custom({
    what: 'backend',
    good: [],
    bad: [],
    read(word, site) {
      site.refer('backend', word.text, word.at);
      return word.text;
    },
  });
}

export const lineOptions = [
  defineProxyOption({
    name: 'bind',
    key: 'bindLines',
    collect: 'list',
    sections: FRONTENDS_BUT_DEFAULTS,
    summary: 'Listens for clients on addresses and ports.',
    args: { address: bindAddressesArg(), options: arg.options('bind') },
    examples: [
      {
        text: 'bind 127.0.0.1:8000-8001 name public',
        result: {
          addresses: [
            {
              family: 'ipv4',
              host: '127.0.0.1',
              portLow: 8000,
              portHigh: 8001,
              portOffset: null,
              fd: -1,
              socket: 'stream',
              protocol: null,
              text: '127.0.0.1:8000-8001',
            },
          ],
          options: { name: 'public' },
        },
      },
    ],
    value: ({ address, options }): BindLine => ({ addresses: address, options }),
  }),
  defineProxyOption({
    name: 'default_backend',
    key: 'defaultBackend',
    sections: FRONTENDS,
    summary: 'The backend of what no use_backend rule takes.',
    args: { backend: backendArg() },
    examples: [{ text: 'default_backend web', result: 'web' }],
    value: ({ backend }) => backend,
  }),
  defineProxyOption({
    name: 'use_backend',
    key: 'backendChoices',
    collect: 'list',
    sections: FRONTENDS_BUT_DEFAULTS,
    summary: 'Takes a backend when a condition holds; the first rule that holds counts.',
    args: { backend: chosenNameArg('backend'), condition: arg.condition() },
    evaluatedIn: 'use_backend rule',
    examples: [{ text: 'use_backend web', result: { backend: 'web', format: null, condition: null } }],
    value: ({ backend, condition }): BackendChoice => ({
      backend: backend.kind === 'name' ? backend.name : '',
      format: backend.kind === 'format' ? backend.format : null,
      condition,
    }),
  }),
  defineProxyOption({
    name: 'balance',
    key: 'balance',
    sections: BACKENDS,
    summary: 'How the servers of a backend take turns.',
    args: { algorithm: arg.call('balance') },
    evaluatedIn: 'balance algorithm',
    examples: [{ text: 'balance roundrobin', result: { name: 'roundrobin', args: {} } }],
    value: ({ algorithm }) => algorithm,
  }),
  defineProxyOption({
    name: 'default-server',
    key: 'serverLines',
    collect: 'list',
    sections: BACKENDS,
    misplaced: 'refused',
    summary: 'Sets options for the servers that follow in the section.',
    args: { options: defaultServerOptions() },
    examples: [
      {
        text: 'default-server check inter 5s',
        result: { kind: 'default', options: { isChecked: true, interMs: 5000 } },
      },
    ],
    value: ({ options }): ServerLine => ({ kind: 'default', options }),
  }),
  defineProxyOption({
    name: 'server',
    key: 'serverLines',
    collect: 'list',
    isMap: true,
    sections: BACKENDS_BUT_DEFAULTS,
    misplaced: 'refused',
    summary: 'Adds a server to a backend.',
    args: { name: arg.name(), address: serverAddressArg(), options: arg.options('server') },
    examples: [
      {
        text: 'server app1 app.example.com:8080 check weight 50',
        result: {
          kind: 'server',
          name: 'app1',
          address: {
            family: 'name',
            host: 'app.example.com',
            portLow: 8080,
            portHigh: 8080,
            portOffset: null,
            fd: -1,
            socket: 'stream',
            protocol: null,
            text: 'app.example.com:8080',
          },
          options: { isChecked: true, weight: 50 },
        },
      },
    ],
    value: ({ name, address, options }): ServerLine => ({ kind: 'server', name, address, options }),
  }),
] as const;
