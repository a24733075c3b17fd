/** A connection's owner that writes down what happens, and lets tests wait for it. */
import type { Connection, ConnectionOwner } from '../../../workers/connection/connection.ts';

type Hook = (connection: Connection, buffer: Buffer, length: number) => void;

export class Recorder implements ConnectionOwner {
  /** `connect`, `bytes`, `end`, `drain`, `close CODE`, in order; runs of `bytes` count once. */
  readonly events: string[] = [];
  received = 0;
  text = '';
  /** Called after the event was written down, by its name. */
  readonly on: { connect?: Hook; bytes?: Hook; end?: Hook; drain?: Hook; close?: Hook } = {};
  #waits: { readonly isTrue: () => boolean; readonly resolve: () => void }[] = [];

  onConnect(connection: Connection): void {
    this.#note('connect');
    this.on.connect?.(connection, EMPTY, 0);
  }

  onBytes(connection: Connection, buffer: Buffer, length: number): void {
    this.received += length;
    if (this.text.length < 1024) this.text += buffer.latin1Slice(0, length);
    if (this.events.at(-1) !== 'bytes') this.events.push('bytes');
    this.on.bytes?.(connection, buffer, length);
    this.#check();
  }

  onEnd(connection: Connection): void {
    this.#note('end');
    this.on.end?.(connection, EMPTY, 0);
  }

  onDrain(connection: Connection): void {
    this.#note('drain');
    this.on.drain?.(connection, EMPTY, 0);
  }

  onClose(connection: Connection, code: string): void {
    this.#note(`close ${code}`);
    this.on.close?.(connection, EMPTY, 0);
  }

  get isClosed(): boolean {
    return this.closeCode !== null;
  }

  get closeCode(): string | null {
    return this.events.find((event) => event.startsWith('close '))?.slice(6) ?? null;
  }

  /** Resolves when the condition holds, asked after each event. */
  until(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waits.push({ isTrue, resolve });
    });
  }

  closed(): Promise<void> {
    return this.until(() => this.isClosed);
  }

  heard(event: string): Promise<void> {
    return this.until(() => this.events.includes(event));
  }

  #note(event: string): void {
    this.events.push(event);
    queueMicrotask(() => this.#check());
  }

  #check(): void {
    const met = this.#waits.filter((wait) => wait.isTrue());
    this.#waits = this.#waits.filter((wait) => !met.includes(wait));
    for (const wait of met) wait.resolve();
  }
}

const EMPTY = Buffer.alloc(0);
