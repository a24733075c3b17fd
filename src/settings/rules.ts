/** The keywords that begin rules; which actions exist is said by the list of actions (manual section 4.4). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption, type Example, type SectionName } from '../keyword/declaration.ts';
import type { RuleSetName } from '../keyword/site.ts';
import { ANY_PROXY, BACKENDS, FRONTENDS } from './sections.ts';

interface RuleSetInput<K extends string> {
  readonly name: RuleSetName;
  readonly key: K;
  readonly sections: readonly SectionName[];
  readonly modes?: readonly ('tcp' | 'http')[];
  readonly misplaced?: 'refused';
  readonly summary: string;
}

/** Rule sets that HTTP has share the action `allow`. */
function examplesOf(name: RuleSetName): readonly Example[] {
  if (!name.startsWith('http')) return [];
  return [{ text: `${name} allow`, result: { action: { name: 'allow', args: {} }, condition: null } }];
}

function defineRuleSet<const K extends string>({ name, key, ...rest }: RuleSetInput<K>) {
  return defineProxyOption({
    name,
    key,
    collect: 'list',
    needsNamedDefaults: true,
    evaluatedIn: name,
    args: { rule: arg.rule(name) },
    examples: examplesOf(name),
    value: ({ rule }) => rule,
    ...rest,
  });
}

export const ruleOptions = [
  defineRuleSet({
    name: 'http-request',
    key: 'httpRequestRules',
    sections: ANY_PROXY,
    modes: ['http'],
    summary: 'Acts on a request when its head has been read.',
  }),
  defineRuleSet({
    name: 'http-response',
    key: 'httpResponseRules',
    sections: ANY_PROXY,
    modes: ['http'],
    summary: 'Acts on the response of a server when its head has been read.',
  }),
  defineRuleSet({
    name: 'http-after-response',
    key: 'httpAfterResponseRules',
    sections: ANY_PROXY,
    modes: ['http'],
    summary: 'Acts on every response before it is sent, those made by the proxy included.',
  }),
  defineRuleSet({
    name: 'tcp-request connection',
    key: 'tcpRequestConnectionRules',
    sections: FRONTENDS,
    misplaced: 'refused',
    summary: 'Acts on a connection when it has been accepted, before anything is read.',
  }),
  defineRuleSet({
    name: 'tcp-request session',
    key: 'tcpRequestSessionRules',
    sections: FRONTENDS,
    misplaced: 'refused',
    summary: 'Acts on a connection when its handshakes are done.',
  }),
  defineRuleSet({
    name: 'tcp-request content',
    key: 'tcpRequestContentRules',
    sections: ANY_PROXY,
    summary: 'Acts on what a client has sent.',
  }),
  defineRuleSet({
    name: 'tcp-response content',
    key: 'tcpResponseContentRules',
    sections: BACKENDS,
    misplaced: 'refused',
    summary: 'Acts on what a server has sent.',
  }),
] as const;
