/**
 * Dates as HAProxy writes them in logs and syslog headers, kept per second: a busy thread formats each once a second.
 * Local time is the process's zone (TZ). Arguments are wall-clock milliseconds since 1970; fractions count.
 */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** One thread's texts. Each kind keeps the last second's, so that several kinds in one line do not evict each other. */
export class DateTexts {
  readonly #clf = new SecondText(formatClf);
  readonly #clfLocal = new SecondText(formatClfLocal);
  readonly #clfUtc = new SecondText(formatClfUtc);
  readonly #syslog = new SecondText(formatSyslog);
  readonly #iso = new SecondText(formatIso);
  readonly #zone = new SecondText(formatColonZone);

  /** `23/Nov/2026:19:58:06`, local: the `%t` of log formats but for its milliseconds. */
  clf(wallMs: number): string {
    return this.#clf.at(wallMs);
  }

  /** `23/Nov/2026:19:58:06 +0530`, local: `%Tl`. */
  clfLocal(wallMs: number): string {
    return this.#clfLocal.at(wallMs);
  }

  /** `23/Nov/2026:14:28:06 +0000`: `%T`. */
  clfUtc(wallMs: number): string {
    return this.#clfUtc.at(wallMs);
  }

  /** `Nov  3 19:58:06`, local: the header of RFC 3164 §4.1.2. */
  syslog(wallMs: number): string {
    return this.#syslog.at(wallMs);
  }

  /** `2026-11-23T19:58:06.986548+05:30`, local: the header of RFC 5424 §6.2.3 and of `format iso`. */
  iso(wallMs: number): string {
    const micros = Math.floor((wallMs % 1000) * 1000);
    return `${this.#iso.at(wallMs)}.${threeDigits(Math.floor(micros / 1000))}${threeDigits(micros % 1000)}${this.#zone.at(wallMs)}`;
  }
}

/** A text that changes once a second. */
class SecondText {
  readonly #format: (date: Date) => string;
  #second = Number.NaN;
  #text = '';

  constructor(format: (date: Date) => string) {
    this.#format = format;
  }

  at(wallMs: number): string {
    const second = Math.floor(wallMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = this.#format(new Date(second * 1000));
    }
    return this.#text;
  }
}

function formatClf(date: Date): string {
  return `${twoDigits(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}:${timeOfDay(date)}`;
}

function formatClfLocal(date: Date): string {
  return `${formatClf(date)} ${zoneOf(date, '')}`;
}

function formatClfUtc(date: Date): string {
  const day = `${twoDigits(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  const hours = twoDigits(date.getUTCHours());
  return `${day}:${hours}:${twoDigits(date.getUTCMinutes())}:${twoDigits(date.getUTCSeconds())} +0000`;
}

function formatSyslog(date: Date): string {
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2, ' ')} ${timeOfDay(date)}`;
}

function formatIso(date: Date): string {
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}T${timeOfDay(date)}`;
}

function formatColonZone(date: Date): string {
  return zoneOf(date, ':');
}

function timeOfDay(date: Date): string {
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
}

function zoneOf(date: Date, separator: string): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}${separator}${twoDigits(size % 60)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function threeDigits(value: number): string {
  return value < 10 ? `00${value}` : value < 100 ? `0${value}` : String(value);
}
