/**
 * Turns a line of the runtime API into answers: several commands with `;` between them, each found in the table by
 * its first words (management manual 9.3).
 */

import { parseSomeArgs } from '../keyword/parse-args.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, Words } from '../keyword/words.ts';
import type { AnyCommand } from './declare.ts';
import { helpText, unknownCommandText } from './help.ts';
import { type Answer, answerText, failure, information } from './message.ts';
import { isAllowed, type SessionContext } from './session.ts';

/**
 * Splits at `;`, and each command at blanks. A backslash takes the next character as it is. Quotes mean nothing, as
 * in HAProxy.
 */
export function splitLine(line: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word = '';
  let isInWord = false;
  for (let i = 0; i <= line.length; i++) {
    const character = line[i] ?? ';';
    if (character === ';' || character === ' ' || character === '\t' || character === '\r') {
      if (isInWord) words.push(word);
      word = '';
      isInWord = false;
      if (character !== ';') continue;
      commands.push(words);
      words = [];
    } else {
      isInWord = true;
      word += character === '\\' && i + 1 < line.length ? line[++i] : character;
    }
  }
  return commands;
}

/** The command whose name has the most words at the beginning of these; `rest` is what follows them. */
export function findCommand<C>(
  commands: readonly AnyCommand<C>[],
  words: readonly string[],
): { command: AnyCommand<C>; rest: readonly string[] } | null {
  for (let count = Math.min(words.length, NAME_WORDS_MAX); count > 0; count--) {
    const name = words.slice(0, count).join(' ');
    if (words.slice(0, count).some((word) => word.includes(' '))) continue;
    const command = commands.find((each) => each.name === name || each.aliases.includes(name));
    if (command !== undefined) return { command, rest: words.slice(count) };
  }
  return null;
}

/** Words in the longest command name. */
const NAME_WORDS_MAX = 4;

/**
 * The answer to one command, with the line end that HAProxy puts behind each. `quit` answers nothing at all, and
 * marks the session as closing.
 */
export function runCommand<C extends SessionContext>(
  commands: readonly AnyCommand<C>[],
  words: readonly string[],
  context: C,
): string {
  const { session } = context;
  const answer = answerTo(commands, words, context);
  return session.isClosing ? '' : `${answerText(answer, session.severityForm)}\n`;
}

function answerTo<C extends SessionContext>(
  commands: readonly AnyCommand<C>[],
  words: readonly string[],
  context: C,
): Answer {
  const { level } = context.session;
  if (words[0] === 'help') return information(helpText(commands, words.slice(1), level));
  const found = findCommand(commands, words);
  if (found === null) return information(unknownCommandText(commands, words, level));
  if (!isAllowed(level, found.command.level)) return failure('Permission denied\n');
  return answerOf(found.command, found.rest, context);
}

function answerOf<C>(command: AnyCommand<C>, rest: readonly string[], context: C): Answer {
  const words = new Words(
    rest.map((text, index) => ({ text, at: { ...COMMAND_LINE, column: index + 1 } })),
    COMMAND_LINE,
  );
  try {
    return command.run(parseSomeArgs(command.args, words, NO_LANGUAGE) as never, context);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    return failure(`${error.message}\n`);
  }
}

const COMMAND_LINE = { file: 'command', line: 1, column: 1 };

function refuse(): never {
  throw new ArgumentError(COMMAND_LINE, 'expressions and conditions are not available in commands');
}

/** Commands take words and numbers, not the rule language. */
const NO_LANGUAGE: ParseSite = {
  basePath: '',
  provides: [],
  placeName: 'command',
  parseExpression: refuse,
  parseLogFormat: refuse,
  parseCondition: refuse,
  parseRule: refuse,
  parseOptions: refuse,
  parseCall: refuse,
  parseAcl: refuse,
  readFile: refuse,
  refer: refuse,
  warn: () => {},
};
