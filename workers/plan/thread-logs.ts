/** One thread's log targets over its reloads, and what the compiling of log formats needs to know of the process. */
import { hostname } from 'node:os';
import type { Model } from '../../config/model/model.ts';
import { type LogTarget, openLogTarget } from '../log/datagram-target.ts';
import { textLimitOf } from '../log/target-lines.ts';
import type { LogFactory } from './compile-log.ts';

/** `tune.http.logurilen` by default: HAProxy's 1024 without the byte that ends its text. */
const LOG_URI_BYTES = 1023;

export class ThreadLogs {
  readonly #programName: string;
  /** By address. */
  readonly #targets = new Map<string, LogTarget>();
  /** No model names them any more, but streams of the plan before may still write to them. */
  #leaving = new Set<string>();

  constructor(programName: string) {
    this.#programName = programName;
  }

  /** What the plan of a model opens its targets by. */
  factoryFor(model: Model): LogFactory {
    return {
      identity: {
        tag: model.global.logTag ?? this.#programName,
        pid: process.pid,
        hostName: sentHostName(model),
      },
      site: {
        pid: process.pid,
        hostName: hostname(),
        requestLineMaxBytes: model.global.logUriBytes ?? LOG_URI_BYTES,
        isEarly: false,
      },
      textMaxBytes: textLimitOf(model.proxies.flatMap(({ logs }) => logs)),
      open: ({ address }) => {
        let target = this.#targets.get(address.text);
        if (target === undefined) {
          target = openLogTarget(address);
          this.#targets.set(address.text, target);
        }
        return target;
      },
    };
  }

  /** The model is in force: closes what the two last ones did not name. */
  settle(model: Model): void {
    const named = new Set(model.proxies.flatMap(({ logs }) => logs.map(({ address }) => address.text)));
    const unnamed = [...this.#targets.keys()].filter((text) => !named.has(text));
    for (const text of unnamed) {
      if (!this.#leaving.has(text)) continue;
      this.#targets.get(text)!.close();
      this.#targets.delete(text);
    }
    this.#leaving = new Set(unnamed);
  }
}

/** `log-send-hostname`: the name in syslog headers; nothing without it. */
function sentHostName({ global }: Model): string {
  const { logHostname } = global;
  if (logHostname === undefined) return '';
  return logHostname === '' ? hostname() : logHostname;
}
