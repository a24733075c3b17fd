/**
 * A worker thread that works on the shared memory as the data plane does: takes servers' places, waits in queues,
 * gives up now and then. Its orders come as messages; see test/scenario/shared-state.test.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Model } from '../../config/model/model.ts';
import { SLOT } from '../../workers/shared/layout.ts';
import { openShared } from '../../workers/shared/shared-memory.ts';
import { COUNTER } from '../../workers/shared/shared-state.ts';
import { lock } from '../../workers/shared/spinlock.ts';
import { slotRow } from '../../workers/shared/views.ts';

export interface HammerData {
  readonly shared: SharedArrayBuffer;
  /** One word per slot: how many requests hold a place of it by the threads' own count. */
  readonly witness: SharedArrayBuffer;
  readonly model: Model;
  readonly index: number;
}

export type HammerOrder =
  | { readonly kind: 'hammer'; readonly rounds: number; readonly concurrent: number; readonly seed: number }
  | { readonly kind: 'enter' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'join'; readonly id: number }
  | { readonly kind: 'die-with-lock' }
  | { readonly kind: 'die' };

export type HammerReport =
  | { readonly kind: 'done'; readonly served: number; readonly tooMany: number; readonly gaveUp: number }
  | { readonly kind: 'entered'; readonly isIn: boolean }
  | { readonly kind: 'left' }
  | { readonly kind: 'joined'; readonly id: number }
  | { readonly kind: 'turn'; readonly id: number; readonly server: number };

const BACKEND = 1;
const FIRST_SERVER = 2;

const { shared: buffer, witness: witnessBuffer, model, index } = workerData as HammerData;
const shared = openShared(buffer, model, index);
const witness = new Int32Array(witnessBuffer);
const serverCount = shared.slots.serversOf(BACKEND).length;
const report = (message: HammerReport): void => parentPort!.postMessage(message);

class Hammer {
  readonly #rounds: number;
  #state: number;
  #begun = 0;
  #ended = 0;
  #served = 0;
  #tooMany = 0;
  #gaveUp = 0;

  constructor(rounds: number, seed: number) {
    this.#rounds = rounds;
    this.#state = seed;
  }

  /** One request after the other, until all rounds of this thread have begun. */
  next(): void {
    if (this.#begun === this.#rounds) {
      if (this.#ended === this.#rounds) this.#finish();
      return;
    }
    this.#begun++;
    const wanted = this.#random(3) === 0 ? FIRST_SERVER + this.#random(serverCount) : -1;
    const server = wanted < 0 ? FIRST_SERVER + this.#random(serverCount) : wanted;
    if (shared.tryEnterServer(BACKEND, server)) this.#hold(server);
    else this.#wait(wanted);
  }

  #wait(wanted: number): void {
    let isWaiting = true;
    const ticket = shared.joinQueue(BACKEND, wanted, (server) => {
      isWaiting = false;
      this.#hold(server);
    });
    if (this.#random(8) !== 0) return;
    setImmediate(() => {
      if (!isWaiting) return;
      shared.leaveQueue(ticket);
      this.#gaveUp++;
      this.#end();
    });
  }

  #hold(server: number): void {
    const limit = shared.maxconn(server);
    if (Atomics.add(witness, server, 1) >= limit) this.#tooMany++;
    shared.count(server, COUNTER.stot, 1);
    setImmediate(() => {
      Atomics.sub(witness, server, 1);
      this.#served++;
      shared.leaveServer(BACKEND, server);
      this.#end();
    });
  }

  #end(): void {
    this.#ended++;
    setImmediate(() => this.next());
  }

  #finish(): void {
    report({ kind: 'done', served: this.#served, tooMany: this.#tooMany, gaveUp: this.#gaveUp });
  }

  #random(below: number): number {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) & 0x7fffffff;
    return (this.#state >> 8) % below;
  }
}

parentPort!.on('message', (order: HammerOrder) => {
  if (order.kind === 'hammer') {
    const hammer = new Hammer(order.rounds, order.seed);
    for (let i = 0; i < order.concurrent; i++) hammer.next();
  } else if (order.kind === 'enter') {
    report({ kind: 'entered', isIn: shared.tryEnterServer(BACKEND, FIRST_SERVER) });
  } else if (order.kind === 'leave') {
    shared.leaveServer(BACKEND, FIRST_SERVER);
    report({ kind: 'left' });
  } else if (order.kind === 'join') {
    shared.joinQueue(BACKEND, -1, (server) => report({ kind: 'turn', id: order.id, server }));
    report({ kind: 'joined', id: order.id });
  } else {
    if (order.kind === 'die-with-lock')
      lock(new Int32Array(buffer), slotRow(BACKEND) + SLOT.at.lock, index + 1);
    process.exit(1);
  }
});
