/**
 * Where log lines leave the process: a UDP or unix datagram socket, or a descriptor such as stdout. Sending never
 * waits and never throws; what cannot be sent now is counted and lost, as with HAProxy.
 *
 * A thread opens its own targets. Lines are complete, with header and newline; the buffer is the caller's again when
 * `send` returns.
 */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Address } from '../../src/net/address.ts';
import { connectUdp, connectUnixDatagram } from '../../src/system/datagram.ts';
import { hasSystemCalls } from '../../src/system/libc.ts';
import { SEND_WOULD_BLOCK, sendNow } from '../../src/system/send.ts';
import { abstractSocketPath } from '../../src/system/socket-address.ts';
import { DescriptorTarget } from './descriptor-target.ts';
import { builtInRing } from './event-ring.ts';
import { NodeUdpTarget } from './node-udp-target.ts';
import { RingTarget } from './ring-target.ts';

export interface LogTarget {
  /** Lines lost. */
  readonly dropped: number;
  /** Sends the line `buffer[start, end)`. */
  send(buffer: Buffer, start: number, end: number): void;
  /** Sends what is batched and closes; later lines are dropped. Descriptors that were given stay open. */
  close(): void;
}

/** After a failure to connect, lines are dropped this long before the next attempt. */
const RETRY_MS = 1000;

/**
 * Opens a target: an IP address with its port, a unix socket's path or abstract name, a descriptor, or a ring (descriptor -1). A receiver that
 * is not there yet is no error: it is tried again. Throws RangeError for an address that is not numeric.
 */
export function openLogTarget(address: Address, now: () => number = () => performance.now()): LogTarget {
  switch (address.family) {
    case 'fd':
      return address.fd < 0 ? new RingTarget(builtInRing()) : new DescriptorTarget(address.fd);
    case 'unix':
      return new DatagramTarget(() => connectUnixDatagram(address.host), now);
    case 'abns':
    case 'abnsz': {
      const path = abstractSocketPath(address.family, address.host);
      return new DatagramTarget(() => connectUnixDatagram(path), now);
    }
    case 'ipv4':
    case 'ipv6':
    case 'any': {
      const host = address.family === 'any' ? '0.0.0.0' : address.host;
      if (!hasSystemCalls()) return new NodeUdpTarget(host, address.portLow);
      return new DatagramTarget(() => connectUdp(host, address.portLow), now);
    }
    default:
      throw new RangeError(`log lines cannot be sent to '${address.text}'`);
  }
}

/** A connected datagram socket. Connects again when the receiver was replaced (a restarted syslog daemon). */
class DatagramTarget implements LogTarget {
  dropped = 0;
  readonly #connect: () => number;
  readonly #now: () => number;
  /** -1: not connected. */
  #fd = -1;
  #retryAtMs = 0;
  #isClosed = false;

  constructor(connect: () => number, now: () => number) {
    this.#connect = connect;
    this.#now = now;
    this.#reconnect();
  }

  send(buffer: Buffer, start: number, end: number): void {
    if (this.#fd < 0 && !this.#mayReconnect()) {
      this.dropped++;
      return;
    }
    const sent = sendNow(this.#fd, buffer, start, end);
    if (sent < 0) this.#sendAgain(sent, buffer, start, end);
  }

  close(): void {
    this.#isClosed = true;
    this.#disconnect();
  }

  /** An error that tells of an earlier line (refused by the host) or of a receiver that is gone: one more attempt. */
  #sendAgain(failure: number, buffer: Buffer, start: number, end: number): void {
    if (failure === SEND_WOULD_BLOCK || failure === -constants.errno.EMSGSIZE) {
      this.dropped++;
      return;
    }
    if (failure !== -constants.errno.ECONNREFUSED) this.#disconnect();
    let sent = this.#fd < 0 ? failure : sendNow(this.#fd, buffer, start, end);
    if (sent < 0 && sent !== SEND_WOULD_BLOCK) {
      this.#disconnect();
      if (this.#mayReconnect()) sent = sendNow(this.#fd, buffer, start, end);
    }
    if (sent < 0) this.dropped++;
  }

  #mayReconnect(): boolean {
    return !this.#isClosed && this.#now() >= this.#retryAtMs && this.#reconnect();
  }

  #reconnect(): boolean {
    try {
      this.#fd = this.#connect();
      return true;
    } catch (error) {
      if (error instanceof RangeError) throw error;
      this.#retryAtMs = this.#now() + RETRY_MS;
      return false;
    }
  }

  #disconnect(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}
