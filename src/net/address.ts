/**
 * Addresses of bind, server, log and socket lines (manual section 2.9), parsed to plain data.
 */

export type AddressFamily = 'ipv4' | 'ipv6' | 'any' | 'name' | 'unix' | 'abns' | 'abnsz' | 'fd' | 'sockpair';

/** A parsed address. Only the fields of its family are set; `portLow` is 0 where no port was given. */
export interface Address {
  readonly family: AddressFamily;
  /** IP text, host name, socket path, or '' for any address (`*:80`, `:80`). */
  readonly host: string;
  readonly portLow: number;
  /** The same as portLow unless a range was written. */
  readonly portHigh: number;
  /** `+5` or `-5` on a server line: the port is the client's destination port plus this. Null: portLow is the port. */
  readonly portOffset: number | null;
  /** For fd@ and sockpair@. */
  readonly fd: number;
  /** `stream` or `dgram` (`udp@`, `dgram+`…), and the protocol where a prefix names one. */
  readonly socket: 'stream' | 'dgram';
  readonly protocol: 'tcp' | 'udp' | 'quic' | 'mptcp' | 'rhttp' | null;
  /** As written. */
  readonly text: string;
}
