/** Proxy keywords that shape HTTP: how connections end, what is added to requests, how servers are reused. */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption, switchOf } from '../keyword/declaration.ts';
import { compatibilityOptions } from './http-compatibility.ts';
import { forwardingOptions } from './http-forwarding.ts';
import { monitoringOptions } from './monitoring.ts';
import { ANY_PROXY, BACKENDS } from './sections.ts';
import { withoutEffect } from './without-effect.ts';

/** How connections end behind a response; of frontend and backend, the one further down this list counts. */
export type ConnectionMode = 'keep-alive' | 'server-close' | 'close';

interface ConnectionModeInput {
  readonly name: string;
  readonly mode: ConnectionMode;
  readonly summary: string;
  readonly obsolete?: string;
}

function defineConnectionMode({ name, mode, summary, obsolete }: ConnectionModeInput) {
  return defineProxyOption({
    name,
    key: 'connectionMode',
    sections: ANY_PROXY,
    summary,
    args: {},
    examples: [{ text: name, result: mode }],
    negated: { value: 'keep-alive', over: mode },
    ...(obsolete !== undefined && { obsolete }),
    value: (): ConnectionMode => mode,
  });
}

export const httpOptions = [
  defineConnectionMode({
    name: 'option http-keep-alive',
    mode: 'keep-alive',
    summary: 'Keeps client and server connections open behind a response. This is the default.',
  }),
  defineConnectionMode({
    name: 'option http-server-close',
    mode: 'server-close',
    summary: 'Closes the server connection behind each response and keeps the client connection open.',
  }),
  defineConnectionMode({
    name: 'option httpclose',
    mode: 'close',
    summary: 'Closes both connections behind each response and announces it with "connection: close".',
  }),
  defineConnectionMode({
    name: 'option forceclose',
    mode: 'close',
    summary: 'The old name of option httpclose.',
    obsolete: 'option httpclose',
  }),
  ...forwardingOptions,
  ...compatibilityOptions,
  ...monitoringOptions,
  defineProxyOption({
    ...switchOf({
      name: 'option abortonclose',
      key: 'abortOnClose',
      sections: ANY_PROXY,
      summary: 'Gives up a request that waits or connects when its client closes its sending side.',
    }),
  }),
  defineProxyOption({
    name: 'http-reuse',
    key: 'httpReuse',
    sections: BACKENDS,
    summary: 'How freely idle server connections are shared between clients.',
    args: { mode: arg.oneOf('never', 'safe', 'aggressive', 'always') },
    examples: [
      { text: 'http-reuse safe', result: 'safe' },
      { text: 'http-reuse never', result: 'never' },
    ],
    value: ({ mode }) => mode,
  }),
  defineProxyOption({
    name: 'unique-id-format',
    key: 'uniqueIdFormat',
    sections: ANY_PROXY,
    summary: 'The format of the identifier that every request gets.',
    args: { fmt: arg.logFormat() },
    evaluatedIn: 'unique identifier',
    examples: [
      { text: 'unique-id-format fixed', result: { nodes: [{ kind: 'text', text: 'fixed' }], text: 'fixed' } },
    ],
    value: ({ fmt }) => fmt,
  }),
  defineProxyOption({
    name: 'unique-id-header',
    key: 'uniqueIdHeader',
    sections: ANY_PROXY,
    summary: 'The header field that carries the unique identifier to the server.',
    args: { name: arg.word('name') },
    examples: [{ text: 'unique-id-header X-Unique-ID', result: 'x-unique-id' }],
    value: ({ name }) => name.toLowerCase(),
  }),
  defineProxyOption(
    withoutEffect({
      name: 'option http-no-delay',
      summary: 'Asks the kernel to send small pieces of a response at once.',
      why: 'Fairlead always sends at once (TCP_NODELAY)',
      args: {},
      example: 'option http-no-delay',
      sections: ANY_PROXY,
      isNegatable: true,
    }),
  ),
  defineProxyOption(
    withoutEffect({
      name: 'option http-use-htx',
      summary: 'Chose the message representation of HAProxy 1.9 to 2.1.',
      why: 'it chose between two internals that are both gone',
      args: {},
      example: 'option http-use-htx',
      sections: ANY_PROXY,
      isNegatable: true,
      obsolete: 'nothing: remove the line',
    }),
  ),
] as const;
