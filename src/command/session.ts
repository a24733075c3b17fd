/** One operator's connection to the runtime API, and the commands that concern only it. */
import { arg } from '../keyword/arg.ts';
import { parseDuration } from '../keyword/units.ts';
import { commandsOn } from './declare.ts';
import { type Answer, failure, information, SEVERITY_FORMS, type SeverityForm } from './message.ts';

/** What a session may do: `user` sees what is harmless, `operator` sees all, `admin` changes everything. */
export const LEVELS = ['user', 'operator', 'admin'] as const;
export type Level = (typeof LEVELS)[number];

export function isAllowed(own: Level, needed: Level): boolean {
  return LEVELS.indexOf(own) >= LEVELS.indexOf(needed);
}

/** What a session may go on showing after its command: events of a ring buffer. */
export interface EventReader {
  /** What came since the last call, in whole lines; '' when nothing did. */
  read(): string;
  /** Resolves when there may be more to read. */
  changed(): Promise<void>;
}

/** Changed by commands, read by whoever serves the connection. */
export interface CliSession {
  level: Level;
  /** Stays open after a line. */
  isInteractive: boolean;
  /** Shows `> ` when it waits for a line. */
  hasPrompt: boolean;
  /** Shows the uptime in the prompt. */
  isPromptTimed: boolean;
  /** Closed after this much silence, in ms. */
  timeoutMs: number;
  /** How messages show their severity. */
  severityForm: SeverityForm;
  /** `quit` was said. */
  isClosing: boolean;
  /** Until there is input, whatever it reads is shown. */
  follows: EventReader | null;
}

export interface SessionContext {
  readonly session: CliSession;
  readonly version: string;
}

export function newSession(level: Level, timeoutMs: number, severityForm: SeverityForm = 'none'): CliSession {
  return {
    level,
    isInteractive: false,
    hasPrompt: false,
    isPromptTimed: false,
    timeoutMs,
    severityForm,
    isClosing: false,
    follows: null,
  };
}

const PROMPT_USAGE =
  'Usage: prompt [help | n | i | p | timed]*\nhelp: this page, n: non-interactive, i: interactive, p: prompt, timed: uptime in the prompt\n';

const define = commandsOn<SessionContext>();

function lower(session: CliSession, level: Level): Answer {
  if (!isAllowed(session.level, level)) return failure('Permission denied\n');
  session.level = level;
  return '';
}

function setPrompt(session: CliSession, words: readonly string[]): string {
  if (words.length === 0) {
    setMode(session, session.hasPrompt ? 'n' : 'p');
    return '';
  }
  for (const word of words) {
    if (word === 'timed') {
      session.isPromptTimed = !session.isPromptTimed;
      setMode(session, 'p');
    } else if (word === 'n' || word === 'i' || word === 'p') setMode(session, word);
    else return PROMPT_USAGE;
  }
  return '';
}

function setMode(session: CliSession, mode: 'n' | 'i' | 'p'): void {
  session.isInteractive = mode !== 'n';
  session.hasPrompt = mode === 'p';
}

function setTimeout(
  { session }: SessionContext,
  what: string | undefined,
  delay: string | undefined,
): Answer {
  if (what !== 'cli') return failure("'set timeout' only supports 'cli'.\n");
  if (delay === undefined) return failure('Expects an integer value.\n');
  const timeoutMs = parseDuration(delay, 's');
  if (typeof timeoutMs === 'string' || timeoutMs < 1) return failure('Invalid timeout value.\n');
  session.timeoutMs = timeoutMs;
  return '';
}

function setSeverityForm(session: CliSession, word: string | undefined): Answer {
  const form = SEVERITY_FORMS.find((each) => each === word);
  if (form === undefined) return failure("one of 'none', 'number', 'string' is a required argument\n");
  session.severityForm = form;
  return '';
}

export const sessionCommands = [
  define({
    name: 'operator',
    usage: 'operator',
    help: 'lower the level of the current CLI session to operator',
    summary: 'Gives up the admin level for this session.',
    args: {},
    run: (_, { session }) => lower(session, 'operator'),
  }),
  define({
    name: 'user',
    usage: 'user',
    help: 'lower the level of the current CLI session to user',
    summary: 'Gives up the admin and operator levels for this session.',
    args: {},
    run: (_, { session }) => lower(session, 'user'),
  }),
  define({
    name: 'show cli level',
    usage: 'show cli level',
    help: 'display the level of the current CLI session',
    summary: 'Tells what this session may do: admin, operator or user.',
    args: {},
    examples: [{ text: 'show cli level', result: 'admin\n' }],
    run: (_, { session }) => information(`${session.level}\n`),
  }),
  define({
    name: 'show version',
    usage: 'show version',
    help: 'show version of the current process',
    summary: 'Tells the version of the process that answers.',
    args: {},
    run: (_, { version }) => information(`${version}\n`),
  }),
  define({
    name: 'set timeout',
    usage: 'set timeout [cli] <delay>',
    help: 'change a timeout setting',
    summary: 'Sets how long this session may be silent; a bare number counts seconds.',
    args: { what: arg.optional(arg.word('cli')), delay: arg.optional(arg.word('delay')) },
    examples: [
      { text: 'set timeout cli 10s', result: '' },
      { text: 'set timeout cli', result: 'Expects an integer value.\n' },
    ],
    run: ({ what, delay }, context) => setTimeout(context, what, delay),
  }),
  define({
    name: 'set severity-output',
    usage: 'set severity-output [none|number|string]',
    help: 'set presence of severity level in feedback information',
    summary: 'Says whether messages begin with their severity in this session, as a number or as a word.',
    args: { form: arg.optional(arg.word('none|number|string')) },
    examples: [
      { text: 'set severity-output number', result: '' },
      {
        text: 'set severity-output loud',
        result: "one of 'none', 'number', 'string' is a required argument\n",
      },
    ],
    run: ({ form }, { session }) => setSeverityForm(session, form),
  }),
  define({
    name: 'echo',
    usage: 'echo <text>',
    help: 'print some text',
    summary: 'Answers with its own text, to tell the answers of several commands apart.',
    args: { text: arg.optional(arg.rest('text'), []) },
    examples: [{ text: 'echo part two', result: 'part two\n' }],
    run: ({ text }) => `${text.join(' ')}\n`,
  }),
  define({
    name: 'prompt',
    usage: 'prompt [help | n | i | p | timed]*',
    help: 'toggle interactive mode with prompt',
    summary: 'Keeps the session open for more lines, with a prompt or without.',
    args: { modes: arg.optional(arg.rest('mode'), []) },
    run: ({ modes }, { session }) => setPrompt(session, modes),
  }),
  define({
    name: 'quit',
    usage: 'quit',
    help: 'disconnect',
    summary: 'Closes the session.',
    args: {},
    run(_, { session }) {
      session.isClosing = true;
      return '';
    },
  }),
] as const;
