/**
 * epoll(7): one call tells of many sockets. Linux only. Events are read out of a buffer that the queue owns, so that
 * waiting allocates nothing.
 */
import { addressOf, bindFunction, checkResult, type ForeignFunction, promiseBinding } from './libc.ts';

export const EVENT = { IN: 1, OUT: 4, ERR: 8, HUP: 16, RDHUP: 0x2000, EDGE: 1 << 31 } as const;

const CLOEXEC = 0o2000000;
const ADD = 1;
const REMOVE = 2;
const CHANGE = 3;
const BATCH = 256;

/** struct epoll_event in 32-bit words: packed on x86-64, aligned elsewhere. */
const WORDS = process.arch === 'x64' ? 3 : 4;
const DATA_AT = WORDS - 2;

let create: ForeignFunction | null = null;
let control: ForeignFunction | null = null;
let wait: ForeignFunction | null = null;
promiseBinding(bindAll);

function bindAll(): ForeignFunction {
  create ??= bindFunction('int epoll_create1(int)');
  control ??= bindFunction('int epoll_ctl(int, int, int, uintptr_t)');
  wait ??= bindFunction('int epoll_wait(int, uintptr_t, int, int)');
  return create;
}

export class EventQueue {
  readonly fd: number;
  readonly #bytes: Buffer = Buffer.allocUnsafeSlow(BATCH * WORDS * 4);
  readonly #words: Int32Array;
  readonly #address: number;
  readonly #one: Buffer = Buffer.allocUnsafeSlow(WORDS * 4);
  readonly #oneWords: Int32Array;
  readonly #oneAddress: number;

  /** Throws SystemCallError. */
  constructor() {
    this.fd = checkResult('epoll_create1', bindAll()(CLOEXEC));
    this.#words = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, BATCH * WORDS);
    this.#address = addressOf(this.#bytes);
    this.#oneWords = new Int32Array(this.#one.buffer, this.#one.byteOffset, WORDS);
    this.#oneAddress = addressOf(this.#one);
  }

  /** `tag` comes back with the descriptor's events. Throws SystemCallError (ENOSPC, ENOMEM, EPERM). */
  add(fd: number, events: number, tag: number): void {
    this.#control(ADD, fd, events, tag);
  }

  change(fd: number, events: number, tag: number): void {
    this.#control(CHANGE, fd, events, tag);
  }

  remove(fd: number): void {
    this.#control(REMOVE, fd, 0, 0);
  }

  #control(operation: number, fd: number, events: number, tag: number): void {
    this.#oneWords[0] = events;
    this.#oneWords[DATA_AT] = fd;
    this.#oneWords[DATA_AT + 1] = tag;
    checkResult('epoll_ctl', control!(this.fd, operation, fd, this.#oneAddress), `fd ${fd}`);
  }

  /** How many events there are now, at most `most`; never waits. They are valid until the next call. */
  take(): number {
    return wait!(this.fd, this.#address, BATCH, 0);
  }

  get most(): number {
    return BATCH;
  }

  eventsAt(index: number): number {
    return this.#words[index * WORDS]!;
  }

  fdAt(index: number): number {
    return this.#words[index * WORDS + DATA_AT]!;
  }

  tagAt(index: number): number {
    return this.#words[index * WORDS + DATA_AT + 1]!;
  }
}
