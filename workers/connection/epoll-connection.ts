/**
 * A connection that is a bare descriptor in the thread's reactor: recv(2), send(2), close(2) and nothing of libuv.
 * Reads land in the thread's buffer (or a bulk buffer of the connection's own); what the kernel does not take of a
 * write is copied and sent when there is room.
 *
 * ```
 *   connecting ──▶ open ──EOF──▶ peer ended ──our FIN──▶ closed
 *                   └─our FIN──▶ fin sent ──EOF────────▶ closed     errors, destroy, reset: from anywhere to closed
 * ```
 */
import { constants } from 'node:os';
import { shutdownWriting } from '../../src/system/descriptors.ts';
import { EVENT } from '../../src/system/epoll.ts';
import { closeSocket, connectSocket } from '../../src/system/fast-sockets.ts';
import { errnoName } from '../../src/system/libc.ts';
import { RECEIVE_WOULD_BLOCK, receiveNow } from '../../src/system/receive.ts';
import { SEND_WOULD_BLOCK, sendNow } from '../../src/system/send.ts';
import { setLinger } from '../../src/system/socket-options.ts';
import type { BulkBuffer, BulkReader } from './bulk-buffers.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import type { EpollTransport } from './epoll-transport.ts';
import type { LateWatched } from './late-watch.ts';
import { noteClosed, noteOpened } from './owned-descriptors.ts';
import type { Deferred, Watched } from './reactor.ts';
import { NO_NAME, type SocketName, socketNameOf } from './socket-name.ts';
import { WriteQueue } from './write-queue.ts';

const READS = EVENT.IN | EVENT.RDHUP | EVENT.EDGE;
const READS_AND_WRITES = READS | EVENT.OUT;
const GONE = EVENT.ERR | EVENT.HUP | EVENT.RDHUP;

/** Full reads of one connection in a row, before others have their turn. */
const READS_MOST = 8;

const { EINPROGRESS, EALREADY, EISCONN } = constants.errno;

export class EpollConnection implements Connection, BulkReader, LateWatched, Watched, Deferred {
  owner: ConnectionOwner;
  /** Among those that are watched late. */
  place = -1;
  readonly isTcp: boolean;
  readonly #transport: EpollTransport;
  #fd: number;
  #isOpen = true;
  #isConnecting = false;
  #isPaused = false;
  #isDeferred = false;
  #isWatched = false;
  #watchesWrites = false;
  /** More may be there to be read than events will tell. */
  #mayHaveBytes = true;
  /** An event has told that the end, or an error, stands behind the bytes. */
  #isGone = false;
  #isReadScheduled = false;
  #hasPeerEnded = false;
  /** `end` was called; our FIN went out. */
  #isEnding = false;
  #isFinSent = false;
  /** Open, connected, not ended, no write failed, and nothing pending: the next write may go to the kernel. */
  #canSendNow = true;
  #isReported = false;
  /** Of a failed write or connect: why it closes, once what came before has been read. */
  #failure = '';
  /** Of a connection that is being made: where to. */
  #address: Buffer | null = null;
  #queue: WriteQueue | null = null;
  #wantsBulk = false;
  #bulk: BulkBuffer | null = null;
  #local: SocketName | null = null;
  #remote: SocketName | null = null;

  /** Owns the descriptor. It reads only after `begin` or `connect`. */
  constructor(transport: EpollTransport, fd: number, owner: ConnectionOwner, isTcp: boolean) {
    this.#transport = transport;
    this.#fd = fd;
    this.owner = owner;
    this.isTcp = isTcp;
    noteOpened(fd);
    transport.reactor.live();
  }

  get fd(): number {
    return this.#isOpen && !this.#isConnecting ? this.#fd : -1;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isConnecting(): boolean {
    return this.#isConnecting && this.#isOpen;
  }

  get isHeld(): boolean {
    return this.#bulk !== null && this.#bulk.holds > 0;
  }

  get pendingBytes(): number {
    return this.#queue === null || !this.#isOpen ? 0 : this.#queue.bytes;
  }

  get unsentBytes(): number {
    return this.pendingBytes;
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
    return this.#keep(
      buffer,
      from,
      end,
      source instanceof EpollConnection ? source.bulkBehind(buffer) : null,
    );
  }

  end(): void {
    if (this.#isEnding || !this.#isOpen) return;
    this.#isEnding = true;
    this.#canSendNow = false;
    if (!this.#isConnecting && this.#isFlushed()) this.#sendFin();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#isDeferred = false;
    this.startReading();
  }

  deferReading(): void {
    if (this.#isWatched || this.#isDeferred || this.#bulk !== null) return;
    this.#isDeferred = true;
    this.#transport.lateWatch.add(this);
  }

  watchAtLast(): void {
    if (!this.#isDeferred) return;
    this.#isDeferred = false;
    this.startReading();
  }

  destroy(): void {
    this.#closeSocket();
    this.#report('');
  }

  reset(): void {
    if (this.#isOpen && this.isTcp && !this.#isConnecting) lingerNone(this.#fd);
    this.destroy();
  }

  setBulk(isBulk: boolean): void {
    this.#wantsBulk = isBulk;
  }

  // What follows is for this folder only.

  /** An accepted connection: reads what has come with it, most often a whole request, and what comes from now on. */
  begin(): void {
    if (!this.#isPaused) this.#read();
    if (!this.#isDeferred && this.#isOpen) this.#watch();
  }

  /** Connects to an address as `socket-address.ts` makes it; the owner hears from the event loop how that ended. */
  connect(address: Buffer): void {
    this.#isConnecting = true;
    this.#canSendNow = false;
    this.#address = address;
    let status = connectSocket(this.#fd, address);
    // A server on this machine has answered within the call, and the second one says so.
    if (status === -EINPROGRESS) status = connectSocket(this.#fd, address);
    if (status === -EALREADY || status === -EINPROGRESS) this.#watch(EVENT.OUT);
    else {
      this.#failure = status === 0 || status === -EISCONN ? '' : errnoName(-status);
      this.#transport.reactor.defer(this);
    }
  }

  /** A connection that could not even be begun: the owner hears why. */
  fail(code: string): void {
    this.#isConnecting = true;
    this.#canSendNow = false;
    this.#failure = code;
    this.#transport.reactor.defer(this);
  }

  ready(events: number): void {
    if (this.#isConnecting) {
      this.#askConnected();
      return;
    }
    if ((events & EVENT.OUT) !== 0 && this.#queue !== null && !this.#queue.isEmpty) this.#flush();
    if ((events & (EVENT.IN | GONE)) === 0 || !this.#isOpen) return;
    if ((events & GONE) !== 0) this.#isGone = true;
    this.#mayHaveBytes = true;
    this.#read();
  }

  runDeferred(): void {
    if (!this.#isOpen) return;
    if (this.#isConnecting) {
      this.#connectEnded();
      return;
    }
    this.#isReadScheduled = false;
    if (this.#failure === '') {
      this.#read();
      return;
    }
    // A write failed: bytes that came before the error are read first (an early answer, say).
    this.#mayHaveBytes = true;
    if (!this.#isPaused) this.#read();
    if (this.#isOpen) this.#close(this.#failure);
  }

  /** Reads from now on, unless paused, connecting, ended, or waiting for the bulk buffer to be written out. */
  startReading(): void {
    if (!this.#isOpen || this.#isPaused || this.#isConnecting || this.#hasPeerEnded || this.isHeld) return;
    if (!this.#isWatched) this.#watch();
    if (this.#mayHaveBytes) this.#readSoon();
  }

  /** The bulk buffer whose bytes `buffer` is, when this connection reads into it. */
  bulkBehind(buffer: Buffer): BulkBuffer | null {
    return this.#bulk !== null && this.#bulk.buffer === buffer ? this.#bulk : null;
  }

  /** A write out of the bulk buffer is pending: `isHeld` keeps from reading into it. */
  stopForHold(): void {}

  /** Back to the thread's read buffer, outside of a read. */
  giveUpBulk(): void {
    this.#bulk?.release();
    this.#bulk = null;
  }

  #watch(more = 0): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#watchesWrites = more !== 0;
    try {
      this.#transport.reactor.watch(this.#fd, READS | more, this);
    } catch {
      // ENOMEM, ENOSPC: nothing will be heard of it.
      this.#failSoon('ENOMEM');
    }
  }

  #readSoon(): void {
    if (this.#isReadScheduled) return;
    this.#isReadScheduled = true;
    this.#transport.reactor.defer(this);
  }

  /** Takes what is there. A read that does not fill its buffer has taken all, unless the end stands behind it. */
  #read(): void {
    for (let reads = 0; this.#mayHaveBytes; reads++) {
      if (!this.#isOpen || this.#isPaused || this.#hasPeerEnded || this.isHeld) return;
      if (reads === READS_MOST) {
        this.#readSoon();
        return;
      }
      const bulk = this.#bulk;
      const buffer = bulk === null ? this.#transport.readBuffer : bulk.buffer;
      const count = receiveNow(this.#fd, buffer);
      if (count <= 0) {
        this.#readEnded(count);
        return;
      }
      const isFull = count === buffer.length;
      if (!isFull && !this.#isGone) this.#mayHaveBytes = false;
      this.owner.onBytes(this, buffer, count);
      if (bulk !== null || this.#wantsBulk) this.#chooseBuffer(isFull);
    }
  }

  #readEnded(count: number): void {
    if (count === RECEIVE_WOULD_BLOCK) {
      this.#mayHaveBytes = false;
      return;
    }
    if (count < 0) {
      this.#close(this.#failure === '' ? errnoName(-count) : this.#failure);
      return;
    }
    this.#hasPeerEnded = true;
    const wasFinSent = this.#isFinSent;
    this.owner.onEnd(this);
    if (wasFinSent && this.#isOpen) this.#close('');
  }

  /** After a read in or out of bulk mode: where the next one goes. */
  #chooseBuffer(wasFull: boolean): void {
    if (!this.#isOpen) return;
    const bulk = this.#bulk;
    if (bulk === null) {
      // A paused connection has a receiver that does not keep up: it gets no larger buffer.
      if (this.#wantsBulk && wasFull && !this.#isPaused) this.#bulk = this.#transport.bulkBuffers.take(this);
      return;
    }
    bulk.wasUsed = true;
    if (this.#wantsBulk && !bulk.isSlow) return;
    this.#bulk = null;
    bulk.release();
    this.startReading();
  }

  #askConnected(): void {
    const status = connectSocket(this.#fd, this.#address!);
    if (status === -EALREADY || status === -EINPROGRESS) return;
    this.#failure = status === 0 || status === -EISCONN ? '' : errnoName(-status);
    this.#connectEnded();
  }

  #connectEnded(): void {
    this.#address = null;
    if (this.#failure !== '') {
      this.#close(this.#failure);
      return;
    }
    this.#isConnecting = false;
    const hadPending = !this.#isFlushed();
    this.#canSendNow = !this.#isEnding && !hadPending;
    if (!this.#isWatched) this.#watch();
    if (hadPending) this.#sendQueued();
    this.owner.onConnect(this);
    if (!this.#isOpen || !this.#isFlushed() || this.#failure !== '') return;
    if (hadPending) this.#drained();
    else if (this.#isEnding && !this.#isFinSent) this.#sendFin();
    if (this.#isOpen) this.startReading();
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
    if (this.#isEnding || !this.#isOpen || this.#failure !== '') return false;
    const wasConnected = !this.#isConnecting;
    this.#canSendNow = false;
    this.#queue ??= new WriteQueue();
    if (bulk === null) this.#queue.addCopy(buffer, from, end);
    else this.#queue.addHeld(bulk, from, end);
    if (wasConnected) this.#waitForRoom();
    return false;
  }

  /** The kernel was full a moment ago; the queue tells when it is not. */
  #waitForRoom(): void {
    if (this.#watchesWrites) return;
    this.#watchesWrites = true;
    if (this.#isWatched) this.#transport.reactor.change(this.#fd, READS_AND_WRITES);
    else {
      this.#isDeferred = false;
      this.#watch(EVENT.OUT);
    }
  }

  #isFlushed(): boolean {
    return this.#queue === null || this.#queue.isEmpty;
  }

  #flush(): void {
    this.#sendQueued();
    if (this.#isFlushed() && this.#isOpen && this.#failure === '') this.#drained();
  }

  /** Sends queued bytes until the kernel is full. */
  #sendQueued(): void {
    const queue = this.#queue;
    while (queue !== null && !queue.isEmpty) {
      const sent = queue.sendTo(this.#fd);
      if (sent === SEND_WOULD_BLOCK) {
        this.#waitForRoom();
        return;
      }
      if (sent < 0) {
        this.#writeFailed(-sent);
        return;
      }
    }
  }

  #drained(): void {
    this.#canSendNow = !this.#isEnding;
    this.owner.onDrain(this);
    if (this.#isEnding && !this.#isFinSent && this.#isOpen) this.#sendFin();
  }

  #sendFin(): void {
    this.#isFinSent = true;
    if (this.#hasPeerEnded) {
      this.#closeSocket();
      process.nextTick(reportClosed, this);
      return;
    }
    const status = shutdownWriting(this.#fd);
    if (status < 0) this.#failSoon(errnoName(-status));
  }

  #writeFailed(errno: number): void {
    this.#canSendNow = false;
    this.#queue?.clear();
    this.#failSoon(errnoName(errno));
  }

  #failSoon(code: string): void {
    if (this.#failure !== '') return;
    this.#failure = code;
    setImmediate(finishFailure, this);
  }

  #close(code: string): void {
    this.#closeSocket();
    this.#report(code);
  }

  #closeSocket(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#canSendNow = false;
    this.#queue?.clear();
    const { reactor, lateWatch } = this.#transport;
    if (this.#isDeferred) lateWatch.remove(this);
    if (this.#isWatched) reactor.forget(this.#fd);
    noteClosed(this.#fd);
    closeSocket(this.#fd);
    reactor.die();
    if (this.#bulk === null) return;
    this.#bulk.release();
    this.#bulk = null;
  }

  reportClosed(): void {
    this.#report('');
  }

  /** Tells the owner that the connection is closed, the first time. */
  #report(code: string): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.owner.onClose(this, code);
  }

  #localName(): SocketName {
    if (this.#local === null) {
      if (!this.isTcp || !this.#isOpen) return NO_NAME;
      this.#local = socketNameOf(this.#fd, 'local');
    }
    return this.#local;
  }

  #remoteName(): SocketName {
    if (this.#remote === null) {
      if (!this.isTcp || !this.#isOpen) return NO_NAME;
      this.#remote = socketNameOf(this.#fd, 'remote');
    }
    return this.#remote;
  }
}

function reportClosed(connection: EpollConnection): void {
  connection.reportClosed();
}

function finishFailure(connection: EpollConnection): void {
  connection.runDeferred();
}

function lingerNone(fd: number): void {
  try {
    setLinger(fd, 0);
  } catch {
    // Gone already.
  }
}
