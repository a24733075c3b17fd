/** `help`, and the answer to a command that does not exist, in HAProxy's form. */
import { nearest } from '../keyword/nearest.ts';
import type { AnyCommand } from './declare.ts';
import { isAllowed, type Level } from './session.ts';

/** Width of the usage column in HAProxy's help. */
const USAGE_WIDTH = 40;

/** Commands that stand last in every list. */
const ALWAYS = ['prompt', 'quit'];
const HELP_LINE = line('help [<command>]', 'list matching or all commands');

type Listed = Pick<AnyCommand<never>, 'name' | 'usage' | 'help' | 'level'>;

/** All commands of the level, or those that resemble the given words. */
export function helpText(commands: readonly Listed[], words: readonly string[], level: Level): string {
  const similar = words.length === 0 ? [] : similarCommands(allowed(commands, level), words);
  return `The following commands are valid at this level:\n${list(commands, similar.length > 0 ? similar : allowed(commands, level), level)}`;
}

export function unknownCommandText(
  commands: readonly Listed[],
  words: readonly string[],
  level: Level,
): string {
  const similar = similarCommands(allowed(commands, level), words);
  const what = words.length === 0 ? '' : `: '${words.slice(0, 2).join(' ')}'`;
  if (similar.length === 0)
    return `Unknown command${what}. Please enter one of the following commands only:\n${list(commands, allowed(commands, level), level)}`;
  return `Unknown command${what}, but maybe one of the following ones is a better match:\n${list(commands, similar, level)}`;
}

function allowed(commands: readonly Listed[], level: Level): Listed[] {
  return commands.filter((command) => isAllowed(level, command.level));
}

function list(commands: readonly Listed[], shown: readonly Listed[], level: Level): string {
  const names = shown
    .filter(({ name }) => !ALWAYS.includes(name))
    .sort((a, b) => (a.usage < b.usage ? -1 : 1));
  const last = allowed(commands, level).filter(({ name }) => ALWAYS.includes(name));
  return [...names.map(lineOf), HELP_LINE, ...last.map(lineOf)].join('');
}

function lineOf({ usage, help }: Listed): string {
  return line(usage, help);
}

function line(usage: string, help: string): string {
  return `  ${usage.padEnd(USAGE_WIDTH)}: ${help}\n`;
}

/**
 * Commands that begin with the same words, narrowed by the first word that does not fit; or, when not even the first
 * fits, those in which some word resembles it.
 */
function similarCommands(commands: readonly Listed[], words: readonly string[]): Listed[] {
  const first = words[0];
  if (first === undefined) return [];
  let same: readonly Listed[] = commands;
  for (const [place, word] of words.entries()) {
    const closer = same.filter(({ name }) => name.split(' ')[place] === word);
    if (closer.length === 0) return place === 0 ? resembling(commands, word) : narrowed(same, place, word);
    same = closer;
  }
  return [...same];
}

function narrowed(commands: readonly Listed[], place: number, word: string): Listed[] {
  const close = commands.filter(({ name }) => nearest(word, [name.split(' ')[place] ?? '']) !== undefined);
  return close.length > 0 ? close : [...commands];
}

function resembling(commands: readonly Listed[], word: string): Listed[] {
  return commands.filter(({ name }) => nearest(word, name.split(' ')) !== undefined);
}
