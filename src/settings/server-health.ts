/** Options of server lines about health checks (manual section 5.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineServerOption } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import { agentOptions } from './agent-options.ts';
import { ipArg } from './check-words.ts';

/** `[<backend>/]<server>`: '' is the backend that the line stands in. */
export interface TrackTarget {
  readonly backend: string;
  readonly server: string;
}

function trackArg(): Arg<TrackTarget> {
  return arg.custom({
    what: '[backend/]server',
    good: ['web1', 'checked/web1'],
    bad: ['', '/', 'a/', '/b'],
    read(word, _site, name) {
      const slash = word.text.lastIndexOf('/');
      const target = { backend: word.text.slice(0, Math.max(0, slash)), server: word.text.slice(slash + 1) };
      if (target.server !== '' && (slash < 0 || target.backend !== '')) return target;
      throw new ArgumentError(word.at, `'${word.text}' is not a server for <${name}>`, {
        remedy: 'write <server>, or <backend>/<server> for one of another backend',
      });
    },
  });
}

export const healthOptions = [
  defineServerOption({
    name: 'check',
    key: 'isChecked',
    summary: 'Checks the health of this server.',
    args: {},
    examples: [{ text: 'check', result: true }],
    value: () => true,
  }),
  defineServerOption({
    name: 'no-check',
    key: 'isChecked',
    summary: 'Takes back the option check of a default-server line.',
    args: {},
    examples: [{ text: 'no-check', result: false }],
    value: () => false,
  }),
  defineServerOption({
    name: 'inter',
    key: 'interMs',
    summary: 'Time between two checks.',
    args: { delay: arg.duration({ min: 1 }) },
    examples: [{ text: 'inter 2s', result: 2000 }],
    value: ({ delay }) => delay,
  }),
  defineServerOption({
    name: 'fastinter',
    key: 'fastInterMs',
    summary: 'Time between two checks while the state is changing.',
    args: { delay: arg.duration({ min: 1 }) },
    examples: [{ text: 'fastinter 500', result: 500 }],
    value: ({ delay }) => delay,
  }),
  defineServerOption({
    name: 'downinter',
    key: 'downInterMs',
    summary: 'Time between two checks while the server is down.',
    args: { delay: arg.duration({ min: 1 }) },
    examples: [{ text: 'downinter 10s', result: 10_000 }],
    value: ({ delay }) => delay,
  }),
  defineServerOption({
    name: 'rise',
    key: 'rise',
    summary: 'How many checks in a row must succeed before a server that was down is used.',
    args: { count: arg.int({ min: 1 }) },
    examples: [{ text: 'rise 2', result: 2 }],
    value: ({ count }) => count,
  }),
  defineServerOption({
    name: 'fall',
    key: 'fall',
    summary: 'How many checks in a row must fail before a server is down.',
    args: { count: arg.int({ min: 1 }) },
    examples: [{ text: 'fall 3', result: 3 }],
    value: ({ count }) => count,
  }),
  defineServerOption({
    name: 'port',
    key: 'checkPort',
    summary:
      'The port that checks connect to, where it is another than that of the traffic; 0 takes that one.',
    args: { port: arg.int({ min: 0, max: 65535 }) },
    examples: [{ text: 'port 8081', result: 8081 }],
    value: ({ port }) => port,
  }),
  defineServerOption({
    name: 'addr',
    key: 'checkAddress',
    summary: 'The address that checks connect to, where it is another than that of the traffic.',
    args: { address: ipArg() },
    examples: [{ text: 'addr 10.0.0.9', result: '10.0.0.9' }],
    value: ({ address }) => address,
  }),
  defineServerOption({
    name: 'init-state',
    key: 'initState',
    summary: 'How a server begins, at the start and when it leaves maintenance: up or down, and how surely.',
    args: { state: arg.oneOf('fully-up', 'up', 'down', 'fully-down', 'none') },
    examples: [{ text: 'init-state down', result: 'down' }],
    value: ({ state }) => state,
  }),
  defineServerOption({
    name: 'track',
    key: 'track',
    summary: 'Follows the state of another server instead of checking.',
    args: { target: trackArg() },
    examples: [
      { text: 'track checked/web1', result: { backend: 'checked', server: 'web1' } },
      { text: 'track web1', result: { backend: '', server: 'web1' } },
    ],
    value: ({ target }) => target,
  }),
  defineServerOption({
    name: 'observe',
    key: 'observe',
    summary: 'Counts errors of the traffic: failed connections, or with layer7 bad responses too.',
    args: { mode: arg.oneOf('layer4', 'layer7', 'none') },
    examples: [{ text: 'observe layer7', result: 'layer7' }],
    value: ({ mode }) => mode,
  }),
  defineServerOption({
    name: 'error-limit',
    key: 'errorLimit',
    summary: 'How many observed errors in a row do what on-error says.',
    args: { count: arg.int({ min: 1, max: 0x7fffffff }) },
    examples: [{ text: 'error-limit 10', result: 10 }],
    value: ({ count }) => count,
  }),
  defineServerOption({
    name: 'on-error',
    key: 'onError',
    summary:
      'What observed errors do: check sooner, count as a failed check, as the last but one, or as down.',
    args: { mode: arg.oneOf('fastinter', 'fail-check', 'sudden-death', 'mark-down') },
    examples: [{ text: 'on-error mark-down', result: 'mark-down' }],
    value: ({ mode }) => mode,
  }),
  defineServerOption({
    name: 'on-marked-down',
    key: 'onMarkedDown',
    summary: 'Ends the sessions of the server when it goes down.',
    args: { action: arg.oneOf('shutdown-sessions') },
    examples: [{ text: 'on-marked-down shutdown-sessions', result: 'shutdown-sessions' }],
    value: ({ action }) => action,
  }),
  defineServerOption({
    name: 'on-marked-up',
    key: 'onMarkedUp',
    summary: 'Ends the sessions of all backup servers when this server comes up.',
    args: { action: arg.oneOf('shutdown-backup-sessions') },
    examples: [{ text: 'on-marked-up shutdown-backup-sessions', result: 'shutdown-backup-sessions' }],
    value: ({ action }) => action,
  }),
  ...agentOptions,
] as const;
