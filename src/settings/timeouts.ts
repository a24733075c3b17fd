/** The `timeout` keywords of proxies (manual section 4.2). All values are milliseconds; 0 means no timeout. */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption, type SectionName } from '../keyword/declaration.ts';
import { ANY_PROXY, BACKENDS, FRONTENDS } from './sections.ts';

interface TimeoutInput<K extends string> {
  readonly name: string;
  readonly key: K;
  readonly sections: readonly SectionName[];
  readonly summary: string;
}

function defineTimeout<const K extends string>({ name, key, sections, summary }: TimeoutInput<K>) {
  return defineProxyOption({
    name: `timeout ${name}`,
    key,
    sections,
    summary,
    args: { timeout: arg.duration() },
    examples: [
      { text: `timeout ${name} 5s`, result: 5000 },
      { text: `timeout ${name} 100`, result: 100 },
    ],
    value: ({ timeout }) => timeout,
  });
}

export const timeouts = [
  defineTimeout({
    name: 'client',
    key: 'timeoutClientMs',
    sections: FRONTENDS,
    summary: 'How long the client may stay silent while it is expected to send or to take data.',
  }),
  defineTimeout({
    name: 'client-fin',
    key: 'timeoutClientFinMs',
    sections: FRONTENDS,
    summary: 'Replaces the client timeout once one direction of the connection has been shut down.',
  }),
  defineTimeout({
    name: 'http-request',
    key: 'timeoutHttpRequestMs',
    sections: ANY_PROXY,
    summary: 'How long a client may take to send the whole head of a request.',
  }),
  defineTimeout({
    name: 'http-keep-alive',
    key: 'timeoutHttpKeepAliveMs',
    sections: ANY_PROXY,
    summary: 'How long an idle client connection waits for its next request.',
  }),
  defineTimeout({
    name: 'connect',
    key: 'timeoutConnectMs',
    sections: BACKENDS,
    summary: 'How long a connection attempt to a server may take.',
  }),
  defineTimeout({
    name: 'queue',
    key: 'timeoutQueueMs',
    sections: BACKENDS,
    summary:
      'How long a request may wait for a free place on a server; without it the connect timeout counts.',
  }),
  defineTimeout({
    name: 'server',
    key: 'timeoutServerMs',
    sections: BACKENDS,
    summary: 'How long the server may stay silent once the complete request has been sent to it.',
  }),
  defineTimeout({
    name: 'server-fin',
    key: 'timeoutServerFinMs',
    sections: BACKENDS,
    summary: 'Replaces the server timeout once one direction of the connection has been shut down.',
  }),
  defineTimeout({
    name: 'tunnel',
    key: 'timeoutTunnelMs',
    sections: BACKENDS,
    summary:
      'Replaces client and server timeouts when both sides talk freely: upgraded, CONNECT and TCP connections.',
  }),
  defineTimeout({
    name: 'check',
    key: 'timeoutCheckMs',
    sections: BACKENDS,
    summary: 'How long a health check waits for its answer after connecting.',
  }),
  defineTimeout({
    name: 'tarpit',
    key: 'timeoutTarpitMs',
    sections: ANY_PROXY,
    summary:
      'How long a tarpitted request is held before it is refused; without it the connect timeout counts.',
  }),
] as const;
