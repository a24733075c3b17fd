/**
 * A connection on `net.Socket`: for a Node or platform where raw handles do not work, and to compare with. It copies
 * every write, has no buffers of its own for bulk, and a failing write closes it before it has read what came
 * earlier; everything else that an owner sees is the same.
 */
import type { Socket, SocketConstructorOpts } from 'node:net';
import { checkRange } from '../../src/system/send.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { NO_NAME, type SocketName, socketName } from './socket-name.ts';

/** The parts of `net.Socket` that its types leave out: the handle, for the descriptor's number. */
interface WithHandle {
  readonly _handle: { readonly fd?: number; readonly writeQueueSize?: number } | null;
}

/** `manualStart` and the pause below: nothing is read before `begin`. */
const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true, manualStart: true } as const;

export class PlainConnection implements Connection {
  owner: ConnectionOwner;
  readonly #isTcp: boolean;
  readonly #socket: Socket;
  /** Behind every write: `drain` would not come any more once `end` was called. */
  readonly #onWritten = (): void => this.#afterWrite();
  #isPaused = false;
  #owesDrain = false;
  #isEnding = false;
  #isReported = false;
  #isBegun = false;
  #failure = '';
  #local: SocketName | null = null;
  #remote: SocketName | null = null;

  /** `makeSocket` gets the options that every connection needs, and makes the socket with them. */
  constructor(
    owner: ConnectionOwner,
    { readBuffer, isTcp }: { readonly readBuffer: Buffer; readonly isTcp: boolean },
    makeSocket: (options: SocketConstructorOpts) => Socket,
  ) {
    this.owner = owner;
    this.#isTcp = isTcp;
    const callback = (count: number, bytes: Uint8Array) => this.#onRead(count, bytes);
    const onread = { buffer: readBuffer, callback };
    const socket = makeSocket({ ...SOCKET_OPTIONS, onread } as SocketConstructorOpts);
    this.#socket = socket;
    socket.pause();
    socket.on('connect', () => this.#onConnect());
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    socket.on('close', () => this.report(this.#failure));
  }

  get fd(): number {
    return (this.#socket as unknown as WithHandle)._handle?.fd ?? -1;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  get isConnecting(): boolean {
    return this.#socket.connecting && !this.#socket.destroyed;
  }

  get pendingBytes(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  /** It has no bulk buffer: every write is copied. */
  get isHeld(): boolean {
    return false;
  }

  /** What is in flight is pending as a whole until it is sent, and in the handle's size as far as it is not. */
  get unsentBytes(): number {
    const { _handle: handle } = this.#socket as unknown as WithHandle;
    return this.pendingBytes + (handle?.writeQueueSize ?? 0);
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
    checkRange(buffer, start, end);
    const socket = this.#socket;
    if (this.#isEnding || socket.destroyed) return false;
    if (start !== end) socket.write(Buffer.from(buffer.subarray(start, end)), this.#onWritten);
    if (socket.writableLength === 0 && !socket.destroyed) return true;
    this.#owesDrain = true;
    return false;
  }

  writeText(latin1: string): boolean {
    return this.write(Buffer.from(latin1, 'latin1'), 0, latin1.length);
  }

  writeFrom(_source: Connection, buffer: Buffer, start: number, end: number): boolean {
    return this.write(buffer, start, end);
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#socket.end();
  }

  /** Sockets of Node read from the start. */
  deferReading(): void {}

  pause(): void {
    this.#isPaused = true;
    if (this.#isBegun) this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#isBegun && !this.#socket.destroyed) this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
    this.report('');
  }

  reset(): void {
    // Node throws for a unix socket, which has no RST.
    if (this.#isTcp) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    this.report('');
  }

  setBulk(): void {}

  /** Reads from now on, unless paused; for this folder only. */
  begin(): void {
    this.#isBegun = true;
    if (!this.#isPaused && !this.#socket.destroyed) this.#socket.resume();
  }

  /** Tells the owner that the connection is closed, the first time. */
  report(code: string): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.owner.onClose(this, code);
  }

  /** Fails a connection that could not even begin to connect. */
  fail(code: string): void {
    this.#failure = code;
    this.#socket.destroy();
  }

  #onRead(count: number, bytes: Uint8Array): boolean {
    if (!this.#isReported) this.owner.onBytes(this, bytes as Buffer, count);
    return !this.#isPaused;
  }

  #onConnect(): void {
    if (this.#isReported) return;
    this.owner.onConnect(this);
    this.begin();
  }

  #onEnd(): void {
    if (!this.#isReported) this.owner.onEnd(this);
  }

  #afterWrite(): void {
    const socket = this.#socket;
    if (!this.#owesDrain || this.#isReported || socket.destroyed || socket.writableLength > 0) return;
    this.#owesDrain = false;
    this.owner.onDrain(this);
  }

  #onError(error: NodeJS.ErrnoException): void {
    if (this.#failure === '') this.#failure = error.code ?? error.message;
  }

  #localName(): SocketName {
    if (this.#local !== null) return this.#local;
    const name = socketName(this.#socket.localAddress, this.#socket.localPort);
    if (name !== NO_NAME) this.#local = name;
    return name;
  }

  #remoteName(): SocketName {
    if (this.#remote !== null) return this.#remote;
    const name = socketName(this.#socket.remoteAddress, this.#socket.remotePort);
    if (name !== NO_NAME) this.#remote = name;
    return name;
  }
}
