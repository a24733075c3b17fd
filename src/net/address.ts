/**
 * Addresses of bind, server, log and socket lines (manual section 2.9), parsed to plain data. Names are not
 * resolved here; log targets that are no addresses (`stdout`, `ring@`, `backend@`) belong to the log line.
 */
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './ip.ts';

export type AddressFamily = 'ipv4' | 'ipv6' | 'any' | 'name' | 'unix' | 'abns' | 'abnsz' | 'fd' | 'sockpair';

/** A parsed address. Only the fields of its family are set; `portLow` is 0 where no port was given. */
export interface Address {
  readonly family: AddressFamily;
  /**
   * IP text, host name, socket path, or '' for any address (`*:80`, `:80`: HAProxy takes IPv4's). `ipv4@:80` and
   * `ipv6@:80` have the any address of their family: `0.0.0.0` and `::`. For rhttp: `<backend>/<server>`.
   */
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
  /** Of a name: which family a prefix wants it resolved to (`ipv4@localhost`). Absent: either. */
  readonly resolveTo?: 'ipv4' | 'ipv6';
  /** As written. */
  readonly text: string;
}

/** What a statement accepts beside a plain IP address, name or socket path. */
export type AddressFeature =
  | 'port-range'
  | 'port-offset'
  | 'port-zero'
  | 'fd'
  | 'sockpair'
  | 'rhttp'
  | 'either-socket';

/** What one kind of statement accepts as an address. */
export interface AddressRules {
  /** The socket type where no prefix names one; the other one is refused unless `either-socket` is allowed. */
  readonly socket: 'stream' | 'dgram';
  /** Whether an IP address or name must have a port. */
  readonly port: 'required' | 'optional';
  /** The port where none is written; 0 by default. */
  readonly defaultPort?: number;
  readonly allow: readonly AddressFeature[];
}

/** `bind`, `stats socket` and the master CLI's `-S`. */
export const BIND_ADDRESS: AddressRules = {
  socket: 'stream',
  port: 'required',
  allow: ['port-range', 'fd', 'sockpair', 'rhttp'],
};
/** `dgram-bind` of log-forward sections. */
export const DGRAM_BIND_ADDRESS: AddressRules = {
  socket: 'dgram',
  port: 'required',
  allow: ['port-range', 'fd', 'sockpair'],
};
/** `server` and `peer`: without a port, the client's destination port is used. */
export const SERVER_ADDRESS: AddressRules = {
  socket: 'stream',
  port: 'optional',
  allow: ['port-zero', 'port-offset', 'sockpair', 'rhttp'],
};
/** `source` and `usesrc` of a proxy. */
export const SOURCE_ADDRESS: AddressRules = { socket: 'stream', port: 'optional', allow: ['port-zero'] };
/** `source` of a server line. */
export const SERVER_SOURCE_ADDRESS: AddressRules = {
  socket: 'stream',
  port: 'optional',
  allow: ['port-zero', 'port-range'],
};
/** `log`: the syslog port of RFC 5426 where none is written. */
export const LOG_ADDRESS: AddressRules = {
  socket: 'dgram',
  port: 'optional',
  defaultPort: 514,
  allow: ['port-zero', 'fd', 'sockpair', 'either-socket'],
};
/** `nameserver` of resolvers sections. */
export const NAMESERVER_ADDRESS: AddressRules = {
  socket: 'dgram',
  port: 'required',
  allow: ['either-socket'],
};

/** The longest socket path or abstract name in bytes: `sun_path` of unix(7) holds 108 with its NUL. */
export const UNIX_PATH_MAX = 107;

interface Prefix {
  readonly family: 'ip' | 'ipv4' | 'ipv6' | 'unix' | 'abns' | 'abnsz' | 'fd' | 'sockpair' | 'rhttp';
  readonly socket?: 'stream' | 'dgram';
  readonly protocol?: NonNullable<Address['protocol']>;
}

/** Manual sections 2.9.1 and 2.9.3. */
const PREFIXES: ReadonlyMap<string, Prefix> = new Map<string, Prefix>([
  ['ip', { family: 'ip' }],
  ['ipv4', { family: 'ipv4' }],
  ['ipv6', { family: 'ipv6' }],
  ['tcp', { family: 'ip', socket: 'stream', protocol: 'tcp' }],
  ['tcp4', { family: 'ipv4', socket: 'stream', protocol: 'tcp' }],
  ['tcp6', { family: 'ipv6', socket: 'stream', protocol: 'tcp' }],
  ['udp', { family: 'ip', socket: 'dgram', protocol: 'udp' }],
  ['udp4', { family: 'ipv4', socket: 'dgram', protocol: 'udp' }],
  ['udp6', { family: 'ipv6', socket: 'dgram', protocol: 'udp' }],
  ['quic4', { family: 'ipv4', socket: 'dgram', protocol: 'quic' }],
  ['quic6', { family: 'ipv6', socket: 'dgram', protocol: 'quic' }],
  ['mptcp', { family: 'ip', socket: 'stream', protocol: 'mptcp' }],
  ['mptcp4', { family: 'ipv4', socket: 'stream', protocol: 'mptcp' }],
  ['mptcp6', { family: 'ipv6', socket: 'stream', protocol: 'mptcp' }],
  ['unix', { family: 'unix' }],
  ['uxst', { family: 'unix', socket: 'stream' }],
  ['uxdg', { family: 'unix', socket: 'dgram' }],
  ['abns', { family: 'abns' }],
  ['abnsz', { family: 'abnsz' }],
  ['fd', { family: 'fd' }],
  ['sockpair', { family: 'sockpair' }],
  ['rhttp', { family: 'rhttp', socket: 'stream', protocol: 'rhttp' }],
]);

/** Manual section 2.9.2. */
const SOCKET_TYPES: ReadonlyMap<string, Pick<Prefix, 'socket' | 'protocol'>> = new Map<
  string,
  Pick<Prefix, 'socket' | 'protocol'>
>([
  ['stream', { socket: 'stream' }],
  ['dgram', { socket: 'dgram' }],
  ['quic', { socket: 'dgram', protocol: 'quic' }],
]);

/** Splits the comma-separated addresses of a bind line. One comma at the end is ignored, as HAProxy does. */
export function splitAddresses(text: string): string[] {
  const parts = text.split(',');
  if (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}

/** One address for each port of a range, low to high; an address without a range is returned alone. */
export function expandPorts(address: Address): Address[] {
  const expanded: Address[] = [];
  for (let port = address.portLow; port <= address.portHigh; port++)
    expanded.push({ ...address, portLow: port, portHigh: port });
  return expanded;
}

/**
 * Parses one address. Returns a text that says what is wrong, and what to write where that is known, for one that
 * is malformed or not acceptable by `rules`.
 */
export function parseAddress(text: string, rules: AddressRules): Address | string {
  if (text === '') return 'the address is empty (is an environment variable missing?)';
  if (text.includes('\0')) return 'the address contains a NUL byte';
  const split = splitPrefixes(text);
  if (typeof split === 'string') return split;
  const { prefix, rest } = split;
  const address: Draft = {
    family: 'any',
    host: '',
    portLow: 0,
    portHigh: 0,
    portOffset: null,
    fd: -1,
    socket: prefix.socket ?? rules.socket,
    protocol: prefix.protocol ?? null,
    text,
  };
  return refusedSocket(address, rules) ?? PARSERS[prefix.family](address, rest, rules, prefix) ?? address;
}

type Draft = { -readonly [K in keyof Address]: Address[K] };

/** Fills in the address from what stands behind the prefix, or says what is wrong. */
type BodyParser = (address: Draft, rest: string, rules: AddressRules, prefix: Prefix) => string | undefined;

const PARSERS: { readonly [F in Prefix['family']]: BodyParser } = {
  ip: parseHostAndPort,
  ipv4: parseHostAndPort,
  ipv6: parseHostAndPort,
  unix: parsePath,
  abns: parsePath,
  abnsz: parsePath,
  fd: parseDescriptor,
  sockpair: parseDescriptor,
  rhttp: parseReverse,
};

function splitPrefixes(text: string): { prefix: Prefix; rest: string } | string {
  const plus = /^([a-z]+)\+/.exec(text);
  const type = plus === null ? undefined : SOCKET_TYPES.get(plus[1]!);
  const body = type === undefined ? text : text.slice(plus![0].length);
  if (body.startsWith('/')) return { prefix: { family: 'unix', ...type }, rest: body };
  const at = body.indexOf('@');
  if (at < 0) return { prefix: { family: 'ip', ...type }, rest: body };
  const prefix = PREFIXES.get(body.slice(0, at));
  if (prefix !== undefined) return { prefix: { ...type, ...prefix }, rest: body.slice(at + 1) };
  const lower = body.slice(0, at).toLowerCase();
  const advice = PREFIXES.has(lower)
    ? `did you mean '${lower}@'?`
    : `known: ${[...PREFIXES.keys()].map((name) => `${name}@`).join(' ')}`;
  return `unknown address prefix '${body.slice(0, at + 1)}' in '${text}'; ${advice}`;
}

/** QUIC is a stream to the statement, whatever its socket is. */
function refusedSocket(address: Draft, rules: AddressRules): string | undefined {
  const transport = address.protocol === 'quic' ? 'stream' : address.socket;
  if (transport === rules.socket || rules.allow.includes('either-socket')) return undefined;
  return `a ${transport} address is not acceptable here in '${address.text}'`;
}

function parsePath(address: Draft, path: string, _rules: AddressRules, prefix: Prefix): string | undefined {
  const sizeBytes = Buffer.byteLength(path);
  if (sizeBytes === 0)
    return `missing socket ${prefix.family === 'unix' ? 'path' : 'name'} in '${address.text}'`;
  if (sizeBytes > UNIX_PATH_MAX)
    return `socket path '${path}' is too long: ${sizeBytes} bytes of at most ${UNIX_PATH_MAX}`;
  address.family = prefix.family as 'unix' | 'abns' | 'abnsz';
  address.host = path;
  return undefined;
}

function parseDescriptor(
  address: Draft,
  digits: string,
  rules: AddressRules,
  prefix: Prefix,
): string | undefined {
  const family = prefix.family as 'fd' | 'sockpair';
  if (!/^\+?\d{1,9}$/.test(digits)) return `'${digits}' is not a file descriptor number in '${address.text}'`;
  if (!rules.allow.includes(family)) return `a file descriptor is not acceptable here in '${address.text}'`;
  address.family = family;
  address.fd = Number(digits);
  return undefined;
}

function parseReverse(address: Draft, target: string, rules: AddressRules): string | undefined {
  if (!rules.allow.includes('rhttp')) return `reverse HTTP is not acceptable here in '${address.text}'`;
  if (rules.port === 'required' && !/^[^/]+\/[^/]+$/.test(target))
    return `'${target}' does not name a server in '${address.text}'; write rhttp@<backend>/<server>`;
  address.family = 'name';
  address.host = target;
  return undefined;
}

/** The last colon begins the port; a closing bracket behind it means that there is none. */
function parseHostAndPort(
  address: Draft,
  rest: string,
  rules: AddressRules,
  prefix: Prefix,
): string | undefined {
  const colon = rest.lastIndexOf(':');
  const hasPort = colon > rest.lastIndexOf(']');
  const host = hasPort ? rest.slice(0, colon) : rest;
  const port = hasPort ? rest.slice(colon + 1) : '';
  return (
    parsePort(address, port, rules, host) ?? parseHost(address, host, prefix.family as 'ip' | 'ipv4' | 'ipv6')
  );
}

function parsePort(address: Draft, port: string, rules: AddressRules, host: string): string | undefined {
  if (port === '') {
    if (rules.port === 'required')
      return `missing port in '${address.text}'; ${/^\d+$/.test(host) ? `write ':${host}' to mean a port on any address` : `write '${host}:<port>'`}`;
    address.portLow = address.portHigh = rules.defaultPort ?? 0;
    return undefined;
  }
  if (port[0] === '+' || port[0] === '-') return parseOffset(address, port, rules);
  const dash = port.indexOf('-');
  if (dash >= 0 && !rules.allow.includes('port-range'))
    return `a port range is not permitted here in '${address.text}'`;
  const least = rules.allow.includes('port-zero') ? 0 : 1;
  const low = portNumber(dash < 0 ? port : port.slice(0, dash));
  const high = dash < 0 ? low : portNumber(port.slice(dash + 1));
  if (low < least || high < least)
    return `invalid port '${port}' in '${address.text}'; a port is a number from ${least} to 65535`;
  if (low > high) return `invalid port range '${port}' in '${address.text}': it runs backwards`;
  address.portLow = low;
  address.portHigh = high;
  return undefined;
}

function parseOffset(address: Draft, port: string, rules: AddressRules): string | undefined {
  if (!rules.allow.includes('port-offset')) return `a port offset is not permitted here in '${address.text}'`;
  const distance = portNumber(port.slice(1));
  if (distance < 0)
    return `invalid port offset '${port}' in '${address.text}'; write a sign and a number up to 65535`;
  address.portOffset = port[0] === '-' ? 0 - distance : distance;
  return undefined;
}

/** -1 for what is no number from 0 to 65535. */
function portNumber(digits: string): number {
  const value = /^\d{1,9}$/.test(digits) ? Number(digits) : -1;
  return value <= 65535 ? value : -1;
}

const ANY_HOST = { ip: '', ipv4: '0.0.0.0', ipv6: '::' } as const;

function parseHost(address: Draft, written: string, wanted: 'ip' | 'ipv4' | 'ipv6'): string | undefined {
  if (written === '' || written === '*') {
    address.family = wanted === 'ip' ? 'any' : wanted;
    address.host = ANY_HOST[wanted];
    return undefined;
  }
  const isBracketed = written.startsWith('[') && written.endsWith(']');
  const host = isBracketed ? written.slice(1, -1) : written;
  const family = literalFamily(address, host) ?? nameFamily(host);
  if (family === undefined)
    return `invalid address '${written}' in '${address.text}'${hostAdvice(written, wanted)}`;
  if (family === 'name') {
    address.host = host;
    if (wanted !== 'ip') address.resolveTo = wanted;
  } else if (wanted !== 'ip' && family !== wanted) {
    return `'${written}' is not an ${wanted === 'ipv4' ? 'IPv4' : 'IPv6'} address in '${address.text}'`;
  }
  address.family = family;
  return undefined;
}

/** Sets the canonical text of an IP address. Undefined for what is none. */
function literalFamily(address: Draft, host: string): 'ipv4' | 'ipv6' | undefined {
  const v6 = host.includes(':') ? parseIpv6(host) : '';
  if (v6 !== '') {
    address.host = formatIpv6(v6);
    return 'ipv6';
  }
  const v4 = parseIpv4(host) >= 0 ? parseIpv4(host) : parseShortIpv4(host);
  if (v4 < 0) return undefined;
  address.host = formatIpv4(v4);
  return 'ipv4';
}

/** IPv4 with fewer than four parts, the last filling the rest, as inet_aton(3) reads it: `127.1`. -1 for others. */
function parseShortIpv4(text: string): number {
  if (!/^\d{1,10}(\.\d{1,8}){0,2}$/.test(text)) return -1;
  const parts = text.split('.').map(Number);
  const last = parts.pop()!;
  if (last >= 256 ** (4 - parts.length) || parts.some((part) => part > 255)) return -1;
  return parts.reduce((value, part, i) => value + part * 256 ** (3 - i), last);
}

/** A host name (RFC 1123, and underscores as found in the wild) that cannot be taken for an address. */
function nameFamily(host: string): 'name' | undefined {
  if (host.length > 253 || /^[\d.]+$/.test(host)) return undefined;
  const labels = (host.endsWith('.') ? host.slice(0, -1) : host).split('.');
  return labels.every((label) => /^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$/.test(label)) ? 'name' : undefined;
}

function hostAdvice(written: string, wanted: string): string {
  if (written.includes('%')) return ': zone identifiers are not supported';
  if (written.includes(',')) return ': a list of addresses is not permitted here';
  if (written.endsWith(':') || written === '[')
    return ': the last colon begins the port; write an IPv6 address in brackets, as in [::1]:80';
  if (written.startsWith('/') && wanted !== 'ip') return '; write unix@ before a socket path';
  return '';
}
