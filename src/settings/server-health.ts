/** Options of server lines about health checks (manual section 5.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineServerOption } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import { parseIp } from '../net/ip.ts';

/** An address without a port, as numbers: checks resolve no names of their own. */
function ipArg(): Arg<string> {
  return arg.custom({
    what: 'ip',
    good: ['127.0.0.1', '::1'],
    bad: ['127.0.0.1:80', '10.0.0', ''],
    read(word, _site, name) {
      const text = word.text.replace(/^ipv[46]@/, '');
      if (parseIp(text) !== null) return text;
      throw new ArgumentError(word.at, `'${word.text}' is not an IP address for <${name}>`, {
        remedy: "write an IPv4 or IPv6 address without port; the port goes to 'port <number>'",
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
] as const;
