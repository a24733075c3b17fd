/**
 * The rule language as plain data: what parsing leaves in the model and compilation turns into closures.
 * It crosses threads by structured clone, so it holds no functions and no class instances.
 */
import type { Position } from './words.ts';

/** A value that crosses threads: what arguments parse to. */
export type Plain =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** A named entry of the catalogue with its parsed arguments. */
export interface CallModel {
  readonly name: string;
  readonly args: { readonly [name: string]: Plain };
}

/** Options of a bind or server line, by the key of their declarations. */
export type SettingsModel = { readonly [key: string]: Plain };

/** A fetch and the converters behind it: `path,lower`. */
export interface ExpressionModel {
  readonly fetch: CallModel;
  readonly converters: readonly CallModel[];
  /** The text as written, for messages and `explain`. */
  readonly text: string;
  readonly at: Position;
}

/** One ACL line or anonymous ACL: an expression, how to match it, and the patterns (one matching is enough). */
export interface AclTestModel {
  readonly expression: ExpressionModel;
  /** The match method's name in the catalogue: `str`, `beg`, `ip`, `found`… */
  readonly match: string;
  readonly ignoreCase: boolean;
  readonly patterns: readonly string[];
  /** Pattern files (`-f`), and maps of strings to values are not stored here but in the rule that uses them. */
  readonly patternFiles: readonly string[];
  /** For each pattern file, whether `-i` stood before it. Absent means none ignores case. */
  readonly filesIgnoringCase?: readonly boolean[];
  /** The lines of each pattern file, once the linker has read them. */
  readonly filePatterns?: readonly (readonly string[])[];
  readonly text: string;
}

/** A term of a condition. A named ACL is true when any of its tests (several lines of one name) is true. */
export interface ConditionTermModel {
  readonly isNegated: boolean;
  readonly acl: string | null;
  readonly tests: readonly AclTestModel[];
}

/** `if a b || c`: an OR of ANDs. `isUnless` inverts the whole. */
export interface ConditionModel {
  readonly isUnless: boolean;
  readonly alternatives: readonly (readonly ConditionTermModel[])[];
  readonly text: string;
}

/** One rule of a rule set. */
export interface RuleModel {
  readonly action: CallModel;
  readonly condition: ConditionModel | null;
  readonly at: Position;
}

/** A log format (manual section 8.2.6): literal text, `%alias` and `%[expression]` with their flags. */
export interface LogFormatModel {
  readonly nodes: readonly LogFormatNode[];
  readonly text: string;
}

export type LogFormatNode =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'alias';
      readonly name: string;
      readonly flags: LogFormatFlags;
      readonly argument: string | null;
    }
  | { readonly kind: 'expression'; readonly expression: ExpressionModel; readonly flags: LogFormatFlags };

/** `%{+Q,+X,+E}`: quote, hexadecimal, escape (manual section 8.2.6). */
export interface LogFormatFlags {
  readonly quote: boolean;
  readonly hex: boolean;
  readonly escape: boolean;
}
