/** The predicates of conditions (manual section 2.4), as declarations. */
import { type Args, arg } from '../../src/keyword/arg.ts';
import type { Declaration } from '../../src/keyword/declaration.ts';
import { nearest } from '../../src/keyword/nearest.ts';
import { compareVersions, opensslVersionKey, type VersionKey, versionKey } from './version.ts';

/** What predicates ask of the running program. */
export interface ConditionFacts {
  /** The version of HAProxy that the program is compatible with: `3.5-dev5`. */
  readonly version: string;
  /** Names that `-vv` lists behind a plus: only what works. */
  readonly features: ReadonlySet<string>;
  /** Options that are on at run time, of ENABLED_OPTIONS. */
  readonly enabled: ReadonlySet<string>;
  /** The TLS library, its name and its version as OpenSSL writes it; null without one. */
  readonly sslLibrary: { readonly name: string; readonly version: string } | null;
  /** AWS-LC's API number; null where another library is used. */
  readonly awslcApi: number | null;
  readonly isFipsMode: boolean;
}

/** Facts and the environment at the place of the condition. */
export interface ConditionScope extends ConditionFacts {
  readonly environment: ReadonlyMap<string, string>;
}

export interface PredicateDeclaration extends Declaration<'predicate'> {
  /** `values` has one text for each argument. Throws a TypeError that says what is wrong with a value. */
  evaluate(values: readonly string[], scope: ConditionScope): boolean;
}

/** What `enabled()` knows. */
export const ENABLED_OPTIONS = [
  'POLL',
  'EPOLL',
  'KQUEUE',
  'EVPORTS',
  'SPLICE',
  'GETADDRINFO',
  'REUSEPORT',
  'FAST-FORWARD',
  'SERVER-SSL-VERIFY-NONE',
] as const;

function definePredicate<A extends Args>(
  input: {
    name: string;
    summary: string;
    args: A;
    example: readonly [text: string, result: boolean, given?: string];
  } & Pick<PredicateDeclaration, 'evaluate'>,
): PredicateDeclaration {
  const { example, ...rest } = input;
  const [text, result, given] = example;
  return Object.freeze({
    ...rest,
    family: 'predicate' as const,
    aliases: [],
    differences: [],
    examples: [{ text, result, ...(given !== undefined && { given }) }],
  });
}

const ver = { ver: arg.word('version') };

/** Every predicate. Examples hold for EXAMPLE_FACTS. */
export const predicates: readonly PredicateDeclaration[] = [
  definePredicate({
    name: 'awslc_api_atleast',
    summary: 'True when the API number of AWS-LC is the given one or higher; false with another library.',
    args: { ver: arg.int({ min: 0 }) },
    example: ['awslc_api_atleast(35)', false],
    evaluate: ([ver], scope) => apiNumber(ver!) <= (scope.awslcApi ?? -1),
  }),
  definePredicate({
    name: 'awslc_api_before',
    summary: 'True when the API number of AWS-LC is lower than the given one; false with another library.',
    args: { ver: arg.int({ min: 0 }) },
    example: ['awslc_api_before(26)', false],
    evaluate: ([ver], scope) => apiNumber(ver!) > (scope.awslcApi ?? Number.POSITIVE_INFINITY),
  }),
  definePredicate({
    name: 'defined',
    summary: 'True when an environment variable of this name exists, even an empty one.',
    args: { name: arg.word('name') },
    example: ['defined(HAPROXY_MWORKER)', true, 'HAPROXY_MWORKER=1'],
    evaluate: ([name], scope) => scope.environment.has(name!),
  }),
  definePredicate({
    name: 'enabled',
    summary: `True when an option is on at run time: ${ENABLED_OPTIONS.join(', ')}.`,
    args: { opt: arg.oneOf(...ENABLED_OPTIONS) },
    example: ['enabled(REUSEPORT)', true],
    evaluate: ([opt], scope) => isEnabled(opt!, scope),
  }),
  definePredicate({
    name: 'feature',
    summary: 'True when a feature is available: `-vv` lists it behind a plus.',
    args: { name: arg.word('name') },
    example: ['feature(OPENSSL)', true],
    evaluate: ([name], scope) => scope.features.has(name!),
  }),
  definePredicate({
    name: 'fips_mode',
    summary: 'True when the TLS library runs in FIPS mode.',
    args: {},
    example: ['fips_mode()', false],
    evaluate: (_values, scope) => scope.isFipsMode,
  }),
  definePredicate({
    name: 'openssl_version_atleast',
    summary: 'True when the TLS library is OpenSSL of this version or newer, or claims to be.',
    args: ver,
    example: ['openssl_version_atleast(1.1.1)', true],
    evaluate: ([ver], scope) => compareOpenssl(scope, ver!, (order) => order >= 0),
  }),
  definePredicate({
    name: 'openssl_version_before',
    summary: 'True when the TLS library is an OpenSSL older than this version.',
    args: ver,
    example: ['openssl_version_before(3.5.0)', false],
    evaluate: ([ver], scope) => compareOpenssl(scope, ver!, (order) => order < 0),
  }),
  definePredicate({
    name: 'ssllib_name_startswith',
    summary: 'True when the name of the TLS library begins with this text.',
    args: { name: arg.word('name') },
    example: ['ssllib_name_startswith(wolfSSL)', false],
    evaluate: ([name], scope) => scope.sslLibrary?.name.startsWith(name!) ?? false,
  }),
  definePredicate({
    name: 'streq',
    summary: 'True when two texts are the same.',
    args: { str1: arg.word(), str2: arg.word() },
    example: ['streq(yes,yes)', true],
    evaluate: ([a, b]) => a === b,
  }),
  definePredicate({
    name: 'strneq',
    summary: 'True when two texts differ.',
    args: { str1: arg.word(), str2: arg.word() },
    example: ['strneq(yes,yes)', false],
    evaluate: ([a, b]) => a !== b,
  }),
  definePredicate({
    name: 'strstr',
    summary: 'True when the second text is found in the first.',
    args: { str1: arg.word(), str2: arg.word() },
    example: ['strstr(production,prod)', true],
    evaluate: ([a, b]) => a!.includes(b!),
  }),
  definePredicate({
    name: 'version_atleast',
    summary: 'True when the HAProxy version that this program is compatible with is this one or newer.',
    args: ver,
    example: ['version_atleast(2.4-dev19)', true],
    evaluate: ([ver], scope) => compareVersions(versionKey(scope.version), versionKey(ver!)) >= 0,
  }),
  definePredicate({
    name: 'version_before',
    summary: 'True when the HAProxy version that this program is compatible with is older than this one.',
    args: ver,
    example: ['version_before(2.4-dev19)', false],
    evaluate: ([ver], scope) => compareVersions(versionKey(scope.version), versionKey(ver!)) < 0,
  }),
];

/** What the examples of predicates are evaluated against. */
export const EXAMPLE_FACTS: ConditionFacts = {
  version: '3.5-dev5',
  features: new Set(['OPENSSL']),
  enabled: new Set(['REUSEPORT']),
  sslLibrary: { name: 'OpenSSL', version: '3.5.4' },
  awslcApi: null,
  isFipsMode: false,
};

function apiNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`'${text}' is not an API number`);
  return Number(text);
}

function isEnabled(option: string, scope: ConditionScope): boolean {
  if ((ENABLED_OPTIONS as readonly string[]).includes(option)) return scope.enabled.has(option);
  const close = nearest(option, ENABLED_OPTIONS);
  throw new TypeError(
    `unknown option '${option}'; ${close === undefined ? `known: ${ENABLED_OPTIONS.join(', ')}` : `did you mean '${close}'?`}`,
  );
}

function compareOpenssl(scope: ConditionScope, text: string, test: (order: number) => boolean): boolean {
  const wanted = opensslVersionKey(text);
  if (wanted === null) throw new TypeError(`'${text}' is not a version of OpenSSL, as 1.1.1 or 3.5.0`);
  const own: VersionKey | null =
    scope.sslLibrary === null ? null : opensslVersionKey(scope.sslLibrary.version);
  return own !== null && test(compareVersions(own, wanted));
}
