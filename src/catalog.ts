/** Every keyword of the product, by family, listed explicitly. */

import { aclCriterionNames, findAclCriterion } from './acl/derived-names.ts';
import { findMatch, matches } from './acl/matches.ts';
import { commands } from './command/commands.ts';
import type { Declaration, Family, KeywordLookup } from './keyword/declaration.ts';
import { haproxyKeywords } from './keyword/haproxy-keywords.ts';
import type { RuleSetName } from './keyword/site.ts';
import { algorithms } from './lb/algorithms.ts';
import type { BalanceDeclaration } from './lb/declare.ts';
import { logAliases } from './log/aliases.ts';
import { actions } from './rules/actions.ts';
import type { ActionDeclaration } from './rules/declare.ts';
import { redirectOption } from './rules/redirect-keyword.ts';
import { converters } from './sample/converters.ts';
import { fetches } from './sample/fetches.ts';
import { createSampleRegistry, type SampleRegistry } from './sample/registry.ts';
import { bindOptions } from './settings/bind-options.ts';
import { globalOptions } from './settings/global-options.ts';
import { proxyOptions as settingOptions } from './settings/proxy-options.ts';
import { serverOptions } from './settings/server-options.ts';

/** `redirect` comes from the rules: it is one of them under a keyword of its own. */
const proxyOptions = [...settingOptions, redirectOption] as const;

export {
  actions,
  algorithms,
  bindOptions,
  commands,
  converters,
  fetches,
  globalOptions,
  logAliases,
  matches,
  proxyOptions,
  serverOptions,
};

/** Fetches and converters by name; knows which others HAProxy has. */
export const samples: SampleRegistry = {
  ...createSampleRegistry(fetches, converters),
  isUnsupported: (family, name) => haproxyKeywords(family).has(name),
};

const BY_FAMILY: { readonly [F in Family]?: ReadonlyMap<string, Declaration> } = {
  global: indexed(globalOptions),
  proxy: indexed(proxyOptions),
  bind: indexed(bindOptions),
  server: indexed(serverOptions),
  fetch: indexed(fetches),
  converter: indexed(converters),
  'log-alias': indexed(logAliases),
  balance: indexed(algorithms),
  match: indexed(matches),
  command: indexed(commands),
};

/** Throws when two declarations share a name: a defect of the lists. */
function indexed(declarations: readonly object[]): ReadonlyMap<string, Declaration> {
  const byName = new Map<string, Declaration>();
  for (const declaration of declarations as readonly Declaration[]) {
    for (const name of [declaration.name, ...declaration.aliases]) {
      if (byName.has(name)) throw new Error(`two ${declaration.family} declarations are named '${name}'`);
      byName.set(name, declaration);
    }
  }
  return byName;
}

export function findAction(ruleSet: RuleSetName, name: string): ActionDeclaration | undefined {
  return actions.find(
    (action) => action.ruleSets.includes(ruleSet) && (action.name === name || action.aliases.includes(name)),
  );
}

export function findAlgorithm(name: string): BalanceDeclaration | undefined {
  return BY_FAMILY.balance?.get(name) as BalanceDeclaration | undefined;
}

/** Names that only ACLs have, such as `path_beg`: those whose fetch and match method are in the catalogue. */
export const aclNames: readonly string[] = [...aclCriterionNames()].filter((name) => {
  const { fetch, match } = findAclCriterion(name)!;
  return BY_FAMILY.fetch?.has(fetch) === true && findMatch(match) !== undefined;
});

/** Declarations by family and name. */
export const keywords: KeywordLookup = {
  find: (family, name) => BY_FAMILY[family]?.get(name),
  findAction,
  names: (family) => BY_FAMILY[family]?.keys() ?? [],
};
