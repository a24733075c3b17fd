/**
 * Where a keyword is being parsed, and what its arguments may ask of the language around them.
 *
 * Arguments such as `arg.expression()` need the catalogue's fetches and converters; they get them through this
 * interface, so that `src/keyword` knows nothing of samples, ACLs or rules.
 */
import type {
  AclTestModel,
  CallModel,
  ConditionModel,
  ExpressionModel,
  LogFormatModel,
  RuleModel,
  SettingsModel,
} from './language-model.ts';
import type { Position, Word, Words } from './words.ts';

/** Rule-set and section names that decide which fetches are valid; see `Need` in declaration.ts. */
export interface ParseSite {
  /** The folder that relative file names are resolved against. */
  readonly basePath: string;
  /** What exists where this keyword is evaluated: decides which fetches are accepted. */
  readonly provides: readonly Need[];
  /** How to name the place in an error, for example "http-request rule". */
  readonly placeName: string;
  parseExpression(words: Words): ExpressionModel;
  parseLogFormat(word: Word): LogFormatModel;
  /** Parses `if …` or `unless …` with the rest of the words. */
  parseCondition(words: Words): ConditionModel;
  /** Parses `<criterion> [flags] [operator] <pattern>...`: what follows the name of an `acl` line. */
  parseAcl(words: Words): AclTestModel;
  /** Parses `<action> [arguments] [if|unless …]` of one rule set. */
  parseRule(ruleSet: RuleSetName, words: Words): RuleModel;
  /** Parses options of a bind or server line to the end of the line. */
  parseOptions(family: 'bind' | 'server', words: Words): SettingsModel;
  /** Parses a name of a family and its arguments: `balance <algorithm> [arguments]`. */
  parseCall(family: 'balance', words: Words): CallModel;
  /** Records a name that the link step must find, such as a backend. */
  refer(kind: ReferenceKind, name: string, at: Position): void;
  /** The bytes of a file named in the configuration, relative to `basePath`. Throws ArgumentError when it cannot be read. */
  readFile(path: string, at: Position): Uint8Array;
  /** Adds a warning that does not stop the start. */
  warn(at: Position, problem: string, advice?: { reason?: string; remedy?: string }): void;
}

/** Rule sets, by the keyword that begins their lines. */
export type RuleSetName =
  | 'tcp-request connection'
  | 'tcp-request session'
  | 'tcp-request content'
  | 'tcp-response content'
  | 'http-request'
  | 'http-response'
  | 'http-after-response';

/** Where the expressions, formats and conditions of a keyword are evaluated; decides which fetches are valid. */
export type Place =
  | RuleSetName
  | 'redirect rule'
  | 'use_backend rule'
  | 'use-server rule'
  | 'balance algorithm'
  | 'unique identifier'
  | 'log line';

export type ReferenceKind =
  | 'backend'
  | 'frontend'
  | 'server'
  | 'table'
  | 'userlist'
  | 'defaults'
  | 'acl'
  | 'ring'
  | 'cache'
  | 'filter'
  | 'resolvers'
  | 'peers'
  | 'mailers'
  | 'http-errors'
  | 'log-profile'
  | 'fcgi-app';

/**
 * What a fetch needs to exist before it can be evaluated; a rule set provides a list of them. Validity is the
 * inclusion of one in the other (manual section 7.3 headers: "Layer 4", "Layer 7"…).
 */
export type Need =
  | 'nothing'
  | 'client-connection'
  | 'session'
  | 'request-bytes'
  | 'request-head'
  | 'request-body'
  | 'stream'
  | 'backend'
  | 'server-connection'
  | 'response-bytes'
  | 'response-head'
  | 'response-body'
  | 'finished-stream'
  | 'check'
  | 'configuration'
  | 'command-line';
