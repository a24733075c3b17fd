/** Matching regular expressions (manual section 7.1.4). */
import { compileUserRegex, type UserRegex } from '../sample/user-regex.ts';
import type { Matcher, PatternProblem } from './declare.ts';

/** Answers what is wrong with an expression; one that can backtrack without bound is taken with a warning. */
export function checkRegex(pattern: string, ignoreCase: boolean): PatternProblem | null {
  const compiled = compileUserRegex(pattern, { ignoreCase });
  if (typeof compiled === 'string')
    return {
      problem: `regular expression '${pattern}' is refused: ${compiled}`,
      remedy: 'write it in the syntax that PCRE and JavaScript share',
    };
  if (compiled.isBounded) return null;
  return {
    problem: `regular expression '${pattern}' uses lookaround or back references: how long it may run cannot be bounded`,
    isWarning: true,
  };
}

/** A matcher for checked expressions. */
export function compileRegexes(patterns: readonly string[], ignoreCase: boolean): Matcher {
  const regexes = patterns.map((pattern) => (compileUserRegex(pattern, { ignoreCase }) as UserRegex).regex);
  const [only] = regexes;
  if (only !== undefined && regexes.length === 1) return (value) => only.test(value as string);
  return (value) => {
    for (let i = 0; i < regexes.length; i++) if (regexes[i]!.test(value as string)) return true;
    return false;
  };
}
