/** Proxy keywords that choose a server beside the balance algorithm (manual section 4.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption, switchOf } from '../keyword/declaration.ts';
import type { ConditionModel, LogFormatModel } from '../keyword/language-model.ts';
import { ArgumentError } from '../keyword/words.ts';
import { type Address, parseAddress, SERVER_ADDRESS } from '../net/address.ts';
import { BACKENDS, BACKENDS_BUT_DEFAULTS, FRONTENDS } from './sections.ts';

/** A name that is known at load, or a format that gives one for each stream. */
export type ChosenName =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'format'; readonly format: LogFormatModel };

export interface ServerChoice {
  readonly server: ChosenName;
  readonly condition: ConditionModel;
}

/** A plain name, which must exist, or a log format that makes one. */
export function chosenNameArg(kind: 'backend' | 'server'): Arg<ChosenName> {
  return arg.custom({
    what: kind,
    good: [],
    bad: [],
    read(word, site) {
      if (word.text.includes('%')) return { kind: 'format', format: site.parseLogFormat(word) };
      site.refer(kind, word.text, word.at);
      return { kind: 'name', name: word.text };
    },
  });
}

/** `if` or `unless` with a condition, which must be there. */
function requiredCondition(): Arg<ConditionModel> {
  const condition = arg.condition();
  return {
    ...(condition as Arg<unknown> as Arg<ConditionModel>),
    isOptional: false,
    usage: '{ if | unless } <condition>',
    parse(words, site, name) {
      const found = condition.parse(words, site, name);
      if (found !== null) return found;
      throw new ArgumentError(words.at, "requires either 'if' or 'unless' followed by a condition");
    },
  };
}

function dispatchArg(): Arg<Address> {
  return arg.custom({
    what: 'address',
    good: ['10.0.0.1:80', '[::1]:80'],
    bad: ['', '10.0.0.1:80-90', 'app.example.com:80'],
    read(word, _site, name) {
      const address = parseAddress(word.text, SERVER_ADDRESS);
      if (typeof address === 'string') throw new ArgumentError(word.at, `${address}, for <${name}>`);
      if (address.family === 'ipv4' || address.family === 'ipv6' || address.family === 'any') return address;
      throw new ArgumentError(word.at, `'${word.text}' is not an IP address, for <${name}>`, {
        remedy: 'write a server line instead: it takes names and paths too',
      });
    },
  });
}

/** `if TRUE` in examples. */
const ALWAYS = {
  isUnless: false,
  alternatives: [
    [
      {
        isNegated: false,
        acl: 'TRUE',
        tests: [
          {
            expression: { fetch: { name: 'always_true', args: {} }, converters: [], text: 'always_true' },
            match: 'bool',
            ignoreCase: false,
            patterns: [],
            patternFiles: [],
            filesIgnoringCase: [],
            filePatterns: [],
            text: 'always_true',
          },
        ],
      },
    ],
  ],
  text: 'if TRUE',
};

export const serverChoiceOptions = [
  defineProxyOption({
    name: 'use-server',
    key: 'serverChoices',
    collect: 'list',
    sections: BACKENDS_BUT_DEFAULTS,
    misplaced: 'refused',
    summary:
      'Takes a server when a condition holds, whatever the balancing says; the first rule that holds counts.',
    args: { server: chosenNameArg('server'), condition: requiredCondition() },
    evaluatedIn: 'use-server rule',
    examples: [
      { text: 'use-server s1 if TRUE', result: { server: { kind: 'name', name: 's1' }, condition: ALWAYS } },
    ],
    value: ({ server, condition }): ServerChoice => ({ server, condition }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option prefer-last-server',
      key: 'prefersLastServer',
      sections: BACKENDS,
      modes: ['http'],
      summary: 'Sends further requests of a client to a server to which it has a connection of its own.',
    }),
  }),
  defineProxyOption({
    name: 'max-keep-alive-queue',
    key: 'maxKeepAliveQueue',
    sections: BACKENDS,
    summary: 'How long the queue of the last server may be for a request to stay with it; -1 sets no limit.',
    args: { value: arg.int({ min: -1 }) },
    examples: [{ text: 'max-keep-alive-queue 10', result: 10 }],
    value: ({ value }) => value,
  }),
  defineProxyOption({
    name: 'max-session-srv-conns',
    key: 'maxOwnConnections',
    sections: FRONTENDS,
    summary: 'How many idle server connections of its own one client connection keeps; 5 by default.',
    args: { nb: arg.int({ min: 0 }) },
    examples: [{ text: 'max-session-srv-conns 3', result: 3 }],
    value: ({ nb }) => nb,
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option persist',
      key: 'persistsOnDownServers',
      sections: BACKENDS,
      summary: 'Sends a request to the server that was chosen for it even while that server is down.',
    }),
  }),
  defineProxyOption({
    name: 'force-persist',
    key: 'forcedPersistence',
    collect: 'list',
    sections: BACKENDS_BUT_DEFAULTS,
    summary:
      'When a condition holds, sends a request to the server that was chosen for it even while that is down.',
    args: { condition: requiredCondition() },
    evaluatedIn: 'use-server rule',
    examples: [{ text: 'force-persist if TRUE', result: ALWAYS }],
    value: ({ condition }) => condition,
  }),
  defineProxyOption({
    name: 'dispatch',
    key: 'dispatch',
    sections: BACKENDS_BUT_DEFAULTS,
    summary: 'Where connections go in a backend without server lines.',
    obsolete: 'server',
    args: { address: dispatchArg() },
    examples: [
      {
        text: 'dispatch 10.0.0.1:80',
        result: {
          family: 'ipv4',
          host: '10.0.0.1',
          portLow: 80,
          portHigh: 80,
          portOffset: null,
          fd: -1,
          socket: 'stream',
          protocol: null,
          text: '10.0.0.1:80',
        },
      },
    ],
    value: ({ address }) => address,
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option transparent',
      key: 'isTransparent',
      sections: BACKENDS,
      summary: 'In a backend without server lines, connects to the address that the client connected to.',
      obsolete: 'server with the address 0.0.0.0',
    }),
  }),
] as const;
