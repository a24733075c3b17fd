/**
 * What stands before the text of a log line, by the format of its target (manual section 3.1, `log … format`):
 * RFC 3164 and RFC 5424 syslog, and the shorter ones that systemd and humans read.
 */
import type { LineBuffer } from '../bytes/line-buffer.ts';
import { DateTexts } from '../time/date-texts.ts';

export type LineFormat = 'rfc3164' | 'rfc5424' | 'local' | 'priority' | 'short' | 'timed' | 'iso' | 'raw';

export interface HeaderFacts {
  /** 0..23. */
  readonly facility: number;
  /** `log-tag`, or the name the program was called by. */
  readonly tag: string;
  readonly pid: number;
  /** Sent by rfc3164 only with `log-send-hostname`; rfc5424 always has one. Empty: none. */
  readonly hostName: string;
}

export type WriteHeader = (out: LineBuffer, level: number, wallMs: number) => void;

const dateTexts = new DateTexts();

export function compileHeader(format: LineFormat, facts: HeaderFacts): WriteHeader {
  const priority = facts.facility * 8;
  const name = `${facts.tag}[${facts.pid}]: `;
  switch (format) {
    case 'rfc3164': {
      const behindDate = facts.hostName === '' ? ` ${name}` : ` ${facts.hostName} ${name}`;
      return (out, level, wallMs) =>
        out.text(`<${priority + level}>${dateTexts.syslog(wallMs)}${behindDate}`);
    }
    case 'local':
      return (out, level, wallMs) => out.text(`<${priority + level}>${dateTexts.syslog(wallMs)} ${name}`);
    case 'rfc5424': {
      const behindDate = ` ${facts.hostName === '' ? '-' : facts.hostName} ${facts.tag} ${facts.pid} - - `;
      return (out, level, wallMs) => out.text(`<${priority + level}>1 ${dateTexts.iso(wallMs)}${behindDate}`);
    }
    case 'priority':
      return (out, level) => out.text(`<${priority + level}>`);
    case 'short':
      return (out, level) => out.text(`<${level}>`);
    case 'timed':
      return (out, level, wallMs) => out.text(`<${level}>${dateTexts.iso(wallMs)} `);
    case 'iso':
      return (out, _level, wallMs) => out.text(`${dateTexts.iso(wallMs)} `);
    case 'raw':
      return () => {};
  }
}
