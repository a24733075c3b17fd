/**
 * Lines of the worker process on stderr, in HAProxy's form: `[WARNING]  (1234) : text`. The severity is padded so
 * that the pids align.
 */
import { writeSync } from 'node:fs';

export type ConsoleSeverity = 'ALERT' | 'WARNING' | 'NOTICE';

export interface Console {
  write(severity: ConsoleSeverity, text: string): void;
}

/** A console on a file descriptor. A full pipe or a closed terminal loses the line, never the process. */
export function openConsole(fd: number, isQuiet: boolean): Console {
  return {
    write(severity, text) {
      if (isQuiet) return;
      try {
        writeSync(fd, `${`[${severity}]`.padEnd(10)} (${process.pid}) : ${text}\n`);
      } catch {
        // EAGAIN, EPIPE, EIO: nowhere left to tell.
      }
    },
  };
}
