/** Matching integers and lengths: values, ranges and operators (manual section 7.1.2). */
import { wholeInteger } from '../sample/integer.ts';
import type { Matcher, PatternProblem } from './declare.ts';

type Integer = number | bigint;

/** From `low` to `high`, both included; null is unbounded. */
interface Range {
  readonly low: Integer | null;
  readonly high: Integer | null;
}

/** The comparison operators that may stand before integer patterns. */
export const OPERATORS: readonly string[] = ['eq', 'ge', 'gt', 'le', 'lt'];

/** Answers what is wrong with a pattern such as `5`, `1:9` or `gt 5`. */
export function checkInteger(pattern: string): PatternProblem | null {
  return typeof parsePattern(pattern) === 'string'
    ? {
        problem: parsePattern(pattern) as string,
        remedy:
          'write an integer, a range such as 1024:65535, or an operator (eq, ge, gt, le, lt) before them',
      }
    : null;
}

/** A matcher for checked patterns. */
export function compileIntegers(patterns: readonly string[]): Matcher {
  const ranges = patterns.map((pattern) => parsePattern(pattern) as Range);
  const exact = ranges.every(({ low, high }) => low !== null && low === high);
  const [first] = ranges;
  if (first === undefined) return () => false;
  if (exact && ranges.length === 1) return (value) => value === first.low;
  if (exact) {
    const values = new Set<unknown>(ranges.map(({ low }) => low));
    return (value) => values.has(value);
  }
  if (ranges.length === 1) return (value) => isIn(value as Integer, first);
  return (value) => {
    for (let i = 0; i < ranges.length; i++) if (isIn(value as Integer, ranges[i]!)) return true;
    return false;
  };
}

function isIn(value: Integer, { low, high }: Range): boolean {
  return (low === null || value >= low) && (high === null || value <= high);
}

/** The range of a pattern, or what is wrong with it. */
function parsePattern(pattern: string): Range | string {
  const parts = pattern.split(' ');
  const [operator, operand] = parts.length === 2 ? parts : ['eq', pattern];
  if (!OPERATORS.includes(operator!)) return `'${operator}' is not an operator`;
  const range = parseRange(operand!);
  return typeof range === 'string' ? range : compared(operator!, range);
}

/** An operator with a range looks at the bound on its own side. */
function compared(operator: string, { low, high }: Range): Range {
  switch (operator) {
    case 'ge':
      return { low, high: null };
    case 'gt':
      return { low: low === null ? null : after(low), high: null };
    case 'le':
      return { low: null, high };
    case 'lt':
      return { low: null, high: high === null ? null : before(high) };
    default:
      return { low, high };
  }
}

function after(value: Integer): Integer {
  return typeof value === 'bigint' ? value + 1n : value + 1;
}

function before(value: Integer): Integer {
  return typeof value === 'bigint' ? value - 1n : value - 1;
}

function parseRange(text: string): Range | string {
  const single = wholeInteger(text);
  if (single !== undefined) return { low: single, high: single };
  const match = /^(\d*):(\d*)$/.exec(text);
  if (match === null)
    return text.includes(':') ? `'${text}' is not a range of integers` : `'${text}' is not an integer`;
  const low = match[1] === '' ? null : wholeInteger(match[1]!)!;
  const high = match[2] === '' ? null : wholeInteger(match[2]!)!;
  if (low === null && high === null) return `'${text}' is not a range of integers`;
  if (low !== null && high !== null && low > high) return `range '${text}' ends before it begins`;
  return { low, high };
}
