/** Upgraded connections that exchange bytes all the time, and notice each that is closed or that gets a wrong byte. */
import { once } from 'node:events';
import net from 'node:net';

const UPGRADE = 'GET /tunnel HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
const HEAD_END = '\r\n\r\n';
/** Between an echo and the next message. */
const PACE_MS = 10;

/** Answers an upgrade with 101 and then sends back all that comes. */
export class TunnelOrigin {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  private constructor() {
    this.#server = net.createServer((socket) => this.#serve(socket));
  }

  static async start(): Promise<TunnelOrigin> {
    const origin = new TunnelOrigin();
    origin.#server.listen(0, '127.0.0.1');
    await once(origin.#server, 'listening');
    return origin;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    let head = '';
    const onHead = (piece: Buffer) => {
      head += piece.latin1Slice();
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      socket.off('data', onHead);
      socket.write(SWITCHING + head.slice(end + HEAD_END.length), 'latin1');
      socket.on('data', (bytes: Buffer) => socket.write(bytes));
    };
    socket.on('data', onHead);
  }
}

export class Tunnels {
  exchanges = 0;
  /** What went wrong, by tunnel. */
  readonly problems: string[] = [];
  readonly #tunnels: Tunnel[] = [];
  #isStopping = false;

  /** Resolves once all are upgraded. Rejects when one is not. */
  static async open(port: number, count: number): Promise<Tunnels> {
    const tunnels = new Tunnels();
    for (let i = 0; i < count; i++) tunnels.#tunnels.push(await tunnels.#openOne(port, i));
    return tunnels;
  }

  /** Fewest exchanges of one tunnel: one that hangs has stopped long before the others. */
  get fewestExchanges(): number {
    return Math.min(...this.#tunnels.map(({ exchanges }) => exchanges));
  }

  close(): void {
    this.#isStopping = true;
    for (const { socket } of this.#tunnels) socket.destroy();
  }

  async #openOne(port: number, index: number): Promise<Tunnel> {
    const tunnel = new Tunnel(port, index, {
      onExchange: () => {
        this.exchanges++;
      },
      onProblem: (problem) => {
        if (!this.#isStopping) this.problems.push(`tunnel ${index}: ${problem}`);
      },
    });
    await tunnel.upgraded;
    return tunnel;
  }
}

interface TunnelOwner {
  onExchange(): void;
  onProblem(problem: string): void;
}

class Tunnel {
  readonly socket: net.Socket;
  readonly upgraded: Promise<void>;
  exchanges = 0;
  readonly #index: number;
  readonly #owner: TunnelOwner;
  #received = '';
  #expected = '';
  #isUpgraded = false;
  #setUpgraded: () => void = () => {};
  #setFailed: (error: Error) => void = () => {};

  constructor(port: number, index: number, owner: TunnelOwner) {
    this.#index = index;
    this.#owner = owner;
    this.upgraded = new Promise((resolve, reject) => {
      this.#setUpgraded = resolve;
      this.#setFailed = reject;
    });
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true }, () =>
      this.socket.write(UPGRADE + KEY),
    );
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => this.#receive(text));
    this.socket.on('error', (error) => this.#ended(error.message));
    this.socket.on('end', () => this.#ended('was closed'));
  }

  #receive(text: string): void {
    this.#received += text;
    if (this.#isUpgraded) this.#readEcho();
    else this.#readAnswer();
  }

  #readAnswer(): void {
    if (!this.#received.includes(HEAD_END)) return;
    if (!this.#received.startsWith('HTTP/1.1 101 ')) {
      this.#ended(`not upgraded: ${this.#received}`);
      return;
    }
    this.#received = '';
    this.#isUpgraded = true;
    this.#setUpgraded();
    this.#say();
  }

  #readEcho(): void {
    if (this.#received.length < this.#expected.length) return;
    if (this.#received !== this.#expected) {
      this.#ended(`got other bytes: ${this.#received.slice(0, 80)}`);
      return;
    }
    this.#received = '';
    this.exchanges++;
    this.#owner.onExchange();
    setTimeout(() => this.#say(), PACE_MS);
  }

  #say(): void {
    this.#expected = `tunnel ${this.#index} message ${this.exchanges} `.padEnd(
      100 + (this.exchanges % 400),
      '.',
    );
    if (!this.socket.destroyed) this.socket.write(this.#expected, 'latin1');
  }

  #ended(problem: string): void {
    this.#setFailed(new Error(problem));
    this.#owner.onProblem(problem);
    this.socket.destroy();
  }
}
