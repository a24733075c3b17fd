/**
 * A connection on a raw handle of libuv. Reads land in the thread's buffer (or a bulk buffer of the connection's
 * own); writes go out by send(2) within the call, and only what the kernel refuses is copied and given to libuv.
 *
 * ```
 *   connecting ──▶ open ──EOF──▶ peer ended ──our FIN──▶ closed
 *                   └─our FIN──▶ fin sent ──EOF────────▶ closed     errors, destroy, reset: from anywhere to closed
 * ```
 */
import { shutdownWriting } from '../../src/system/descriptors.ts';
import { errnoName } from '../../src/system/libc.ts';
import { receiveNow } from '../../src/system/receive.ts';
import { SEND_WOULD_BLOCK, sendNow } from '../../src/system/send.ts';
import type { BulkBuffer, BulkReader } from './bulk-buffers.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import type { LateWatched } from './late-watch.ts';
import { type SocketHandle, type TcpHandle, UV_EOF, type WriteRequest } from './node-handles.ts';
import type { RawTransport } from './raw-transport.ts';
import { localNameOf, NO_NAME, remoteNameOf, type SocketName } from './socket-name.ts';
import { WriteQueue } from './write-queue.ts';

export class RawConnection implements Connection, BulkReader, LateWatched {
  owner: ConnectionOwner;
  /** Among those that are watched late. */
  place = -1;
  readonly isTcp: boolean;
  readonly #transport: RawTransport;
  /** Null once closed. */
  #handle: SocketHandle | null;
  #fd: number;
  #isConnecting: boolean;
  #isPaused = false;
  #isDeferred = false;
  #isReading = false;
  #hasPeerEnded = false;
  /** `end` was called; our FIN went out. */
  #isEnding = false;
  #isFinSent = false;
  /** Open, connected, not ended, no write failed, and nothing pending: the next write may go to the kernel. */
  #canSendNow: boolean;
  #isReported = false;
  /** Code of a failed write, while the reads that came before it are waited for. */
  #failure = '';
  #queue: WriteQueue | null = null;
  #wantsBulk = false;
  #bulk: BulkBuffer | null = null;
  #local: SocketName | null = null;
  #remote: SocketName | null = null;

  /** `fd` is -1 while connecting. The connection reads only after `startReading` or `connected`. */
  constructor(
    transport: RawTransport,
    handle: SocketHandle,
    owner: ConnectionOwner,
    isTcp: boolean,
    fd: number,
  ) {
    this.owner = owner;
    this.isTcp = isTcp;
    this.#transport = transport;
    this.#handle = handle;
    this.#fd = fd;
    this.#isConnecting = fd < 0;
    this.#canSendNow = fd >= 0;
    handle.connection = this;
    handle.onread = onRead;
    handle.useUserBuffer(transport.readBuffer);
  }

  get fd(): number {
    return this.#handle === null ? -1 : this.#fd;
  }

  get isOpen(): boolean {
    return this.#handle !== null;
  }

  get isConnecting(): boolean {
    return this.#isConnecting && this.#handle !== null;
  }

  get pendingBytes(): number {
    return this.#queue === null || this.#handle === null ? 0 : this.#queue.bytes;
  }

  get isHeld(): boolean {
    return this.#bulk !== null && this.#bulk.holds > 0;
  }

  get unsentBytes(): number {
    if (this.#queue === null || this.#handle === null) return 0;
    return this.#queue.waitingBytes + this.#handle.writeQueueSize;
  }

  get localAddress(): string {
    return this.#localName().address;
  }

  get localPort(): number {
    return this.#localName().port;
  }

  get remoteAddress(): string {
    return this.#remoteName().address;
  }

  get remotePort(): number {
    return this.#remoteName().port;
  }

  write(buffer: Buffer, start: number, end: number): boolean {
    const from = this.#sendSome(buffer, start, end);
    return from === end || this.#keep(buffer, from, end, null);
  }

  writeText(latin1: string): boolean {
    const scratch = this.#transport.textBuffer;
    if (latin1.length > scratch.length) return this.write(Buffer.from(latin1, 'latin1'), 0, latin1.length);
    return this.write(scratch, 0, scratch.latin1Write(latin1, 0));
  }

  writeFrom(source: Connection, buffer: Buffer, start: number, end: number): boolean {
    const from = this.#sendSome(buffer, start, end);
    if (from === end) return true;
    return this.#keep(buffer, from, end, source instanceof RawConnection ? source.bulkBehind(buffer) : null);
  }

  end(): void {
    if (this.#isEnding || this.#handle === null) return;
    this.#isEnding = true;
    this.#canSendNow = false;
    if (!this.#isConnecting && this.#isFlushed()) this.#sendFin();
  }

  pause(): void {
    this.#isPaused = true;
    this.#stopReading();
  }

  resume(): void {
    this.#isPaused = false;
    this.#isDeferred = false;
    this.startReading();
  }

  deferReading(): void {
    if (this.#isReading || this.#isDeferred || this.#bulk !== null) return;
    this.#isDeferred = true;
    this.#transport.lateWatch.add(this);
  }

  watchAtLast(): void {
    if (!this.#isDeferred) return;
    this.#isDeferred = false;
    this.startReading();
  }

  destroy(): void {
    this.#closeHandle();
    this.report('');
  }

  reset(): void {
    const handle = this.#handle;
    const canReset = handle !== null && this.isTcp && !this.#isConnecting;
    if (canReset && (handle as TcpHandle).reset() === 0) this.#forgetHandle();
    else this.#closeHandle();
    this.report('');
  }

  setBulk(isBulk: boolean): void {
    this.#wantsBulk = isBulk;
  }

  // What follows is for this folder only: events of the handle, of bulk buffers, and deferred calls.

  /** An accepted connection: reads what has come with it, most often a whole request, and what comes from now on. */
  begin(): void {
    if (this.#handle !== null && !this.#isPaused) {
      const count = receiveNow(this.#fd, this.#transport.readBuffer);
      if (count > 0) this.#takeFirst(count);
    }
    if (!this.#isDeferred) this.startReading();
  }

  #takeFirst(count: number): void {
    const next = this.received(count);
    if (next !== undefined) this.#handle?.useUserBuffer(next);
  }

  /** Reads from now on, unless paused, connecting, ended, or waiting for the bulk buffer to be written out. */
  startReading(): void {
    const handle = this.#handle;
    if (handle === null || this.#isReading || this.#isPaused || this.#isConnecting || this.#hasPeerEnded)
      return;
    if (this.isHeld) return;
    const status = handle.readStart();
    if (status === 0) this.#isReading = true;
    else this.#failSoon(errnoName(-status));
  }

  /** Bytes (a count), the end, or an error (negative). Returns the buffer for the next read when that changes. */
  received(count: number): Buffer | undefined {
    if (count <= 0) {
      if (count < 0 && this.#handle !== null) this.#ended(count);
      return undefined;
    }
    const bulk = this.#bulk;
    const buffer = bulk === null ? this.#transport.readBuffer : bulk.buffer;
    this.owner.onBytes(this, buffer, count);
    return bulk === null && !this.#wantsBulk ? undefined : this.#nextBuffer(count === buffer.length);
  }

  connected(status: number): void {
    const handle = this.#handle;
    if (handle === null) return;
    if (status < 0) {
      this.#close(errnoName(-status));
      return;
    }
    this.#isConnecting = false;
    this.#fd = handle.fd;
    const hadPending = !this.#isFlushed();
    this.#canSendNow = !this.#isEnding && !hadPending;
    this.startReading();
    this.#pump();
    this.owner.onConnect(this);
    if (this.#handle === null || !this.#isFlushed() || this.#failure !== '') return;
    if (hadPending) this.#drained();
    else if (this.#isEnding && !this.#isFinSent) this.#sendFin();
  }

  /** libuv has sent what `#pump` gave it, or has given it up. */
  written(status: number): void {
    this.#queue!.finish();
    if (this.#handle === null || this.#failure !== '') return;
    if (status < 0) {
      this.#writeFailed(-status);
      return;
    }
    this.#pump();
    if (this.#isFlushed() && this.#failure === '') this.#drained();
  }

  /** The bulk buffer whose bytes `buffer` is, when this connection reads into it. */
  bulkBehind(buffer: Buffer): BulkBuffer | null {
    return this.#bulk !== null && this.#bulk.buffer === buffer ? this.#bulk : null;
  }

  /** A write out of the bulk buffer is pending: nothing may be read into it. */
  stopForHold(): void {
    this.#stopReading();
  }

  /** Back to the thread's read buffer, outside of a read. */
  giveUpBulk(): void {
    if (this.#bulk === null) return;
    // Node keeps each such change until the connection closes (some 40 bytes): only for the sweep, not per message.
    this.#handle?.useUserBuffer(this.#transport.readBuffer);
    this.#bulk.release();
    this.#bulk = null;
  }

  /** Tells the owner that the connection is closed, the first time. */
  report(code: string): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.owner.onClose(this, code);
  }

  /** Ends a connection whose write failed. */
  finishFailure(): void {
    if (this.#handle !== null) this.#close(this.#failure);
  }

  /** Sends what the kernel takes now. Returns where the rest starts; -1 after an error. */
  #sendSome(buffer: Buffer, start: number, end: number): number {
    if (!this.#canSendNow || start === end) return start;
    const sent = sendNow(this.#fd, buffer, start, end);
    if (sent >= 0) return start + sent;
    if (sent === SEND_WOULD_BLOCK) return start;
    this.#writeFailed(-sent);
    return -1;
  }

  /** Queues the rest of a write. Returns whether all of it went out after all. */
  #keep(buffer: Buffer, from: number, end: number, bulk: BulkBuffer | null): boolean {
    if (this.#isEnding || this.#handle === null || this.#failure !== '') return false;
    this.#canSendNow = false;
    this.#queue ??= new WriteQueue();
    if (bulk === null) this.#queue.addCopy(buffer, from, end);
    else this.#queue.addHeld(bulk, from, end);
    this.#pump();
    this.#canSendNow = this.#isFlushed() && !this.#isConnecting && this.#failure === '';
    return this.#canSendNow;
  }

  #isFlushed(): boolean {
    return this.#queue === null || this.#queue.isEmpty;
  }

  /** Gives queued pieces to libuv, one at a time, until it keeps one. */
  #pump(): void {
    const queue = this.#queue;
    if (queue === null || this.#isConnecting) return;
    const { handles } = this.#transport;
    while (this.#handle !== null && !queue.isEmpty && !queue.isBusy) {
      const request = new handles.WriteWrap();
      request.oncomplete = onWritten;
      request.connection = this;
      request.buffer = queue.take();
      const status = this.#handle.writeBuffer(request, request.buffer);
      if (status === 0 && handles.streamBaseState[handles.kLastWriteWasAsync] !== 0) return;
      queue.finish();
      if (status !== 0) this.#writeFailed(-status);
    }
  }

  #drained(): void {
    this.#canSendNow = !this.#isEnding;
    this.owner.onDrain(this);
    if (this.#isEnding && !this.#isFinSent && this.#handle !== null) this.#sendFin();
  }

  #sendFin(): void {
    this.#isFinSent = true;
    if (this.#hasPeerEnded) {
      this.#closeHandle();
      process.nextTick(reportClosed, this);
      return;
    }
    const status = shutdownWriting(this.#fd);
    if (status < 0) this.#failSoon(errnoName(-status));
  }

  #ended(status: number): void {
    this.#isReading = false;
    if (status !== UV_EOF) {
      this.#close(this.#failure === '' ? errnoName(-status) : this.#failure);
      return;
    }
    this.#hasPeerEnded = true;
    const wasFinSent = this.#isFinSent;
    this.owner.onEnd(this);
    if (wasFinSent) this.#close('');
  }

  /** After a read in or out of bulk mode: where the next one goes; undefined: as before. */
  #nextBuffer(wasFull: boolean): Buffer | undefined {
    if (this.#handle === null) return undefined;
    const bulk = this.#bulk;
    if (bulk === null) {
      // A paused connection has a receiver that does not keep up: it gets no larger buffer.
      if (!this.#wantsBulk || !wasFull || this.#isPaused) return undefined;
      this.#bulk = this.#transport.bulkBuffers.take(this);
      return this.#bulk.buffer;
    }
    bulk.wasUsed = true;
    if (this.#wantsBulk && !bulk.isSlow) return undefined;
    this.#bulk = null;
    bulk.release();
    this.startReading();
    return this.#transport.readBuffer;
  }

  #stopReading(): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    this.#handle?.readStop();
  }

  #writeFailed(errno: number): void {
    this.#canSendNow = false;
    this.#queue?.clear();
    this.#failSoon(errnoName(errno));
  }

  /** Closes from the event loop, once bytes that came before the error have been read (an early answer, say). */
  #failSoon(code: string): void {
    if (this.#failure !== '') return;
    this.#failure = code;
    setImmediate(failAfterNextPoll, this);
  }

  #close(code: string): void {
    this.#closeHandle();
    this.report(code);
  }

  #closeHandle(): void {
    if (this.#handle === null) return;
    this.#handle.close();
    this.#forgetHandle();
  }

  #forgetHandle(): void {
    if (this.#isDeferred) this.#transport.lateWatch.remove(this);
    this.#handle = null;
    this.#isReading = false;
    this.#canSendNow = false;
    this.#queue?.clear();
    if (this.#bulk === null) return;
    this.#bulk.release();
    this.#bulk = null;
  }

  #localName(): SocketName {
    if (this.#local === null) {
      if (!this.isTcp || this.#handle === null) return NO_NAME;
      this.#local = localNameOf(this.#handle as TcpHandle);
    }
    return this.#local;
  }

  #remoteName(): SocketName {
    if (this.#remote === null) {
      if (!this.isTcp || this.#handle === null) return NO_NAME;
      this.#remote = remoteNameOf(this.#handle as TcpHandle);
    }
    return this.#remote;
  }
}

let streamBaseState: Int32Array = new Int32Array(1);
let readCountIndex = 0;

/** Where the handles report how much was read; set once by the transport. */
export function useStreamState(state: Int32Array, index: number): void {
  streamBaseState = state;
  readCountIndex = index;
}

function onRead(this: SocketHandle): Buffer | undefined {
  return this.connection.received(streamBaseState[readCountIndex]!);
}

function onWritten(this: WriteRequest, status: number): void {
  this.connection.written(status);
}

function reportClosed(connection: RawConnection): void {
  connection.report('');
}

/** The first immediate runs behind the poll that is going on, the second behind the next one. */
function failAfterNextPoll(connection: RawConnection): void {
  setImmediate(finishFailure, connection);
}

function finishFailure(connection: RawConnection): void {
  connection.finishFailure();
}
