/** The catalogue as the manual, `fairlead keywords` and the parity table show it: families with their keywords. */

import { aclCriterionNames, findAclCriterion } from '../../src/acl/derived-names.ts';
import { findMatch, matches } from '../../src/acl/matches.ts';
import {
  actions,
  algorithms,
  bindOptions,
  converters,
  fetches,
  globalOptions,
  keywords,
  logAliases,
  proxyOptions,
  serverOptions,
} from '../../src/catalog.ts';
import { commands } from '../../src/command/commands.ts';
import type { AnyOption, Declaration, Family } from '../../src/keyword/declaration.ts';
import { haproxyActions, haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import type { RuleSetName } from '../../src/keyword/site.ts';
import type { ActionDeclaration } from '../../src/rules/declare.ts';
import { predicates } from '../haproxy-cfg/predicates.ts';
import { PROXY_KINDS } from '../yaml/read-sections.ts';

export interface KeywordFamily {
  readonly family: Family;
  /** The manual page, without its extension. */
  readonly page: string;
  readonly title: string;
  readonly declarations: readonly Declaration[];
}

function familyOf(
  family: Family,
  page: string,
  title: string,
  declarations: readonly object[],
): KeywordFamily {
  const sorted = [...(declarations as readonly Declaration[])].sort((a, b) => compareTexts(a.name, b.name));
  return { family, page, title, declarations: sorted };
}

/** In the order of their UTF-16 units, whatever the locale. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const families: readonly KeywordFamily[] = [
  familyOf('global', 'global', 'Keywords of the global section', globalOptions),
  familyOf('proxy', 'proxies', 'Keywords of defaults, frontend, backend and listen sections', proxyOptions),
  familyOf('bind', 'bind', 'Options of bind lines', bindOptions),
  familyOf('server', 'server', 'Options of server lines', serverOptions),
  familyOf('balance', 'balance', 'Balance algorithms', algorithms),
  familyOf('action', 'actions', 'Actions of rules', actions),
  familyOf('fetch', 'fetches', 'Sample fetches', fetches),
  familyOf('converter', 'converters', 'Converters', converters),
  familyOf('match', 'matches', 'Match methods of ACLs', matches),
  familyOf('log-alias', 'log-format', 'Aliases of log formats', logAliases),
  familyOf('command', 'commands', 'Commands of the runtime API', commands),
  familyOf('predicate', 'conditions', 'Predicates of .if conditions', predicates),
];

/** What Fairlead has of one family of HAProxy's names. */
export interface ParityRow {
  readonly title: string;
  /** Names that work. */
  readonly supported: readonly string[];
  /** Names that are accepted and checked, and change nothing here. */
  readonly withoutEffect: readonly string[];
  /** Names that are refused with "not supported yet". */
  readonly missing: readonly string[];
}

const RULE_SETS: readonly RuleSetName[] = [
  'tcp-request connection',
  'tcp-request session',
  'tcp-request content',
  'tcp-response content',
  'http-request',
  'http-response',
  'http-after-response',
];

/** The table against HAProxy 3.5's own names. Only its names count: what Fairlead has beside them is not in it. */
export function parityRows(): ParityRow[] {
  const supportedSections = ['global', 'defaults', ...PROXY_KINDS];
  return [
    rowOfNames('Sections', haproxyKeywords('section'), supportedSections),
    rowOf('Global keywords', haproxyKeywords('global'), globalOptions),
    rowOf('Proxy keywords', haproxyKeywords('proxy'), proxyOptions),
    rowOf('Bind options', haproxyKeywords('bind'), bindOptions),
    rowOf('Server options', haproxyKeywords('server'), serverOptions),
    rowOf('Balance algorithms', haproxyKeywords('balance'), algorithms),
    ...RULE_SETS.map((ruleSet) =>
      rowOf(`Actions of ${ruleSet}`, haproxyActions(ruleSet), actionsOf(ruleSet)),
    ),
    rowOf('Sample fetches', haproxyKeywords('fetch'), fetches),
    rowOfNames('ACL names of fetches', haproxyKeywords('acl'), aclNames()),
    rowOf('Converters', haproxyKeywords('converter'), converters),
    rowOfNames('Filters', haproxyKeywords('filter'), []),
    rowOf('Runtime API commands', haproxyKeywords('command'), commands),
  ];
}

/** Names of a fetch with a match method work where both do. */
function aclNames(): string[] {
  return [...aclCriterionNames()].filter((name) => {
    const { fetch, match } = findAclCriterion(name)!;
    return keywords.find('fetch', fetch) !== undefined && findMatch(match) !== undefined;
  });
}

function actionsOf(ruleSet: RuleSetName): readonly ActionDeclaration[] {
  return actions.filter(({ ruleSets }) => ruleSets.includes(ruleSet));
}

function rowOf(title: string, known: ReadonlySet<string>, declarations: readonly object[]): ParityRow {
  const list = declarations as readonly Declaration[];
  const without = list.filter((each) => (each as Partial<AnyOption>).noEffect !== undefined);
  return rowOfNames(title, known, list.flatMap(namesOf), without.flatMap(namesOf));
}

function namesOf({ name, aliases }: Declaration): readonly string[] {
  return [name, ...aliases];
}

function rowOfNames(
  title: string,
  known: ReadonlySet<string>,
  declared: readonly string[],
  without: readonly string[] = [],
): ParityRow {
  const names = [...known].sort(compareTexts);
  return {
    title,
    supported: names.filter((name) => declared.includes(name) && !without.includes(name)),
    withoutEffect: names.filter((name) => without.includes(name)),
    missing: names.filter((name) => !declared.includes(name)),
  };
}

export interface ParityCounts {
  readonly total: number;
  readonly supported: number;
  readonly withoutEffect: number;
  readonly missing: number;
  /** Of all names, those that work, in percent with one digit: rounded down, so that 100.0 means all. */
  readonly supportedPct: string;
}

export function countsOf({ supported, withoutEffect, missing }: ParityRow): ParityCounts {
  const total = supported.length + withoutEffect.length + missing.length;
  return {
    total,
    supported: supported.length,
    withoutEffect: withoutEffect.length,
    missing: missing.length,
    supportedPct: total === 0 ? '0.0' : (Math.floor((supported.length * 1000) / total) / 10).toFixed(1),
  };
}

/** All rows as one. */
export function sumOf(rows: readonly ParityRow[]): ParityRow {
  return {
    title: 'All',
    supported: rows.flatMap(({ supported }) => supported),
    withoutEffect: rows.flatMap(({ withoutEffect }) => withoutEffect),
    missing: rows.flatMap(({ missing }) => missing),
  };
}
