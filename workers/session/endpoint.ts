/** One end of a connection as samples and logs ask for it: texts and addresses are made on first use. */
import { type IpAddress, parseIp } from '../../src/net/ip.ts';
import type { Endpoint } from '../../src/sample/stream-view.ts';
import type { Connection } from '../connection/connection.ts';

/** The peer's or our own end of a connection. Once that is closed, it knows what was asked or captured before. */
export class ConnectionEndpoint implements Endpoint {
  readonly #connection: Connection;
  readonly #isRemote: boolean;
  #text: string | null = null;
  #port = -1;
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
    if (this.#port < 0)
      this.#port = this.#isRemote ? this.#connection.remotePort : this.#connection.localPort;
    return this.#port;
  }

  /** Asks the system now: for who will want it when the connection is gone, as a log line does. */
  capture(): void {
    void this.text;
    void this.port;
  }

  get ip(): IpAddress | null {
    if (this.#ip === undefined) this.#ip = parseIp(this.text);
    return this.#ip;
  }
}

/** Our own end of a connection that we opened, and the peer's. */
export function endsOf(connection: Connection): readonly [ConnectionEndpoint, ConnectionEndpoint] {
  return [new ConnectionEndpoint(connection, 'local'), new ConnectionEndpoint(connection, 'remote')];
}
