/** Aliases of dates: when the connection was accepted, and when the request's first byte came. */
import type { LineBuffer } from '../../bytes/line-buffer.ts';
import { DateTexts } from '../../time/date-texts.ts';
import { numberAlias, plainAlias } from './kinds.ts';

/** One per thread: modules are loaded once in each. */
const dateTexts = new DateTexts();

const DOT = 46;

/** `23/Nov/2026:19:58:06.986`, without making a text for it. */
function writeMillis(out: LineBuffer, wallMs: number): void {
  out.text(dateTexts.clf(wallMs));
  out.byte(DOT);
  out.threeDigits(Math.floor(wallMs) % 1000);
}

export const dateAliases = [
  plainAlias({
    name: 't',
    summary: 'When the connection was accepted, local time with milliseconds.',
    write: (s, out) => writeMillis(out, s.session.acceptedAtMs),
  }),
  plainAlias({
    name: 'T',
    summary: 'When the connection was accepted, UTC with the zone.',
    example: '14/Nov/2023:22:13:20 +0000',
    write: (s, out) => out.text(dateTexts.clfUtc(s.session.acceptedAtMs)),
  }),
  plainAlias({
    name: 'Tl',
    summary: 'When the connection was accepted, local time with the zone.',
    write: (s, out) => out.text(dateTexts.clfLocal(s.session.acceptedAtMs)),
  }),
  numberAlias({
    name: 'Ts',
    summary: 'When the connection was accepted, in seconds since the epoch.',
    example: '1700000000',
    examples: [{ text: '%{+X}Ts', result: '6553F100' }],
    isHexable: true,
    read: (s) => Math.floor(s.session.acceptedAtMs / 1000),
  }),
  plainAlias({
    name: 'ms',
    summary: 'The milliseconds of the second in which the connection was accepted, in three digits.',
    example: '000',
    write: (s, out) => out.threeDigits(Math.floor(s.session.acceptedAtMs) % 1000),
  }),
  plainAlias({
    name: 'tr',
    summary: "When the request's first byte came, local time with milliseconds.",
    isHttpOnly: true,
    write: (s, out) => writeMillis(out, s.facts.requestAtMs),
  }),
  plainAlias({
    name: 'trg',
    summary: "When the request's first byte came, UTC with the zone.",
    example: '14/Nov/2023:22:13:20 +0000',
    isHttpOnly: true,
    write: (s, out) => out.text(dateTexts.clfUtc(s.facts.requestAtMs)),
  }),
  plainAlias({
    name: 'trl',
    summary: "When the request's first byte came, local time with the zone.",
    isHttpOnly: true,
    write: (s, out) => out.text(dateTexts.clfLocal(s.facts.requestAtMs)),
  }),
];
