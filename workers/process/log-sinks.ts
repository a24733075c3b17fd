/** The log sinks of all proxies, with the sockets and descriptors below them. */
import { hostname } from 'node:os';
import type { Model, ProxyModel } from '../../config/model/model.ts';
import type { LogTarget as TargetSettings } from '../../src/settings/log-target.ts';
import { type LogTarget, openLogTarget } from '../log/datagram-target.ts';
import { logMemory } from '../log/log-memory.ts';
import { type LogSink, openLogSink } from '../log/sink.ts';

export class LogSinks {
  #model: Model;
  readonly #programName: string;
  /** By address: equal ones are opened once. */
  readonly #targets = new Map<string, LogTarget>();
  readonly #sinks = new Map<number, LogSink>();

  constructor(model: Model, programName: string) {
    // Made here, before there are threads, which inherit it.
    logMemory();
    this.#model = model;
    this.#programName = programName;
  }

  /** Lines that could not be sent. */
  get dropped(): number {
    let dropped = 0;
    for (const target of this.#targets.values()) dropped += target.dropped;
    return dropped;
  }

  /** A reload: sinks are made anew when they are asked for; targets that no proxy names any more are closed. */
  adopt(model: Model): void {
    this.#model = model;
    this.#sinks.clear();
    const named = new Set(model.proxies.flatMap(({ logs }) => logs.map(({ address }) => address.text)));
    for (const [text, target] of this.#targets) {
      if (named.has(text)) continue;
      target.close();
      this.#targets.delete(text);
    }
  }

  of(proxy: ProxyModel): LogSink {
    const known = this.#sinks.get(proxy.id);
    if (known !== undefined) return known;
    const { logTag, logHostname } = this.#model.global;
    const hostName = logHostname === undefined ? '' : logHostname === '' ? hostname() : logHostname;
    const identity = {
      tag: proxy.settings.logTag ?? logTag ?? this.#programName,
      pid: process.pid,
      hostName,
    };
    const sink = openLogSink(proxy.logs, identity, (settings) => this.#open(settings), proxy.name);
    this.#sinks.set(proxy.id, sink);
    return sink;
  }

  /** Sends what is still batched. */
  close(): void {
    for (const target of this.#targets.values()) target.close();
  }

  #open({ address }: TargetSettings): LogTarget {
    const known = this.#targets.get(address.text);
    if (known !== undefined) return known;
    const target = openLogTarget(address);
    this.#targets.set(address.text, target);
    return target;
  }
}
