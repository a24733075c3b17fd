/** Options of server and default-server lines (manual section 5.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineServerOption } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import { parseIp } from '../net/ip.ts';
import { serverBalanceOptions } from './server-balance.ts';
import { healthOptions } from './server-health.ts';
import { serverPoolOptions } from './server-pool.ts';
import { serverSourceOptions } from './source-address.ts';
import { withoutEffect } from './without-effect.ts';

/** How the address of a server is found at start, in order (manual section 5.2, init-addr). */
export type InitAddressMethod = 'last' | 'libc' | 'none' | { readonly address: string };

function initAddressArg(): Arg<readonly InitAddressMethod[]> {
  return arg.custom({
    what: 'last|libc|none|ip',
    good: ['none', 'last,libc,none', 'libc,10.0.0.1'],
    bad: ['lib', 'last,', '10.0.0'],
    read: (word, _site, name) =>
      word.text.split(',').map((method) => {
        if (method === 'last' || method === 'libc' || method === 'none') return method;
        if (parseIp(method) !== null) return { address: method };
        throw new ArgumentError(word.at, `'${method}' is not a way to find an address, for <${name}>`, {
          remedy: 'write last, libc, none or an IP address, with commas between them',
        });
      }),
  });
}

/** `no-<option>` where the option itself is not supported yet: it asks for what happens anyway. */
function defineDenial(name: string) {
  return defineServerOption(
    withoutEffect({
      name: `no-${name}`,
      summary: `Takes back the option ${name} of a default-server line.`,
      why: `${name} is never on`,
      args: {},
      example: `no-${name}`,
    }),
  );
}

const trafficOptions = [
  defineServerOption({
    name: 'maxconn',
    key: 'maxconn',
    summary: 'The most connections this server gets at a time; further requests wait. 0 sets no limit.',
    args: { maxconn: arg.int({ min: 0 }) },
    examples: [{ text: 'maxconn 100', result: 100 }],
    value: ({ maxconn }) => maxconn,
  }),
  defineServerOption({
    name: 'maxqueue',
    key: 'maxqueue',
    summary: 'The most requests that may wait for this very server; 0 sets no limit.',
    args: { maxqueue: arg.int({ min: 0 }) },
    examples: [{ text: 'maxqueue 50', result: 50 }],
    value: ({ maxqueue }) => maxqueue,
  }),
  defineServerOption({
    name: 'backup',
    key: 'isBackup',
    summary: 'Uses this server only when no other is usable.',
    args: {},
    examples: [{ text: 'backup', result: true }],
    value: () => true,
  }),
  defineServerOption({
    name: 'no-backup',
    key: 'isBackup',
    summary: 'Takes back the option backup of a default-server line.',
    args: {},
    examples: [{ text: 'no-backup', result: false }],
    value: () => false,
  }),
  defineServerOption({
    name: 'disabled',
    key: 'isDisabled',
    summary: 'Starts the server in maintenance.',
    args: {},
    examples: [{ text: 'disabled', result: true }],
    value: () => true,
  }),
  defineServerOption({
    name: 'enabled',
    key: 'isDisabled',
    summary: 'Takes back the option disabled of a default-server line.',
    args: {},
    examples: [{ text: 'enabled', result: false }],
    value: () => false,
  }),
  defineServerOption({
    name: 'id',
    key: 'id',
    summary: 'A fixed number for the server, unique in its backend.',
    args: { value: arg.int({ min: 1, max: 0x7fffffff }) },
    examples: [{ text: 'id 3', result: 3 }],
    value: ({ value }) => value,
  }),
  defineServerOption({
    name: 'init-addr',
    key: 'initAddress',
    summary: 'How the address is found at start; the first way that gives one counts.',
    args: { methods: initAddressArg() },
    examples: [
      { text: 'init-addr last,libc,none', result: ['last', 'libc', 'none'] },
      { text: 'init-addr 10.0.0.1', result: [{ address: '10.0.0.1' }] },
    ],
    value: ({ methods }) => methods,
  }),
  defineServerOption(
    withoutEffect({
      name: 'guid',
      summary: 'A name for the server that stays the same over reloads, for statistics files.',
      why: 'counters are kept by name, and statistics files are not read',
      args: { string: arg.word() },
      example: 'guid web-1',
    }),
  ),
  defineDenial('check-send-proxy'),
  defineDenial('check-ssl'),
  defineDenial('send-proxy'),
  defineDenial('send-proxy-v2'),
  defineDenial('send-proxy-v2-ssl'),
  defineDenial('send-proxy-v2-ssl-cn'),
  defineDenial('ssl'),
] as const;

export const serverOptions = [
  ...serverBalanceOptions,
  ...trafficOptions,
  ...healthOptions,
  ...serverPoolOptions,
  ...serverSourceOptions,
] as const;
