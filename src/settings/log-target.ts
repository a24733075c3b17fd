/** Where log lines go and in what form: the arguments of `log` lines (manual sections 3.1 and 4.2, `log`). */
import { type Arg, arg, type ValuesOf } from '../keyword/arg.ts';
import type { Example } from '../keyword/declaration.ts';
import { ArgumentError, type Word } from '../keyword/words.ts';
import { LOG_LEVELS } from '../log/levels.ts';
import type { Address } from '../net/address.ts';
import { logAddressArg } from './address-arg.ts';

/** Syslog facilities by their numbers (RFC 5424 §6.2.1). */
export const LOG_FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'auth2',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'cron2',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

export const LOG_LINE_FORMATS = [
  'rfc3164',
  'rfc5424',
  'local',
  'priority',
  'short',
  'timed',
  'iso',
  'raw',
] as const;
export type LogLineFormat = (typeof LOG_LINE_FORMATS)[number];

/** HAProxy's default of `len`, in bytes (manual section 3.1, log). */
const LINE_LENGTH_DEFAULT = 1024;

/** One destination of log lines. */
export interface LogTarget {
  /** `unix` for a socket path, `fd` for stdout (1), stderr (2) and `fd@`; else a UDP address with its port. */
  readonly address: Address;
  /** Longer lines are cut to this many bytes. */
  readonly maxLength: number;
  /** Null: HAProxy's default, which depends on `log-send-hostname`. */
  readonly format: LogLineFormat | null;
  /** Of every `size` lines, those whose number (from 1) is in `ranges` are sent. */
  readonly sample: LogSample | null;
  /** Number of the facility in LOG_FACILITIES. */
  readonly facility: number;
  /** Lines less urgent than this number are not sent; 7 sends all. */
  readonly maxLevel: number;
  /** Lines more urgent than this number are sent as if they had it; 0 changes none. */
  readonly minLevel: number;
}

export interface LogSample {
  readonly ranges: readonly { readonly low: number; readonly high: number }[];
  readonly size: number;
}

export interface LogLevels {
  readonly facility: (typeof LOG_FACILITIES)[number];
  readonly maxLevel: (typeof LOG_LEVELS)[number];
  readonly minLevel: (typeof LOG_LEVELS)[number];
}

/** `<facility> [<max level> [<min level>]]`, which stands behind the named arguments. */
function levelsArg(): Arg<LogLevels> {
  const facility = arg.oneOf(...LOG_FACILITIES);
  const level = arg.oneOf(...LOG_LEVELS);
  return {
    kind: 'rest',
    usage: '<facility> [ <max level> [ <min level> ] ]',
    isOptional: false,
    schema: { type: 'string' },
    good: ['local0', 'daemon'],
    bad: ['local8'],
    parse: (words, site) => ({
      facility: facility.parse(words, site, 'facility'),
      maxLevel: words.isEmpty ? 'debug' : level.parse(words, site, 'max level'),
      minLevel: words.isEmpty ? 'emerg' : level.parse(words, site, 'min level'),
    }),
  };
}

/** The ring buffers there are, and the form of lines in them (manual section 12.5). */
const RINGS: ReadonlySet<string> = new Set(['buf0']);
const RING_PREFIX = 'ring@';
const RING_LINE_FORMAT = 'timed';

/** The longest line in a ring, its header included: the default of `maxlen`. */
export const RING_LINE_MAX_BYTES = 1024;

/** The name of the ring that an address of a target is; null for the others. */
export function ringOf({ family, fd, host }: Address): string | null {
  return family === 'fd' && fd < 0 ? host : null;
}

/** Addresses as `logAddressArg` takes them, and `ring@<name>`. */
function targetArg(): Arg<Address> {
  const address = logAddressArg();
  return {
    ...address,
    good: [...address.good, 'ring@buf0'],
    parse(words, site, name) {
      if (words.peek()?.startsWith(RING_PREFIX) !== true) return address.parse(words, site, name);
      const word = words.take(`<${name}>`);
      const ring = word.text.slice(RING_PREFIX.length);
      if (!RINGS.has(ring))
        throw new ArgumentError(
          word.at,
          `log target '${word.text}': there is no such ring, and sections 'ring' are not supported yet`,
          {
            remedy: 'write ring@buf0, the ring that every process has',
          },
        );
      return {
        family: 'fd',
        host: ring,
        portLow: 0,
        portHigh: 0,
        portOffset: null,
        fd: -1,
        socket: 'dgram',
        protocol: null,
        text: word.text,
      };
    },
  };
}

export const logTargetArgs = {
  target: targetArg(),
  len: arg.named(arg.int({ min: 80, max: 65535 })),
  format: arg.named(arg.oneOf(...LOG_LINE_FORMATS)),
  sample: arg.named(sampleArg()),
  levels: levelsArg(),
};

function sampleArg(): Arg<LogSample> {
  return arg.custom({
    what: 'ranges:size',
    good: ['1:2', '1-2,5:8'],
    bad: ['1', '3:2', '2-1:4', '0:3', '1-3,2:4'],
    read: readSample,
  });
}

function readSample(word: Word, _site: unknown, name: string): LogSample {
  const match = /^(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*):(\d+)$/.exec(word.text);
  const size = Number(match?.[2]);
  const ranges = (match?.[1] ?? '')
    .split(',')
    .map(readRange)
    .sort((a, b) => a.low - b.low);
  if (match === null || !areApart(ranges, size)) {
    throw new ArgumentError(word.at, `'${word.text}' is not a sampling for <${name}>`, {
      remedy:
        'write numbers or ranges from 1 that do not overlap, a colon and how many lines make a round: 1-2,5:8',
    });
  }
  return { ranges, size };
}

function readRange(text: string): { low: number; high: number } {
  const [low, high = low] = text.split('-').map(Number);
  return { low: low!, high: high! };
}

/** True when the sorted ranges begin at 1 or more, do not overlap and end within `size`. */
function areApart(ranges: LogSample['ranges'], size: number): boolean {
  let last = 0;
  for (const { low, high } of ranges) {
    if (low <= last || high < low) return false;
    last = high;
  }
  return last <= size;
}

/** The example of both `log` keywords. */
export const logExamples: readonly Example[] = [
  {
    text: 'log 127.0.0.1 format rfc5424 local0 notice',
    result: {
      address: {
        family: 'ipv4',
        host: '127.0.0.1',
        portLow: 514,
        portHigh: 514,
        portOffset: null,
        fd: -1,
        socket: 'dgram',
        protocol: null,
        text: '127.0.0.1',
      },
      maxLength: 1024,
      format: 'rfc5424',
      sample: null,
      facility: 16,
      maxLevel: 5,
      minLevel: 0,
    },
  },
];

export function logTargetOf({
  target,
  len,
  format,
  sample,
  levels,
}: ValuesOf<typeof logTargetArgs>): LogTarget {
  return {
    address: target,
    maxLength: len ?? LINE_LENGTH_DEFAULT,
    format: ringOf(target) === null ? (format ?? null) : RING_LINE_FORMAT,
    sample: sample ?? null,
    facility: LOG_FACILITIES.indexOf(levels.facility),
    maxLevel: LOG_LEVELS.indexOf(levels.maxLevel),
    minLevel: LOG_LEVELS.indexOf(levels.minLevel),
  };
}
