/** Proxy keywords that bound and retry (manual section 4.2). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption, switchOf } from '../keyword/declaration.ts';
import { keepAliveProbeOptions } from './keep-alive-probes.ts';
import { ANY_PROXY, BACKENDS, FRONTENDS } from './sections.ts';
import { withoutEffect } from './without-effect.ts';

export const limitOptions = [
  ...keepAliveProbeOptions,
  defineProxyOption({
    name: 'maxconn',
    key: 'maxconn',
    sections: FRONTENDS,
    summary: 'The most client connections this proxy serves at a time; 0 leaves it to the global limit.',
    args: { connections: arg.int({ min: 0 }) },
    examples: [{ text: 'maxconn 2000', result: 2000 }],
    value: ({ connections }) => connections,
  }),
  defineProxyOption({
    name: 'rate-limit sessions',
    key: 'rateLimitSessions',
    sections: FRONTENDS,
    summary:
      'The most sessions that begin in a second, over all threads; further clients wait. 0 sets no limit.',
    args: { rate: arg.int({ min: 0 }) },
    examples: [{ text: 'rate-limit sessions 200', result: 200 }],
    value: ({ rate }) => rate,
  }),
  defineProxyOption({
    name: 'backlog',
    key: 'backlog',
    sections: FRONTENDS,
    summary: 'How many connections the kernel may queue before they are accepted.',
    args: { connections: arg.int({ min: 0 }) },
    examples: [{ text: 'backlog 1024', result: 1024 }],
    value: ({ connections }) => connections,
  }),
  defineProxyOption({
    name: 'fullconn',
    key: 'fullconn',
    sections: BACKENDS,
    summary:
      'The number of sessions of the backend at which servers with `minconn` reach their `maxconn`; a tenth of what its frontends may send by default.',
    args: { connections: arg.int({ min: 0 }) },
    examples: [{ text: 'fullconn 10000', result: 10_000 }],
    value: ({ connections }) => connections,
  }),
  defineProxyOption({
    name: 'retries',
    key: 'retries',
    sections: BACKENDS,
    summary: 'How often a failed connection attempt is repeated.',
    args: { value: arg.int({ min: 0 }) },
    examples: [{ text: 'retries 2', result: 2 }],
    value: ({ value }) => value,
  }),
  defineProxyOption({
    name: 'option redispatch',
    key: 'redispatch',
    sections: BACKENDS,
    negated: { value: 0 },
    summary:
      'Lets a retry go to another server: every nth retry, or with a negative number the nth before the last; 0 never.',
    args: { interval: arg.optional(arg.int(), -1) },
    examples: [
      { text: 'option redispatch', result: -1 },
      { text: 'option redispatch 2', result: 2 },
    ],
    value: ({ interval }) => interval,
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option allbackups',
      key: 'allBackups',
      sections: BACKENDS,
      summary: 'Spreads traffic over all backup servers, instead of using the first one alone.',
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option nolinger',
      key: 'noLinger',
      sections: ANY_PROXY,
      summary:
        'Closes connections with a reset, so that no socket waits for the last bytes to be acknowledged.',
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option independent-streams',
      key: 'independentStreams',
      sections: ANY_PROXY,
      summary:
        'Lets a timeout count from the last byte that came from its side, whatever has been sent there since.',
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option clitcpka',
      key: 'clientTcpKeepAlive',
      sections: FRONTENDS,
      summary: 'Lets the kernel probe idle client connections (TCP keep-alive).',
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option srvtcpka',
      key: 'serverTcpKeepAlive',
      sections: BACKENDS,
      summary: 'Lets the kernel probe idle server connections (TCP keep-alive).',
    }),
  }),
  defineProxyOption({
    name: 'option tcpka',
    key: 'tcpKeepAlive',
    sections: ANY_PROXY,
    summary: 'Lets the kernel probe idle connections on both sides (TCP keep-alive).',
    args: {},
    examples: [{ text: 'option tcpka', result: true }],
    value: () => true,
  }),
  ...(['auto', 'request', 'response'] as const).map((direction) =>
    defineProxyOption(
      withoutEffect({
        name: `option splice-${direction}`,
        summary: 'Lets the kernel move bytes between sockets without copying them to the process.',
        why: 'Node offers no splice(2); bytes are forwarded from the buffer they were read into',
        args: {},
        example: `option splice-${direction}`,
        sections: ANY_PROXY,
        isNegatable: true,
      }),
    ),
  ),
  ...(['accept', 'connect'] as const).map((side) =>
    defineProxyOption(
      withoutEffect({
        name: `option tcp-smart-${side}`,
        summary: 'Saves TCP acknowledgement packets at the start of a connection.',
        why: 'the kernel decides when to acknowledge',
        args: {},
        example: `option tcp-smart-${side}`,
        sections: side === 'accept' ? FRONTENDS : BACKENDS,
        isNegatable: true,
      }),
    ),
  ),
] as const;
