/**
 * Keywords that are accepted and checked but change nothing here, because they tune what HAProxy is built of and
 * Fairlead is not. Each says why; the reason is printed as a `diag` message and in the manual.
 */
import type { Args } from '../keyword/arg.ts';
import type { SectionName } from '../keyword/declaration.ts';

interface InputWithoutEffect<A extends Args> {
  readonly name: string;
  readonly summary: string;
  /** Why it changes nothing, as a sentence. */
  readonly why: string;
  readonly args: A;
  readonly example: string;
  readonly sections?: readonly SectionName[];
  readonly isNegatable?: boolean;
  readonly obsolete?: string;
}

/** What the option helpers take, for a keyword without effect. The model keeps the names it met. */
export function withoutEffect<const A extends Args>(input: InputWithoutEffect<A>) {
  const { name, summary, args, sections, obsolete } = input;
  return {
    name,
    summary,
    args,
    noEffect: input.why,
    key: 'withoutEffect' as const,
    collect: 'list' as const,
    examples: [{ text: input.example, result: name }],
    ...(sections !== undefined && { sections }),
    ...(obsolete !== undefined && { obsolete }),
    ...(input.isNegatable === true && { negated: { value: name } }),
    value: (): string => name,
  };
}
