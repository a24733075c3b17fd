/** Declarations of match methods: how a sample is compared to patterns (manual section 7.1). */
import type { Declaration } from '../keyword/declaration.ts';
import type { SampleType, SampleValue } from '../sample/sample.ts';

/** True when a value matches one of the patterns it was compiled from. */
export type Matcher = (value: SampleValue) => boolean;

export interface MatchDeclaration extends Declaration<'match', Record<never, never>> {
  /** The type samples are cast to before they are compared. */
  readonly input: SampleType;
  /** `none`: patterns are not looked at. `operators`: `gt 5` is a pattern of two words. */
  readonly patterns: 'none' | 'words' | 'operators';
  /** Checks one pattern; answers what is wrong with it, or null. `operators` methods get `gt 5` as one text. */
  check(pattern: string, ignoreCase: boolean): PatternProblem | null;
  /** Compiles patterns that were checked. Without patterns nothing matches, except where they are not looked at. */
  compile(patterns: readonly string[], ignoreCase: boolean): Matcher;
}

export interface PatternProblem {
  readonly problem: string;
  readonly remedy?: string;
  /** The pattern is taken, and the operator is warned. */
  readonly isWarning?: boolean;
}

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

export function defineMatch(
  input: Optional<Omit<MatchDeclaration, 'family' | 'args'>, 'aliases' | 'differences' | 'check'>,
): MatchDeclaration {
  return Object.freeze({
    aliases: [],
    differences: [],
    check: () => null,
    ...input,
    args: {},
    family: 'match' as const,
  });
}
