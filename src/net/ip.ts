/** IP addresses as values: IPv4 as a number, IPv6 as 16 bytes in a byte string. Texts by RFC 5952. */

/** One address. `v4` is the 32-bit value, or -1 for IPv6; `v6` is 16 bytes as a latin1 string, or '' for IPv4. */
export interface IpAddress {
  readonly v4: number;
  readonly v6: string;
}

/** Parses dotted IPv4 (four decimal parts). Returns -1 for anything else. */
export function parseIpv4(text: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return -1;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const part = Number(match[i]);
    if (part > 255) return -1;
    value = value * 256 + part;
  }
  return value;
}

export function formatIpv4(v4: number): string {
  return `${v4 >>> 24}.${(v4 >>> 16) & 255}.${(v4 >>> 8) & 255}.${v4 & 255}`;
}

/** Parses an IPv6 text without brackets or zone to 16 bytes in a latin1 string. Returns '' for anything else. */
export function parseIpv6(text: string): string {
  const halves = text.split('::');
  if (halves.length > 2) return '';
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (head === null || tail === null) return '';
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return '';
  let bytes = '';
  for (const group of [...head, ...new Array<number>(missing).fill(0), ...tail])
    bytes += String.fromCharCode(group >>> 8, group & 255);
  return bytes;
}

function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const v4 = parseIpv4(part);
      if (v4 < 0) return null;
      groups.push(v4 >>> 16, v4 & 0xffff);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

/** The canonical text of RFC 5952: lower case, the longest run of two or more zero groups as `::`. */
export function formatIpv6(v6: string): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(v6.charCodeAt(i) * 256 + v6.charCodeAt(i + 1));
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff)
    return `::ffff:${formatIpv4(groups[6]! * 65536 + groups[7]!)}`;
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > runLength) {
      runStart = i;
      runLength = length;
    }
    i += length;
  }
  const hex = groups.map((g) => g.toString(16));
  if (runStart < 0) return hex.join(':');
  return `${hex.slice(0, runStart).join(':')}::${hex.slice(runStart + runLength).join(':')}`;
}

/** Parses either family; an IPv4-mapped IPv6 address stays IPv6. Returns null for anything else. */
export function parseIp(text: string): IpAddress | null {
  const v4 = parseIpv4(text);
  if (v4 >= 0) return { v4, v6: '' };
  const v6 = parseIpv6(text);
  return v6 === '' ? null : { v4: -1, v6 };
}

export function formatIp(address: IpAddress): string {
  return address.v6 === '' ? formatIpv4(address.v4) : formatIpv6(address.v6);
}
