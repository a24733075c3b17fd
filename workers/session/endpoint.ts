/** One end of a connection as samples and logs ask for it: texts and addresses are made on first use. */
import { type IpAddress, parseIp } from '../../src/net/ip.ts';
import type { Endpoint } from '../../src/sample/stream-view.ts';
import type { Connection } from '../connection/connection.ts';

/** The peer's or our own end of a connection. It must be asked before the connection closes, or was asked already. */
export class ConnectionEndpoint implements Endpoint {
  readonly #connection: Connection;
  readonly #isRemote: boolean;
  #text: string | null = null;
  #ip: IpAddress | null | undefined;

  constructor(connection: Connection, side: 'remote' | 'local') {
    this.#connection = connection;
    this.#isRemote = side === 'remote';
  }

  get text(): string {
    if (this.#text === null) {
      const address = this.#isRemote ? this.#connection.remoteAddress : this.#connection.localAddress;
      this.#text = address === '' ? 'unix' : address;
    }
    return this.#text;
  }

  get port(): number {
    return this.#isRemote ? this.#connection.remotePort : this.#connection.localPort;
  }

  get ip(): IpAddress | null {
    if (this.#ip === undefined) this.#ip = parseIp(this.text);
    return this.#ip;
  }
}
