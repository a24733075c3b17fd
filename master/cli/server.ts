/** The master CLI's sockets: those of `-S`, and the control socket in the runtime directory. */

import { createServer, type Server, type Socket } from 'node:net';
import type { Level } from '../../src/command/session.ts';
import {
  earlyOptionsOf,
  fileOf,
  type ListeningSocket,
  openListeningSocket,
  resolveAddress,
} from '../listening-socket.ts';
import type { CliAddress } from './address.ts';
import type { MasterView } from './context.ts';
import { Conversation } from './conversation.ts';

/** Most connections at a time, over all sockets. */
const CONNECTIONS_MAX = 50;

export class CliServer {
  readonly #version: string;
  readonly #master: MasterView;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<Socket>();
  readonly #sockets: { readonly address: string; readonly level: Level }[] = [];

  constructor(master: MasterView, version: string) {
    this.#master = master;
    this.#version = version;
  }

  get sockets(): readonly { readonly address: string; readonly level: Level }[] {
    return this.#sockets;
  }

  /** Listens on one more socket. Throws an Error that says why it cannot. */
  async listen({ address, options, level }: CliAddress): Promise<void> {
    const request = {
      address: await resolveAddress(address),
      isIpv6Only: options.v6only === true,
      early: earlyOptionsOf(options),
      file: fileOf(options),
    };
    const socket = openListeningSocket(request);
    await this.#serve(socket, level);
    this.#sockets.push({ address: address.text, level });
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const connection of this.#connections) connection.destroy();
  }

  #serve(socket: ListeningSocket, level: Level): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (connection) => this.#accept(connection, level));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      const listening = () => {
        server.off('error', reject);
        server.on('error', () => {});
        resolve();
      };
      if (socket.bound === null) server.listen({ fd: socket.fd }, listening);
      else server.listen(socket.bound, listening);
    });
  }

  #accept(connection: Socket, level: Level): void {
    connection.on('error', () => {});
    if (this.#connections.size >= CONNECTIONS_MAX) {
      connection.destroy();
      return;
    }
    this.#connections.add(connection);
    connection.on('close', () => this.#connections.delete(connection));
    const conversation = new Conversation({
      master: this.#master,
      level,
      version: this.#version,
      now: () => Date.now(),
      send: (text) => {
        if (connection.writable) connection.write(text);
      },
      end: () => {
        if (connection.writable) connection.end();
        connection.resume();
      },
    });
    connection.setEncoding('utf8');
    connection.on('data', (text: string) => conversation.receive(text));
    connection.on('end', () => conversation.inputEnded());
  }
}
