/** Connections with their peers, for tests of transports. */
import assert from 'node:assert/strict';
import type { Server, Socket } from 'node:net';
import type { Connection } from '../../../workers/connection/connection.ts';
import type { Listener, Transport } from '../../../workers/connection/transport.ts';
import { textOf } from './peer-bytes.ts';
import { connectTo, type Network, newPlace, type Place, serveAt } from './places.ts';
import { Recorder } from './recorder.ts';

export type Relay = (from: Connection, to: Connection, buffer: Buffer, length: number) => void;

/** Makes connections, peers and listeners of one transport and network, and ends them all. */
export class Bench {
  readonly #transport: Transport;
  readonly #network: Network;
  readonly #ends: (() => void)[] = [];

  constructor(transport: Transport, network: Network) {
    this.#transport = transport;
    this.#network = network;
  }

  clear(): void {
    for (const end of this.#ends.reverse()) end();
  }

  keep(connection: Connection): Connection {
    this.#ends.push(() => connection.destroy());
    return connection;
  }

  keepPeer(peer: Socket): Socket {
    peer.on('error', () => {});
    this.#ends.push(() => peer.destroy());
    return peer;
  }

  place(): Place {
    const place = newPlace(this.#network);
    this.#ends.push(() => place.remove());
    return place;
  }

  listen(place: Place, onAccept: (connection: Connection) => void): Listener {
    const fd = place.bind();
    const onError = (code: string) => assert.fail(code);
    const listener = this.#transport.listen({ fd, isUnix: place.isUnix, backlog: 64, onAccept, onError });
    this.#ends.push(() => listener.close());
    return listener;
  }

  /** Sockets of `net` that connections to the place get as peers. */
  peersAt(place: Place): { readonly ready: Promise<Server>; next(): Promise<Socket> } {
    const arrived: Socket[] = [];
    const waiting: ((socket: Socket) => void)[] = [];
    const ready = serveAt(place, (socket) => {
      this.keepPeer(socket);
      const next = waiting.shift();
      if (next === undefined) arrived.push(socket);
      else next(socket);
    });
    void ready.then((server) => this.#ends.push(() => server.close()));
    return {
      ready,
      next: () => {
        const socket = arrived.shift();
        return socket === undefined
          ? new Promise((resolve) => waiting.push(resolve))
          : Promise.resolve(socket);
      },
    };
  }

  /** A dialled connection and its `net` peer. */
  async dial(): Promise<{ connection: Connection; owner: Recorder; peer: Socket }> {
    const place = this.place();
    const peers = this.peersAt(place);
    await peers.ready;
    const owner = new Recorder();
    const connection = this.keep(this.#transport.dial(place.target, owner));
    await owner.heard('connect');
    return { connection, owner, peer: await peers.next() };
  }

  /** An accepted connection, whose owner does `onBytes`, and its `net` peer. */
  async accept(
    onBytes: (connection: Connection, buffer: Buffer, length: number) => void,
  ): Promise<{ peer: Socket; owner: Recorder }> {
    const place = this.place();
    const owner = new Recorder();
    owner.on.bytes = onBytes;
    this.listen(place, (connection) => {
      connection.owner = owner;
      this.keep(connection);
    });
    return { peer: this.keepPeer(await connectTo(place)), owner };
  }

  /** Two connections, one dialled to the other. */
  async pair(): Promise<{ connection: Connection; accepted: Connection }> {
    const place = this.place();
    const owner = new Recorder();
    let accepted: Connection | null = null;
    this.listen(place, (arrived) => {
      arrived.owner = owner;
      accepted = this.keep(arrived);
      owner.onConnect(arrived);
    });
    const dialler = new Recorder();
    const connection = this.keep(this.#transport.dial(place.target, dialler));
    await dialler.heard('connect');
    await owner.heard('connect');
    return { connection, accepted: accepted! };
  }

  /** client (`net`) → accepted connection → relay → dialled connection → peer (`net`). */
  async relay(relay: Relay): Promise<{ client: Socket; from: Connection; target: Connection; peer: Socket }> {
    const { connection: target, owner: targetOwner, peer } = await this.dial();
    const place = this.place();
    const owner = new Recorder();
    let from: Connection | null = null;
    owner.on.bytes = (connection, buffer, length) => relay(connection, target, buffer, length);
    owner.on.end = () => target.end();
    targetOwner.on.drain = () => from?.resume();
    this.listen(place, (connection) => {
      connection.owner = owner;
      from = this.keep(connection);
      owner.onConnect(connection);
    });
    const client = this.keepPeer(await connectTo(place));
    await owner.heard('connect');
    return { client, from: from!, target, peer };
  }

  /** One exchange on a connection of its own: what was under way in the event loop is done behind it. */
  async roundTrip(): Promise<void> {
    const { peer } = await this.accept((connection, buffer, length) => connection.write(buffer, 0, length));
    for (let i = 0; i < 3; i++) {
      peer.write('ping');
      await textOf(peer, 4);
    }
    peer.destroy();
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
  }
}
