/**
 * One operator's conversation with the master CLI: text in, text out. Lines are answered in order, each command by
 * the master or by the worker process that its prefix or an earlier `@` line names.
 */
import { runCommand, splitLine } from '../../src/command/interpreter.ts';
import { type Level, newSession } from '../../src/command/session.ts';
import { masterCommands } from './commands.ts';
import type { CliModes, MasterContext, MasterView } from './context.ts';

export interface ConversationOptions {
  readonly master: MasterView;
  readonly level: Level;
  readonly version: string;
  now(): number;
  send(text: string): void;
  /** Ends the connection behind what was sent. */
  end(): void;
}

/** Longer lines are nobody's command, in characters. */
const LINE_MAX = 65_536;

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #context: MasterContext;
  readonly #modes: CliModes = { isExperimental: false, isExpert: false, isDebug: false };
  /** The process that lines without a prefix go to; 0 is the master. */
  #target = 0;
  #text = '';
  #isBusy = false;
  #isEnded = false;
  #hasInputEnded = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#context = {
      session: newSession(options.level, 0),
      version: options.version,
      master: options.master,
      modes: this.#modes,
      nowMs: 0,
      reloadStyle: null,
      laterAnswer: null,
    };
  }

  receive(text: string): void {
    this.#text += text;
    if (this.#text.length > LINE_MAX && !this.#text.includes('\n')) this.#end();
    else this.#work();
  }

  /** The operator has sent all: what is there is answered, a last line without its end too. */
  inputEnded(): void {
    this.#hasInputEnded = true;
    if (this.#text !== '' && !this.#text.endsWith('\n')) this.#text += '\n';
    this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isBusy || this.#isEnded) return;
    this.#isBusy = true;
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end < 0 || this.#isEnded) break;
      const line = this.#text.slice(0, end).replace(/\r$/, '');
      this.#text = this.#text.slice(end + 1);
      await this.#answerLine(line);
      const { session } = this.#context;
      if (session.hasPrompt && !this.#isEnded) this.#options.send(this.#prompt());
      if (!session.isInteractive && !this.#text.includes('\n')) this.#end();
    }
    this.#isBusy = false;
    if (this.#hasInputEnded) this.#end();
  }

  async #answerLine(line: string): Promise<void> {
    const whole = /^\s*@@(\S*)\s*(.*)$/.exec(line);
    if (whole !== null) {
      await this.#answerCommand([`@${whole[1]}`, ...(whole[2] === '' ? [] : [whole[2]!])], whole[2]!);
      return;
    }
    for (const words of splitLine(line)) {
      if (this.#isEnded) return;
      if (words.length > 0) await this.#answerCommand(words, words.map(escapeWord).join(' '));
    }
  }

  /** `raw` is the command as a worker process should get it, its prefix included unless it came with `@@`. */
  async #answerCommand(words: readonly string[], raw: string): Promise<void> {
    const hasPrefix = words[0]!.startsWith('@');
    const target = hasPrefix ? this.#resolve(words[0]!) : this.#target;
    if (target === null) {
      this.#options.send(`Can't find the target PID matching the prefix '${words[0]}'\n`);
      this.#end();
    } else if (hasPrefix && words.length === 1) {
      this.#target = target;
    } else if (target === 0) {
      await this.#answerHere(hasPrefix ? words.slice(1) : words);
    } else if (words[0] === 'quit') {
      this.#end();
    } else if (words[0] === 'prompt') {
      await this.#answerHere(words);
    } else {
      const line = hasPrefix && raw.startsWith('@') ? raw.slice(raw.indexOf(' ') + 1) : raw;
      await this.#answerThere(target, line);
    }
  }

  async #answerHere(words: readonly string[]): Promise<void> {
    const context = this.#context as { -readonly [K in keyof MasterContext]: MasterContext[K] };
    context.nowMs = this.#options.now();
    const answer = runCommand(masterCommands, words, context);
    if (context.reloadStyle !== null) {
      await this.#reload(context.reloadStyle);
    } else if (context.laterAnswer !== null) {
      this.#options.send(await context.laterAnswer);
      this.#end();
    } else if (context.session.isClosing) {
      this.#end();
    } else if (words[0] !== 'prompt' || answer !== '\n') {
      this.#options.send(answer);
    }
  }

  async #answerThere(pid: number, line: string): Promise<void> {
    const { session, master } = this.#context;
    const answer = master.command(pid, line, session.level);
    if (answer !== null) this.#options.send(await answer);
    else {
      this.#options.send(`Can't find the target PID matching the prefix '@!${pid}'\n`);
      this.#end();
    }
  }

  async #reload(style: 'soft' | 'hard'): Promise<void> {
    const { master } = this.#context;
    const isDone = await master.reload(style);
    this.#options.send(`Success=${isDone ? 1 : 0}\n--\n${master.startupLines()}`);
    this.#end();
  }

  /** The pid that a prefix names, 0 for the master, null for nobody. */
  #resolve(prefix: string): number | null {
    const name = prefix.slice(1);
    if (name === '' || name === 'master' || name === '0') return 0;
    const processes = this.#context.master.processes();
    const byPid = /^!(\d{1,10})$/.exec(name);
    const found =
      byPid === null
        ? processes.filter(({ kind }) => kind === 'worker')[name === '1' ? 0 : -1]
        : processes.find(({ pid }) => pid === Number(byPid[1]));
    if (found === undefined) return null;
    return found.kind === 'master' ? 0 : found.pid;
  }

  #prompt(): string {
    const { isExperimental, isExpert, isDebug } = this.#modes;
    const letters = `${isExperimental ? 'x' : ''}${isExpert ? 'e' : ''}${isDebug ? 'd' : ''}`;
    const flags = letters === '' ? '' : `(${letters})`;
    if (this.#target !== 0) return `${this.#target}${flags}> `;
    return `master${this.#context.master.failedReloads > 0 ? '[ReloadFailed]' : ''}${flags}> `;
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#options.end();
  }
}

function escapeWord(word: string): string {
  return word.replace(/[\\; \t]/g, '\\$&');
}
