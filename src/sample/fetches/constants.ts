/** Fetches that yield what their argument says (manual section 7.3.2). */
import { arg } from '../../keyword/arg.ts';
import { hexBytes, integer64, ipv4, ipv6 } from '../arguments.ts';
import { defineFetch } from '../declare.ts';

const truth = arg.oneOf('true', 'false', '1', '0');

export const constantFetches = [
  defineFetch({
    name: 'always_true',
    summary: 'Always true: for tests, and conditions that always hold.',
    args: {},
    output: 'bool',
    needs: 'nothing',
    examples: [{ text: 'always_true', result: '1' }],
    compile: () => () => true,
  }),
  defineFetch({
    name: 'always_false',
    summary: 'Always false: for tests, and to switch rules off.',
    args: {},
    output: 'bool',
    needs: 'nothing',
    examples: [{ text: 'always_false', result: '0' }],
    compile: () => () => false,
  }),
  defineFetch({
    name: 'wait_end',
    summary: 'True when the inspection is over; in HTTP rules always.',
    args: {},
    output: 'bool',
    needs: 'nothing',
    examples: [{ text: 'wait_end', result: '1' }],
    differences: ['In tcp-request content rules it does not wait for the inspect delay yet.'],
    compile: () => () => true,
  }),
  defineFetch({
    name: 'str',
    summary: 'The given text.',
    args: { string: arg.optional(arg.word(), '') },
    output: 'str',
    needs: 'nothing',
    examples: [
      { text: 'str(hello)', result: 'hello' },
      { text: 'str("a,b")', result: 'a,b' },
      { text: 'str()', result: '' },
    ],
    compile:
      ({ string }) =>
      () =>
        string,
  }),
  defineFetch({
    name: 'int',
    summary: 'The given 64-bit integer.',
    args: { integer: integer64 },
    output: 'sint',
    needs: 'nothing',
    examples: [
      { text: 'int(5)', result: '5' },
      { text: 'int(9223372036854775807)', result: '9223372036854775807' },
    ],
    compile:
      ({ integer }) =>
      () =>
        integer,
  }),
  defineFetch({
    name: 'bool',
    summary: 'The given truth value.',
    args: { value: truth },
    output: 'bool',
    needs: 'nothing',
    examples: [
      { text: 'bool(true)', result: '1' },
      { text: 'bool(0)', result: '0' },
    ],
    compile({ value }) {
      const isTrue = value === 'true' || value === '1';
      return () => isTrue;
    },
  }),
  defineFetch({
    name: 'bin',
    summary: 'The given bytes, written in hexadecimal.',
    args: { hex: hexBytes },
    output: 'bin',
    needs: 'nothing',
    examples: [{ text: 'bin(616263)', result: 'abc' }],
    compile:
      ({ hex }) =>
      () =>
        hex,
  }),
  defineFetch({
    name: 'ipv4',
    summary: 'The given IPv4 address.',
    args: { address: ipv4 },
    output: 'ipv4',
    needs: 'nothing',
    examples: [{ text: 'ipv4(192.0.2.1)', result: '192.0.2.1' }],
    compile:
      ({ address }) =>
      () =>
        address,
  }),
  defineFetch({
    name: 'ipv6',
    summary: 'The given IPv6 address.',
    args: { address: ipv6 },
    output: 'ipv6',
    needs: 'nothing',
    examples: [{ text: 'ipv6(2001:DB8:0::1)', result: '2001:db8::1' }],
    compile:
      ({ address }) =>
      () =>
        address,
  }),
  defineFetch({
    name: 'meth',
    summary: 'The given HTTP method.',
    args: { method: arg.optional(arg.word('method'), '') },
    output: 'meth',
    needs: 'nothing',
    examples: [{ text: 'meth(GET)', result: 'GET' }],
    compile:
      ({ method }) =>
      () =>
        method,
  }),
];
