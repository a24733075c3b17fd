/** Where connections to servers come from, and how their sockets are made (manual sections 4.2 and 5.2, source). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption, defineServerOption } from '../keyword/declaration.ts';
import { ArgumentError } from '../keyword/words.ts';
import {
  type Address,
  type AddressRules,
  parseAddress,
  SERVER_SOURCE_ADDRESS,
  SOURCE_ADDRESS,
} from '../net/address.ts';
import { BACKENDS } from './sections.ts';

/** The address that servers see instead of one of ours (`usesrc`). */
export type PresentedSource =
  | { readonly kind: 'address'; readonly address: Address }
  /** The client's address with its port, or with any. */
  | { readonly kind: 'client' | 'clientip' }
  /** An address in a list field of the request; the last one is -1, the first one 1. */
  | { readonly kind: 'header'; readonly name: string; readonly occurrence: number };

export interface SourceSetting {
  readonly address: Address;
  readonly presented: PresentedSource | null;
  /** Network interface, or '' for any. */
  readonly interface: string;
}

function readSource(text: string, rules: AddressRules): Address | string {
  const address = parseAddress(text, rules);
  if (typeof address === 'string') return address;
  const { family } = address;
  if (family === 'ipv4' || family === 'ipv6' || family === 'any') return address;
  return `'${text}' is not an IP address`;
}

function sourceArg(rules: AddressRules): Arg<Address> {
  const hasRange = rules.allow.includes('port-range');
  return arg.custom({
    what: 'address',
    good: [
      '192.168.1.200',
      '10.0.0.1:4000',
      '[2001:db8::1]',
      '0.0.0.0',
      ...(hasRange ? ['*:5000-5999'] : []),
    ],
    bad: ['/run/sock', 'host.example.com', '10.0.0.1:99999', ...(hasRange ? [] : ['10.0.0.1:5000-5999'])],
    read(word, _site, name) {
      const address = readSource(word.text, rules);
      if (typeof address !== 'string') return address;
      throw new ArgumentError(word.at, `${address}, for <${name}>`, {
        remedy: 'write an IP address of this machine, with a port where one is needed',
      });
    },
  });
}

const HEADER = /^hdr_ip\(([-!#$%&'*+.^_`|~0-9A-Za-z]+)(?:,(-?\d+))?\)$/;

function presentedArg(): Arg<PresentedSource> {
  return arg.custom({
    what: 'client|clientip|address|hdr_ip(name[,occ])',
    good: [
      'client',
      'clientip',
      '192.168.1.1',
      '192.168.1.1:80',
      'hdr_ip(x-forwarded-for)',
      'hdr_ip(x-ff,-2)',
    ],
    bad: ['hdr_ip', 'hdr_ip(a b)', 'server', '10.0.0.1:1-9'],
    read(word, _site, name): PresentedSource {
      const { text } = word;
      if (text === 'client' || text === 'clientip') return { kind: text };
      const header = HEADER.exec(text);
      if (header !== null)
        return { kind: 'header', name: header[1]!.toLowerCase(), occurrence: Number(header[2] ?? -1) };
      const address = text.startsWith('hdr_ip')
        ? `'${text}' names no field`
        : readSource(text, SOURCE_ADDRESS);
      if (typeof address !== 'string') return { kind: 'address', address };
      throw new ArgumentError(word.at, `${address}, for <${name}>`, {
        remedy: 'write client, clientip, an IP address, or hdr_ip(<name>)',
      });
    },
  });
}

const sourceArgs = (rules: AddressRules) => ({
  address: sourceArg(rules),
  usesrc: arg.named(presentedArg()),
  interface: arg.named(arg.word('name')),
});

const EXAMPLE_ADDRESS = {
  family: 'ipv4',
  host: '192.168.1.200',
  portLow: 0,
  portHigh: 0,
  portOffset: null,
  fd: -1,
  socket: 'stream',
  protocol: null,
  text: '192.168.1.200',
} as const;

interface SourceValues {
  readonly address: Address;
  readonly usesrc: PresentedSource | undefined;
  readonly interface: string | undefined;
}

function sourceOf({ address, usesrc, interface: name }: SourceValues): SourceSetting {
  return { address, presented: usesrc ?? null, interface: name ?? '' };
}

const exampleResult = { address: EXAMPLE_ADDRESS, presented: { kind: 'clientip' }, interface: '' };

export const sourceOptions = [
  defineProxyOption({
    name: 'source',
    key: 'source',
    sections: BACKENDS,
    summary: 'The address from which connections to the servers are made, and what the servers see instead.',
    args: sourceArgs(SOURCE_ADDRESS),
    examples: [{ text: 'source 192.168.1.200 usesrc clientip', result: exampleResult }],
    value: sourceOf,
  }),
] as const;

export const serverSourceOptions = [
  defineServerOption({
    name: 'source',
    key: 'source',
    summary: 'The address, or address and ports, from which connections to this server are made.',
    differences: [
      'Ports of a range are tried in turn, those in use included: such an attempt fails and is retried.',
    ],
    args: sourceArgs(SERVER_SOURCE_ADDRESS),
    examples: [{ text: 'source 192.168.1.200 usesrc clientip', result: exampleResult }],
    value: sourceOf,
  }),
  defineServerOption({
    name: 'tcp-ut',
    key: 'tcpUserTimeoutMs',
    summary: 'How long data may stay without acknowledgement before the kernel closes the connection.',
    args: { delay: arg.duration() },
    examples: [{ text: 'tcp-ut 30s', result: 30_000 }],
    value: ({ delay }) => delay,
  }),
  defineServerOption({
    name: 'tfo',
    key: 'tcpFastOpen',
    summary: 'Sends the first bytes to the server with the request for the connection (TCP fast open).',
    args: {},
    examples: [{ text: 'tfo', result: true }],
    value: () => true,
  }),
  defineServerOption({
    name: 'no-tfo',
    key: 'tcpFastOpen',
    summary: 'Takes back the option tfo of a default-server line.',
    args: {},
    examples: [{ text: 'no-tfo', result: false }],
    value: () => false,
  }),
] as const;
