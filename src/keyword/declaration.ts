/**
 * What a keyword declaration is. Every keyword of the product is one frozen declaration, and parsing in both
 * front-ends, validation, JSON Schema, the manual, `fairlead keywords` and the keyword tests are derived from it.
 *
 * Families whose entries compile to functions declare their own helper beside what they compile to
 * (`src/sample/declare.ts`, `src/rules/declare.ts`, `src/lb/declare.ts`, `src/command/declare.ts`); this file has
 * what all share, and the options: keywords that only leave a value in the model.
 */
import type { Args, ValuesOf } from './arg.ts';
import type { ParseSite, Place, RuleSetName } from './site.ts';

/** The families of keywords, as `fairlead keywords` groups them. */
export type Family =
  | 'section'
  | 'global'
  | 'proxy'
  | 'bind'
  | 'server'
  | 'fetch'
  | 'converter'
  | 'match'
  | 'log-alias'
  | 'balance'
  | 'action'
  | 'command'
  | 'predicate';

/** A keyword's example: how it is written, and what comes of it. Each one runs as a test. */
export interface Example {
  /** The configuration line, expression, rule or command as a user writes it. */
  readonly text: string;
  /** What it is evaluated against, where it needs anything: a request head, a response head. */
  readonly given?: string;
  /** The value left in the model, the sample's value, the head after the rule, the command's answer. */
  readonly result: unknown;
}

export interface Declaration<F extends Family = Family, A extends Args = Args> {
  readonly family: F;
  /** As HAProxy writes it; configuration keywords of several words have blanks in the name: `timeout client`. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** One sentence in our own words. */
  readonly summary: string;
  readonly args: A;
  readonly examples: readonly Example[];
  /** Known differences from HAProxy, one sentence each; the manual prints them. */
  readonly differences: readonly string[];
}

export type SectionName = 'global' | 'defaults' | 'frontend' | 'backend' | 'listen';

/**
 * How lines of one key add up: `one`, the last line wins; `list`, every line appends; a section's own lines
 * come after those of its defaults.
 */
export type Collect = 'one' | 'list';

/** A configuration keyword whose effect is a value in the settings of its section, bind line or server line. */
export interface OptionDeclaration<
  F extends Family = Family,
  K extends string = string,
  V = unknown,
  C extends Collect = Collect,
  A extends Args = Args,
> extends Declaration<F, A> {
  /** The field of the settings that it sets. Keywords that replace one another share a key. */
  readonly key: K;
  readonly collect: C;
  /** Sections where the line may stand; empty for bind and server options. */
  readonly sections: readonly SectionName[];
  /**
   * What `no <keyword>` leaves in the settings; absent where the prefix is refused. With `over`, only where that
   * value stands: `no option httpclose` leaves `option http-server-close` alone.
   */
  readonly negated?: { readonly value: V; readonly over?: V };
  /** `no <keyword>` without arguments empties the list of its key: `no log`. */
  readonly clears?: boolean;
  /** What a line gives in a frontend or backend that is not in `sections`: HAProxy ignores most with a warning. */
  readonly misplaced?: 'ignored' | 'refused';
  /** Refused in a `defaults` section that has no name: rules and ACLs. */
  readonly needsNamedDefaults?: boolean;
  /** In YAML its lines are a map: what the first argument names, with the rest of the arguments. */
  readonly isMap?: boolean;
  /** In a YAML map its lines count before the others of the section, wherever they stand: they give names. */
  readonly comesFirst?: boolean;
  /** Where its expressions and conditions are evaluated; absent for keywords that take none. */
  readonly evaluatedIn?: Place;
  /** The word HAProxy has for it now, when the keyword is accepted with a notice: from older versions. */
  readonly obsolete?: string;
  /** Accepted and parsed, without effect here: why, for the manual and `-dD` diagnostics. */
  readonly noEffect?: string;
  /** Proxy modes in which it has an effect; others get HAProxy's warning. Empty means any. */
  readonly modes: readonly ('tcp' | 'http')[];
  /** What stands in its place in a proxy of another mode, and how the warning says so. Absent: nothing. */
  readonly elsewhere?: { readonly value: V; readonly text: string };
  /** What is wrong with arguments that are right one by one; undefined if nothing. */
  check?(args: ValuesOf<A>): string | undefined;
  value(args: ValuesOf<A>, site: ParseSite): V;
}

interface OptionInput<K extends string, V, C extends Collect, A extends Args> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly args: A;
  readonly examples: readonly Example[];
  readonly differences?: readonly string[];
  readonly key: K;
  readonly collect?: C;
  readonly sections?: readonly SectionName[];
  readonly negated?: { readonly value: NoInfer<V>; readonly over?: NoInfer<V> };
  readonly clears?: boolean;
  readonly misplaced?: 'ignored' | 'refused';
  readonly needsNamedDefaults?: boolean;
  readonly isMap?: boolean;
  readonly comesFirst?: boolean;
  readonly evaluatedIn?: Place;
  readonly obsolete?: string;
  readonly noEffect?: string;
  readonly modes?: readonly ('tcp' | 'http')[];
  readonly elsewhere?: { readonly value: NoInfer<V>; readonly text: string };
  check?(args: ValuesOf<A>): string | undefined;
  value(args: ValuesOf<A>, site: ParseSite): V;
}

function option<F extends Family>(family: F) {
  return <const K extends string, V, const A extends Args, const C extends Collect = 'one'>(
    input: OptionInput<K, V, C, A>,
  ): OptionDeclaration<F, K, V, C, A> =>
    Object.freeze({
      aliases: [],
      differences: [],
      sections: [],
      modes: [],
      ...input,
      collect: input.collect ?? ('one' as C),
      family,
    });
}

/** Declares a keyword of the global section. */
export const defineGlobalOption = option('global');
/** Declares a keyword of defaults, frontend, backend and listen sections. */
export const defineProxyOption = option('proxy');
/** Declares an option of bind lines. */
export const defineBindOption = option('bind');
/** Declares an option of server and default-server lines. */
export const defineServerOption = option('server');

interface SwitchInput<K extends string> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly differences?: readonly string[];
  readonly key: K;
  readonly sections?: readonly SectionName[];
  readonly obsolete?: string;
  readonly noEffect?: string;
  readonly modes?: readonly ('tcp' | 'http')[];
}

/** A keyword without arguments that is on or, with `no`, off: `option dontlognull`. */
export function switchOf<const K extends string>(input: SwitchInput<K>) {
  return {
    ...input,
    args: {},
    value: (): boolean => true,
    negated: { value: false },
    examples: [{ text: input.name, result: true }],
  };
}

/** The settings that a list of options can leave: the type of the model follows from the declarations. */
export type SettingsOf<
  List extends readonly { readonly key: string; readonly collect: Collect; value(...args: never): unknown }[],
> = {
  readonly [O in List[number] as O['key']]?: O extends {
    readonly collect: 'list';
    value(...args: never): infer V;
  }
    ? readonly V[]
    : O extends { value(...args: never): infer V }
      ? V
      : never;
};

/** Any option, for code that walks over them. */
export type AnyOption = OptionDeclaration<Family, string, unknown, Collect, Args>;

/** Finds declarations by family and name: what parsing needs of the catalogue. */
export interface KeywordLookup {
  find(family: Family, name: string): Declaration | undefined;
  /** An action of one rule set, such as `deny` of `http-request`. */
  findAction(ruleSet: RuleSetName, name: string): Declaration | undefined;
  names(family: Family): Iterable<string>;
}
