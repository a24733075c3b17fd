/**
 * Lets libuv's event loop watch an epoll descriptor of ours: it calls back, once a turn, while that has events. Node
 * has no public way to watch a descriptor, so a UDP handle is made to: its own descriptor is replaced by the epoll one
 * before the loop has looked at it. libuv then sees it readable, fails to receive a datagram from it, and tells that to
 * `onmessage`. The one file that knows this; a check at start proves that it works, and the transport on raw handles
 * does without.
 */
import { duplicateTo } from '../../src/system/descriptors.ts';

interface UdpHandle {
  readonly fd: number;
  onmessage: () => void;
  bind(host: string, port: number, flags: number): number;
  recvStart(): number;
  recvStop(): number;
  close(): void;
  ref(): void;
  unref(): void;
}

interface UdpBinding {
  readonly UDP: new () => UdpHandle;
}

export class EventLoopHook {
  readonly #handle: UdpHandle;

  private constructor(handle: UdpHandle) {
    this.#handle = handle;
  }

  /** Null where this Node or platform lacks a part. `onEvents` is called while the descriptor is readable. */
  static watch(fd: number, onEvents: () => void): EventLoopHook | null {
    try {
      const { UDP } = (process as unknown as { binding(name: string): UdpBinding }).binding('udp_wrap');
      const handle = new UDP();
      handle.onmessage = onEvents;
      if (handle.bind('127.0.0.1', 0, 0) !== 0 || handle.recvStart() !== 0) {
        handle.close();
        return null;
      }
      duplicateTo(fd, handle.fd, { isInherited: false });
      handle.unref();
      return new EventLoopHook(handle);
    } catch {
      return null;
    }
  }

  /** Keeps the thread alive, or not any more. */
  ref(): void {
    this.#handle.ref();
  }

  unref(): void {
    this.#handle.unref();
  }

  close(): void {
    this.#handle.close();
  }
}
