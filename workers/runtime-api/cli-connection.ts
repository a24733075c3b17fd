/**
 * One operator's connection to the runtime API (management manual 9.3).
 *
 * ```
 *   reading ──a line──▶ answering ──all its commands answered──▶ reading (interactive, or more lines were there)
 *      │ silence, too long a line      │ the client does not read: waits, reads nothing more
 *      ▼                               ▼ not interactive, `quit`, end of input
 *   closed ◀──────────────────────── closing
 * ```
 *
 * One command runs at a time, and the next only when the kernel has taken the answer: a slow reader costs the memory
 * of one answer.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { AnyCommand } from '../../src/command/declare.ts';
import { runCommand, splitLine } from '../../src/command/interpreter.ts';
import type { SeverityForm } from '../../src/command/message.ts';
import type { ProcessContext } from '../../src/command/process-context.ts';
import { type CliSession, type Level, newSession } from '../../src/command/session.ts';

export interface CliSettings {
  readonly level: Level;
  /** How messages show their severity (`severity-output`). */
  readonly severityForm: SeverityForm;
  readonly timeoutMs: number;
  /** The longest line, in bytes (`tune.bufsize`). */
  readonly lineMaxBytes: number;
  readonly commands: readonly AnyCommand<ProcessContext>[];
  contextOf(session: CliSession): ProcessContext;
  uptimeMs(): number;
}

/** Bytes of payload that a command may bring (`tune.cli.max-payload-size`). */
const PAYLOAD_MAX_BYTES = 128 * 1024;

export class CliConnection {
  readonly #socket: Socket;
  readonly #settings: CliSettings;
  readonly #session: CliSession;
  readonly #context: ProcessContext;
  #input = '';
  /** Commands of the line being answered. */
  #commands: string[][] = [];
  /** Set while payload lines come: the line that ends them. */
  #payloadEnd: string | null = null;
  #payloadBytes = 0;
  #hasEnded = false;
  #isWaiting = false;

  constructor(socket: Socket, settings: CliSettings) {
    this.#socket = socket;
    this.#settings = settings;
    this.#session = newSession(settings.level, settings.timeoutMs, settings.severityForm);
    this.#context = settings.contextOf(this.#session);
    socket.setTimeout(settings.timeoutMs, () => socket.destroy());
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('end', () => {
      this.#hasEnded = true;
      if (this.#session.follows !== null) this.#endFollowing();
      this.#answer();
    });
    socket.on('drain', () => {
      this.#isWaiting = false;
      socket.resume();
      this.#answer();
    });
    socket.on('error', () => socket.destroy());
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    this.#input += bytes.toString('latin1');
    if (this.#session.follows !== null) this.#endFollowing();
    this.#answer();
    if (this.#input.length > this.#settings.lineMaxBytes && !this.#isWaiting) this.#socket.destroy();
  }

  /** Answers as much as the client reads. */
  #answer(): void {
    while (
      !this.#isWaiting &&
      this.#session.follows === null &&
      !this.#socket.writableEnded &&
      !this.#socket.destroyed
    ) {
      const words = this.#commands.shift();
      if (words !== undefined) this.#run(words);
      else if (!this.#takeLine()) {
        if (this.#hasEnded) this.#socket.end();
        return;
      }
    }
  }

  #run(words: readonly string[]): void {
    const answer = runCommand(this.#settings.commands, words, this.#context);
    if (this.#session.isClosing) {
      this.#socket.end();
      return;
    }
    this.#socket.setTimeout(this.#session.timeoutMs);
    if (this.#session.follows !== null) {
      void this.#follow();
      return;
    }
    this.#finishAnswer(answer);
  }

  /** `show events -w`: shows what comes until there is any input. */
  async #follow(): Promise<void> {
    this.#socket.setTimeout(0);
    while (this.#session.follows !== null && !this.#socket.destroyed) {
      const text = this.#session.follows.read();
      if (text !== '') this.#socket.write(text, 'latin1');
      if (this.#socket.writableNeedDrain) await once(this.#socket, 'drain').catch(() => {});
      else await this.#session.follows?.changed();
    }
  }

  /** Input or its end: nothing more is shown, and the next command may come, as in HAProxy even without a prompt. */
  #endFollowing(): void {
    this.#session.follows = null;
    this.#input = '';
    this.#socket.setTimeout(this.#session.timeoutMs);
    if (this.#session.hasPrompt) this.#write(`\n${this.#prompt()}> `);
  }

  #finishAnswer(answer: string): void {
    this.#write(this.#session.hasPrompt ? `${answer}${this.#prompt()}> ` : answer);
    if (this.#commands.length === 0 && !this.#session.isInteractive && !this.#input.includes('\n'))
      this.#socket.end();
  }

  #write(text: string): void {
    if (this.#socket.write(text, 'latin1')) return;
    this.#isWaiting = true;
    this.#socket.pause();
  }

  /** True when a line was there; its commands, if it brings any, are then in #commands. */
  #takeLine(): boolean {
    const end = this.#input.indexOf('\n');
    if (end < 0) return false;
    const line = this.#input.slice(0, end).replace(/\r$/, '');
    this.#input = this.#input.slice(end + 1);
    if (this.#payloadEnd !== null) this.#takePayload(line);
    else this.#takeCommands(line);
    return true;
  }

  /** `command <<END` is followed by lines up to END, or by default up to an empty one. */
  #takeCommands(line: string): void {
    const payload = / <<(\S{0,64})$/.exec(line);
    this.#commands = splitLine(payload === null ? line : line.slice(0, payload.index));
    if (payload !== null) this.#payloadEnd = payload[1]!;
  }

  /** No command of this API takes a payload yet: it is read and dropped, never run. */
  #takePayload(line: string): void {
    this.#payloadBytes += line.length + 1;
    if (this.#payloadBytes > PAYLOAD_MAX_BYTES) this.#socket.destroy();
    if (line !== this.#payloadEnd) return;
    this.#payloadEnd = null;
    this.#payloadBytes = 0;
  }

  /** `[0:00:03:47]` when the prompt is to show the uptime. */
  #prompt(): string {
    if (!this.#session.isPromptTimed) return '';
    const seconds = Math.floor(this.#settings.uptimeMs() / 1000);
    const two = (value: number): string => String(value).padStart(2, '0');
    return `[${Math.floor(seconds / 86_400)}:${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}]`;
  }
}
