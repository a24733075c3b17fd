/**
 * Declarations of runtime API commands (management manual 9.3): what operators type on a stats socket or on the
 * master CLI. A table of them with the words of a line gives an answer; see interpreter.ts.
 */
import type { Args, ValuesOf } from '../keyword/arg.ts';
import type { Declaration } from '../keyword/declaration.ts';
import type { Answer } from './message.ts';
import type { Level } from './session.ts';

/**
 * `C` is what the command works on: the session, and beside it the worker process's statistics and servers or the
 * master's processes.
 */
export interface CommandDeclaration<C, A extends Args = Args> extends Declaration<'command', A> {
  /** The least level of the session. */
  readonly level: Level;
  /** As `help` shows it: the name with its arguments. */
  readonly usage: string;
  /** What `help` says behind it: HAProxy's words, since tools and people know them. */
  readonly help: string;
  /**
   * The answer. A line end is put behind it, so that an answer of whole lines is followed by the empty line that
   * tells its end. '' answers with an empty line alone, as HAProxy does when there is nothing to say. A message is
   * feedback on the command itself; see message.ts.
   */
  run(args: ValuesOf<A>, context: C): Answer;
}

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;
type Input<C, A extends Args> = Optional<
  Omit<CommandDeclaration<C, A>, 'family'>,
  'aliases' | 'differences' | 'examples' | 'level'
>;

/** Commands that work on a `C`: `const define = commandsOn<ProcessContext>()`. */
export function commandsOn<C>() {
  return <const A extends Args>(input: Input<C, A>): CommandDeclaration<C, A> =>
    Object.freeze({
      aliases: [],
      differences: [],
      examples: [],
      level: 'user' as const,
      ...input,
      family: 'command' as const,
    });
}

/** Any command on a `C`, for tables. Its arguments are known only to itself. */
export type AnyCommand<C> = Omit<CommandDeclaration<C>, 'run'> & { run(args: never, context: C): Answer };
