/** Fields that tell servers who the client is and whom it asked: `forwardfor`, `originalto`, `forwarded` (manual section 4.2). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import type { ExpressionModel } from '../keyword/language-model.ts';
import { networkArg } from './network-arg.ts';
import { ANY_PROXY, BACKENDS } from './sections.ts';

/** One part of a `forwarded` element: left out, taken from the connection or request, or what an expression gives. */
export type ForwardedPart = 'off' | 'default' | { readonly expression: ExpressionModel };

/** `option forwarded` (RFC 7239 §5). Ports are only said beside their address. */
export interface ForwardedModel {
  readonly proto: boolean;
  readonly host: ForwardedPart;
  readonly by: ForwardedPart;
  readonly byPort: ForwardedPart;
  readonly for: ForwardedPart;
  readonly forPort: ForwardedPart;
}

const ALL_OFF: ForwardedModel = {
  proto: false,
  host: 'off',
  by: 'off',
  byPort: 'off',
  for: 'off',
  forPort: 'off',
};

/** What the option does without arguments. */
const IMPLICIT: ForwardedModel = { ...ALL_OFF, proto: true, for: 'default' };

function partOf(isSet: boolean, expression: ExpressionModel | undefined): ForwardedPart {
  if (expression !== undefined) return { expression };
  return isSet ? 'default' : 'off';
}

const FORWARDED_EXAMPLE_NOTE =
  'HAProxy 2.6 does not know it yet: the order and the quoting of parts follow the manual of 3.5.';

export const forwardingOptions = [
  defineProxyOption({
    name: 'option forwardfor',
    key: 'forwardFor',
    sections: ANY_PROXY,
    modes: ['http'],
    summary: 'Adds the client address to requests in a header field, by default X-Forwarded-For.',
    args: {
      except: arg.named(networkArg()),
      header: arg.named(arg.word('name')),
      ifNone: arg.flag('if-none'),
    },
    examples: [
      { text: 'option forwardfor', result: { except: null, header: 'x-forwarded-for', ifNone: false } },
      {
        text: 'option forwardfor except 127.0.0.1 header X-Client if-none',
        result: {
          except: { ip: { v4: 0x7f000001, v6: '' }, prefixLength: 32 },
          header: 'x-client',
          ifNone: true,
        },
      },
    ],
    value: ({ except, header, ifNone }) => ({
      except: except ?? null,
      header: (header ?? 'x-forwarded-for').toLowerCase(),
      ifNone,
    }),
  }),
  defineProxyOption({
    name: 'option originalto',
    key: 'originalTo',
    sections: ANY_PROXY,
    modes: ['http'],
    summary: 'Adds the address that the client connected to, by default as X-Original-To.',
    args: { except: arg.named(networkArg()), header: arg.named(arg.word('name')) },
    examples: [
      { text: 'option originalto', result: { except: null, header: 'x-original-to' } },
      {
        text: 'option originalto except 127.0.0.1 header X-Client-Dst',
        result: { except: { ip: { v4: 0x7f000001, v6: '' }, prefixLength: 32 }, header: 'x-client-dst' },
      },
    ],
    value: ({ except, header }) => ({
      except: except ?? null,
      header: (header ?? 'x-original-to').toLowerCase(),
    }),
  }),
  defineProxyOption({
    name: 'option forwarded',
    key: 'forwarded',
    sections: BACKENDS,
    modes: ['http'],
    summary: 'Adds a Forwarded field (RFC 7239) to requests: protocol, host, and the addresses of both ends.',
    args: {
      proto: arg.flag(),
      host: arg.flag(),
      hostExpression: arg.named(arg.expression(), 'host-expr'),
      by: arg.flag(),
      byExpression: arg.named(arg.expression(), 'by-expr'),
      byPort: arg.flag('by_port'),
      byPortExpression: arg.named(arg.expression(), 'by_port-expr'),
      for: arg.flag(),
      forExpression: arg.named(arg.expression(), 'for-expr'),
      forPort: arg.flag('for_port'),
      forPortExpression: arg.named(arg.expression(), 'for_port-expr'),
    },
    evaluatedIn: 'http-request',
    differences: [FORWARDED_EXAMPLE_NOTE],
    examples: [
      { text: 'option forwarded', result: IMPLICIT },
      { text: 'option forwarded proto for', result: IMPLICIT },
      {
        text: 'option forwarded host by by_port for for_port',
        result: {
          ...ALL_OFF,
          host: 'default',
          by: 'default',
          byPort: 'default',
          for: 'default',
          forPort: 'default',
        },
      },
    ],
    negated: { value: null },
    check: (args) => {
      if (args.host && args.hostExpression !== undefined) return "'host' and 'host-expr' exclude each other";
      if (args.by && args.byExpression !== undefined) return "'by' and 'by-expr' exclude each other";
      if (args.byPort && args.byPortExpression !== undefined)
        return "'by_port' and 'by_port-expr' exclude each other";
      if (args.for && args.forExpression !== undefined) return "'for' and 'for-expr' exclude each other";
      if (args.forPort && args.forPortExpression !== undefined)
        return "'for_port' and 'for_port-expr' exclude each other";
      return undefined;
    },
    value: (args): ForwardedModel | null => {
      const model: ForwardedModel = {
        proto: args.proto,
        host: partOf(args.host, args.hostExpression),
        by: partOf(args.by, args.byExpression),
        byPort: partOf(args.byPort, args.byPortExpression),
        for: partOf(args.for, args.forExpression),
        forPort: partOf(args.forPort, args.forPortExpression),
      };
      const isImplicit =
        !model.proto && Object.values(model).every((part) => part === 'off' || part === false);
      return isImplicit ? IMPLICIT : model;
    },
  }),
] as const;
