/** Options of server lines about agents that tell how a server is (manual section 5.2, `agent-check`). */
import { arg } from '../keyword/arg.ts';
import { defineServerOption } from '../keyword/declaration.ts';
import { ipArg } from './check-words.ts';

export const agentOptions = [
  defineServerOption({
    name: 'agent-check',
    key: 'hasAgent',
    summary: 'Asks an agent on a port of its own for states, weights and limits of this server.',
    differences: [
      'A line that the agent ends by closing, without a line end, is read as it came; HAProxy 2.6 reads past it.',
    ],
    args: {},
    examples: [{ text: 'agent-check', result: true }],
    value: () => true,
  }),
  defineServerOption({
    name: 'no-agent-check',
    key: 'hasAgent',
    summary: 'Takes back the option agent-check of a default-server line.',
    args: {},
    examples: [{ text: 'no-agent-check', result: false }],
    value: () => false,
  }),
  defineServerOption({
    name: 'agent-port',
    key: 'agentPort',
    summary: 'The port of the agent.',
    args: { port: arg.int({ min: 1, max: 65535 }) },
    examples: [{ text: 'agent-port 9000', result: 9000 }],
    value: ({ port }) => port,
  }),
  defineServerOption({
    name: 'agent-addr',
    key: 'agentAddress',
    summary: 'The address of the agent, where it is another than that of the server.',
    differences: ['Names are not resolved: an IP address is wanted.'],
    args: { address: ipArg() },
    examples: [{ text: 'agent-addr 10.0.0.9', result: '10.0.0.9' }],
    value: ({ address }) => address,
  }),
  defineServerOption({
    name: 'agent-inter',
    key: 'agentInterMs',
    summary: 'Time between two questions to the agent.',
    args: { delay: arg.duration({ min: 1 }) },
    examples: [{ text: 'agent-inter 5s', result: 5000 }],
    value: ({ delay }) => delay,
  }),
  defineServerOption({
    name: 'agent-send',
    key: 'agentSend',
    summary: 'What is sent to the agent upon connection, as it is.',
    args: { text: arg.word() },
    examples: [{ text: 'agent-send web1\\n', result: 'web1\n' }],
    value: ({ text }) => text,
  }),
] as const;
