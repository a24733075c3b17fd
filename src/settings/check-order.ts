/** What is wrong with the order of `http-check` and `tcp-check` lines; HAProxy's words where it has some. */
import type { HttpCheckLine } from './checks.ts';
import type { TcpCheckLine } from './tcp-checks.ts';

/** The place of the line from 1, and what is wrong with it. */
export interface OrderProblem {
  readonly place: number;
  readonly problem: string;
}

/** A check that connects by itself anywhere must do so first; a request has one connection, and an answer one request. */
export function orderProblem(
  kind: 'http' | 'tcp',
  lines: readonly (HttpCheckLine | TcpCheckLine)[],
): OrderProblem | null {
  const steps = lines.flatMap((line, index) =>
    line.kind === 'comment' ? [] : [{ kind: line.kind, place: index + 1 }],
  );
  const late = steps.findIndex(({ kind: step }) => step === 'connect');
  if (late > 0) {
    const problem = "first step MUST also be a 'connect' when there is a 'connect' step";
    return { place: steps[late]!.place, problem };
  }
  return kind === 'http' ? requestProblem(steps) : null;
}

interface Step {
  readonly kind: 'connect' | 'send' | 'expect';
  readonly place: number;
}

function requestProblem(steps: readonly Step[]): OrderProblem | null {
  for (const [index, { kind, place }] of steps.entries()) {
    const before = steps[index - 1]?.kind;
    const missing =
      kind === 'send' && before !== undefined && before !== 'connect'
        ? 'connect'
        : kind === 'expect' && before === 'connect'
          ? 'send'
          : null;
    if (missing !== null)
      return {
        place,
        problem: `unable to add http-check ${kind} rule at step ${place} (missing ${missing} rule)`,
      };
  }
  return null;
}
