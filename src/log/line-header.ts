/**
 * What stands before the text of a log line, by the format of its target (manual section 4.2, `log … format`):
 * RFC 3164 and RFC 5424 syslog, and the shorter ones that systemd and people read.
 */
import { byteStringOf } from '../bytes/byte-text.ts';
import type { LineBuffer } from '../bytes/line-buffer.ts';
import { DateTexts } from '../time/date-texts.ts';

export type LineFormat = 'rfc3164' | 'rfc5424' | 'local' | 'priority' | 'short' | 'timed' | 'iso' | 'raw';

export interface HeaderFacts {
  /** 0..23. */
  readonly facility: number;
  /** `log-tag`, or the name the program was called by. */
  readonly tag: string;
  readonly pid: number;
  /** The name that `log-send-hostname` sends; '' without it. */
  readonly hostName: string;
}

export type WriteHeader = (out: LineBuffer, level: number, wallMs: number) => void;

/** One per thread: modules are loaded once in each. */
const dateTexts = new DateTexts();

const OPEN = 60;
const CLOSE = 62;
const SPACE = 32;

/** `format` null is the default: local, or rfc3164 with `log-send-hostname`. */
export function compileHeader(format: LineFormat | null, facts: HeaderFacts): WriteHeader {
  const priority = facts.facility * 8;
  const hostName = byteStringOf(facts.hostName);
  const tag = byteStringOf(facts.tag);
  const program = `${tag}[${facts.pid}]: `;
  switch (format ?? (hostName === '' ? 'local' : 'rfc3164')) {
    case 'rfc3164':
      return syslog(priority, ` ${hostName === '' ? 'localhost' : hostName} ${program}`);
    case 'local':
      return syslog(priority, ` ${program}`);
    case 'rfc5424':
      return structured(priority, ` ${hostName === '' ? '-' : hostName} ${tag} ${facts.pid} - `);
    case 'priority':
      return (out, level) => writePriority(out, priority + level);
    case 'short':
      return writePriority;
    case 'timed':
      return (out, level, wallMs) => {
        writePriority(out, level);
        writeIso(out, wallMs);
      };
    case 'iso':
      return (out, _level, wallMs) => writeIso(out, wallMs);
    case 'raw':
      return () => {};
  }
}

/** RFC 3164 §4.1. */
function syslog(priority: number, behindDate: string): WriteHeader {
  return (out, level, wallMs) => {
    writePriority(out, priority + level);
    out.text(dateTexts.syslog(wallMs));
    out.text(behindDate);
  };
}

/** RFC 5424 §6.2, up to the structured data. */
function structured(priority: number, behindDate: string): WriteHeader {
  return (out, level, wallMs) => {
    writePriority(out, priority + level);
    out.text('1 ');
    out.text(dateTexts.iso(wallMs));
    out.text(behindDate);
  };
}

function writePriority(out: LineBuffer, value: number): void {
  out.byte(OPEN);
  out.int(value);
  out.byte(CLOSE);
}

function writeIso(out: LineBuffer, wallMs: number): void {
  out.text(dateTexts.iso(wallMs));
  out.byte(SPACE);
}
