/** Keywords about clients that ask how the proxy is, or just look in: monitor requests and probes (manual section 4.2). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption, switchOf } from '../keyword/declaration.ts';
import { IF_TRUE } from './condition-example.ts';
import { FRONTENDS, FRONTENDS_BUT_DEFAULTS } from './sections.ts';

export const monitoringOptions = [
  defineProxyOption({
    name: 'monitor-uri',
    key: 'monitorUri',
    sections: FRONTENDS,
    modes: ['http'],
    summary: 'The target that is answered with the state of the proxy, without rules, servers or a log line.',
    args: { uri: arg.word('uri') },
    examples: [{ text: 'monitor-uri /haproxy_test', result: '/haproxy_test' }],
    value: ({ uri }) => uri,
  }),
  defineProxyOption({
    name: 'monitor fail',
    key: 'monitorFailures',
    collect: 'list',
    sections: FRONTENDS_BUT_DEFAULTS,
    modes: ['http'],
    summary: 'A condition under which monitor requests are answered 503 instead of 200.',
    args: { condition: arg.condition() },
    evaluatedIn: 'http-request',
    examples: [{ text: 'monitor fail if TRUE', result: IF_TRUE }],
    check: ({ condition }) =>
      condition === null ? "'monitor fail' needs a condition: write 'if' or 'unless' and a test" : undefined,
    value: ({ condition }) => condition,
  }),
  defineProxyOption(
    switchOf({
      name: 'option http-ignore-probes',
      key: 'ignoresProbes',
      sections: FRONTENDS,
      modes: ['http'],
      summary: 'Neither answers, logs nor counts a connection that ends before its first byte.',
    }),
  ),
  defineProxyOption(
    switchOf({
      name: 'option idle-close-on-response',
      key: 'keepsIdleOnStop',
      sections: FRONTENDS,
      modes: ['http'],
      summary: 'Keeps idle client connections over a soft stop until their next response.',
    }),
  ),
  defineProxyOption(
    switchOf({
      name: 'option http-buffer-request',
      key: 'buffersRequest',
      sections: ['defaults', 'frontend', 'listen', 'backend'],
      modes: ['http'],
      summary:
        'Waits for the whole body of a request, or a full buffer of it, before rules and servers see it.',
    }),
  ),
] as const;
