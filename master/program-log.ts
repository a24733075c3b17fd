/**
 * What the master itself has to say: in HAProxy's form on stderr when it serves as HAProxy, by pino for people.
 * Every line is also kept for `show startup-logs` and the answer to a reload.
 */
import { writeSync } from 'node:fs';
import { haproxyLine } from '../config/diagnostics/render.ts';
import { FULL_VERSION } from './product.ts';

export type LogLevel = 'alert' | 'warning' | 'notice';

/** Where lines go in the end. */
export interface LogSink {
  /** `text` may have several lines. */
  write(level: LogLevel, text: string): void;
  /** A line or text that is printed as it is. */
  writeLine(level: LogLevel, text: string): void;
}

export class ProgramLog {
  readonly #sink: LogSink;
  #kept: string[] = [];
  #isSilent = false;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  /** Prints nothing from now on (`quiet` in the global section); what is kept for the master CLI is kept. */
  silence(): void {
    this.#isSilent = true;
  }

  alert(text: string): void {
    this.#write('alert', text);
  }

  warning(text: string): void {
    this.#write('warning', text);
  }

  notice(text: string): void {
    this.#write('notice', text);
  }

  /** A line that is in HAProxy's form already, without its line feed. */
  line(level: LogLevel, line: string): void {
    this.#kept.push(`${line}\n`);
    if (!this.#isSilent) this.#sink.writeLine(level, line);
  }

  /** A text for people that needs no label of its own: a diagnostic. */
  text(level: LogLevel, text: string): void {
    this.keep(level, text);
    if (!this.#isSilent) this.#sink.writeLine(level, text);
  }

  /** Keeps a line that was printed by someone else, such as the worker process. */
  keep(level: LogLevel, text: string): void {
    this.#kept.push(lineOf(level, text));
  }

  /** Forgets what was kept: a start or a reload begins. */
  beginStart(): void {
    this.#kept = [];
  }

  /** The lines since the last start or reload began, in HAProxy's form. */
  startupLines(): string {
    return this.#kept.join('');
  }

  #write(level: LogLevel, text: string): void {
    this.keep(level, text);
    if (!this.#isSilent) this.#sink.write(level, text);
  }
}

const SEVERITY = { alert: 'error', warning: 'warning', notice: 'notice' } as const;

/** `[NOTICE]   (1234) : text`; further lines are indented with a bar, as HAProxy prints them. */
function lineOf(level: LogLevel, text: string): string {
  return `${haproxyLine(SEVERITY[level], process.pid, text.replaceAll('\n', '\n   | '))}\n`;
}

/**
 * HAProxy's own form. The first alert or warning is preceded by the version and the path of the program, as HAProxy
 * does. A full pipe or a closed terminal loses the line, never the process.
 */
export function haproxySink(isQuiet: boolean, programPath: string): LogSink {
  let isIntroduced = false;
  const introduce = (level: LogLevel) => {
    if (isIntroduced || level === 'notice') return;
    isIntroduced = true;
    writeQuietly(lineOf('notice', `haproxy version is ${FULL_VERSION}`));
    writeQuietly(lineOf('notice', `path to executable is ${programPath}`));
  };
  const writeLine = (level: LogLevel, line: string) => {
    if (isQuiet) return;
    introduce(level);
    writeQuietly(`${line}\n`);
  };
  return { writeLine, write: (level, text) => writeLine(level, lineOf(level, text).slice(0, -1)) };
}

/** For people: pino, pretty on a terminal and JSON otherwise. */
export async function pinoSink(): Promise<LogSink> {
  const { pino } = await import('pino');
  const base = { level: 'info', name: 'fairlead' };
  const destination = pino.destination({ fd: 2, sync: true });
  destination.on('error', () => {});
  const logger = process.stderr.isTTY
    ? pino(
        base,
        (await import('pino-pretty')).default({
          destination: 2,
          sync: true,
          ignore: 'hostname,name',
          translateTime: 'SYS:HH:MM:ss',
        }),
      )
    : pino(base, destination);
  const write = { alert: 'error', warning: 'warn', notice: 'info' } as const;
  const plain = (_level: LogLevel, text: string) => writeQuietly(`${text}\n`);
  return {
    write: (level, text) => logger[write[level]](text),
    writeLine: process.stderr.isTTY ? plain : (level, text) => logger[write[level]](text),
  };
}

/** For people who check a file: texts as they are. */
export function plainSink(): LogSink {
  const write = (_level: LogLevel, text: string) => writeQuietly(`${text}\n`);
  return { write, writeLine: write };
}

function writeQuietly(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // EAGAIN, EPIPE, EIO: nowhere left to tell.
  }
}
