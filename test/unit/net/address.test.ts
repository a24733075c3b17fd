import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Address,
  type AddressRules,
  BIND_ADDRESS,
  DGRAM_BIND_ADDRESS,
  expandPorts,
  LOG_ADDRESS,
  NAMESERVER_ADDRESS,
  parseAddress,
  SERVER_ADDRESS,
  SERVER_SOURCE_ADDRESS,
  SOURCE_ADDRESS,
  splitAddresses,
  UNIX_PATH_MAX,
} from '../../../src/net/address.ts';

const PLAIN = {
  portLow: 0,
  portHigh: 0,
  portOffset: null,
  fd: -1,
  socket: 'stream',
  protocol: null,
  host: '',
} as const;

function parsed(text: string, rules: AddressRules): Address {
  const address = parseAddress(text, rules);
  assert.ok(typeof address !== 'string', `${text}: ${address}`);
  return address;
}

function port(low: number, high = low) {
  return { portLow: low, portHigh: high };
}

describe('parseAddress reads the forms of manual section 2.9', () => {
  const cases: readonly (readonly [string, Partial<Address>])[] = [
    ['*:80', { family: 'any', ...port(80) }],
    [':80', { family: 'any', ...port(80) }],
    ['127.0.0.1:80', { family: 'ipv4', host: '127.0.0.1', ...port(80) }],
    ['127.0.0.1:080', { family: 'ipv4', host: '127.0.0.1', ...port(80) }],
    ['0.0.0.0:65535', { family: 'ipv4', host: '0.0.0.0', ...port(65535) }],
    ['127.1:80', { family: 'ipv4', host: '127.0.0.1', ...port(80) }],
    ['1.2.3:80', { family: 'ipv4', host: '1.2.0.3', ...port(80) }],
    ['0:80', { family: 'ipv4', host: '0.0.0.0', ...port(80) }],
    ['127.0.0.1:80-89', { family: 'ipv4', host: '127.0.0.1', ...port(80, 89) }],
    ['*:80-80', { family: 'any', ...port(80) }],
    [':::80', { family: 'ipv6', host: '::', ...port(80) }],
    ['::1:80', { family: 'ipv6', host: '::1', ...port(80) }],
    ['[::1]:80', { family: 'ipv6', host: '::1', ...port(80) }],
    ['[::]:80', { family: 'ipv6', host: '::', ...port(80) }],
    ['2001:DB8:0:0:0:0:0:1:80', { family: 'ipv6', host: '2001:db8::1', ...port(80) }],
    ['::ffff:1.2.3.4:80', { family: 'ipv6', host: '::ffff:1.2.3.4', ...port(80) }],
    ['[127.0.0.1]:80', { family: 'ipv4', host: '127.0.0.1', ...port(80) }],
    ['localhost:80', { family: 'name', host: 'localhost', ...port(80) }],
    ['[localhost]:80', { family: 'name', host: 'localhost', ...port(80) }],
    ['a_b-c.example.:80', { family: 'name', host: 'a_b-c.example.', ...port(80) }],
    ['ipv4@:80', { family: 'ipv4', host: '0.0.0.0', ...port(80) }],
    ['ipv4@*:80', { family: 'ipv4', host: '0.0.0.0', ...port(80) }],
    ['ipv6@:80', { family: 'ipv6', host: '::', ...port(80) }],
    ['ipv6@:::80', { family: 'ipv6', host: '::', ...port(80) }],
    ['ipv4@public_ssl:443', { family: 'name', host: 'public_ssl', resolveTo: 'ipv4', ...port(443) }],
    ['ipv6@localhost:80', { family: 'name', host: 'localhost', resolveTo: 'ipv6', ...port(80) }],
    ['ip@127.0.0.1:80', { family: 'ipv4', host: '127.0.0.1', ...port(80) }],
    ['ip@:80', { family: 'any', ...port(80) }],
    ['tcp@:80', { family: 'any', protocol: 'tcp', ...port(80) }],
    ['tcp4@:80', { family: 'ipv4', host: '0.0.0.0', protocol: 'tcp', ...port(80) }],
    ['tcp6@[::1]:80', { family: 'ipv6', host: '::1', protocol: 'tcp', ...port(80) }],
    ['mptcp@:80', { family: 'any', protocol: 'mptcp', ...port(80) }],
    ['mptcp4@10.0.0.1:80', { family: 'ipv4', host: '10.0.0.1', protocol: 'mptcp', ...port(80) }],
    ['mptcp6@:80', { family: 'ipv6', host: '::', protocol: 'mptcp', ...port(80) }],
    [
      'quic4@10.0.0.1:8888',
      { family: 'ipv4', host: '10.0.0.1', socket: 'dgram', protocol: 'quic', ...port(8888) },
    ],
    ['quic6@:443', { family: 'ipv6', host: '::', socket: 'dgram', protocol: 'quic', ...port(443) }],
    ['quic+ipv4@:443', { family: 'ipv4', host: '0.0.0.0', socket: 'dgram', protocol: 'quic', ...port(443) }],
    ['stream+ipv4@:80', { family: 'ipv4', host: '0.0.0.0', ...port(80) }],
    ['stream+ip@:80', { family: 'any', ...port(80) }],
    ['stream+:80', { family: 'any', ...port(80) }],
    ['stream+tcp@:80', { family: 'any', protocol: 'tcp', ...port(80) }],
    ['stream+unix@/tmp/x', { family: 'unix', host: '/tmp/x' }],
    ['stream+fd@3', { family: 'fd', fd: 3 }],
    ['unix@/tmp/x', { family: 'unix', host: '/tmp/x' }],
    ['unix@x.sock', { family: 'unix', host: 'x.sock' }],
    ['unix@:80', { family: 'unix', host: ':80' }],
    ['uxst@/tmp/x', { family: 'unix', host: '/tmp/x' }],
    ['/tmp/x', { family: 'unix', host: '/tmp/x' }],
    ['/tmp/x@y:80', { family: 'unix', host: '/tmp/x@y:80' }],
    ['abns@x', { family: 'abns', host: 'x' }],
    ['abnsz@x', { family: 'abnsz', host: 'x' }],
    ['fd@0', { family: 'fd', fd: 0 }],
    ['fd@01', { family: 'fd', fd: 1 }],
    ['sockpair@7', { family: 'sockpair', fd: 7 }],
    ['rhttp@be/srv', { family: 'name', host: 'be/srv', protocol: 'rhttp' }],
  ];
  for (const [text, expected] of cases)
    it(`bind ${text}`, () => assert.deepEqual(parsed(text, BIND_ADDRESS), { ...PLAIN, text, ...expected }));
});

describe('parseAddress on a server line', () => {
  const cases: readonly (readonly [string, Partial<Address>])[] = [
    ['10.1.1.1:1080', { family: 'ipv4', host: '10.1.1.1', ...port(1080) }],
    ['10.1.1.1', { family: 'ipv4', host: '10.1.1.1' }],
    ['10.1.1.1:', { family: 'ipv4', host: '10.1.1.1' }],
    ['10.1.1.1:0', { family: 'ipv4', host: '10.1.1.1' }],
    ['[::1]', { family: 'ipv6', host: '::1' }],
    ['*', { family: 'any' }],
    ['*:80', { family: 'any', ...port(80) }],
    ['ipv4@', { family: 'ipv4', host: '0.0.0.0' }],
    ['127.0.0.1:+1000', { family: 'ipv4', host: '127.0.0.1', portOffset: 1000 }],
    ['127.0.0.1:-5', { family: 'ipv4', host: '127.0.0.1', portOffset: -5 }],
    ['127.0.0.1:-0', { family: 'ipv4', host: '127.0.0.1', portOffset: 0 }],
    ['backend.example:8080', { family: 'name', host: 'backend.example', ...port(8080) }],
    ['rhttp@', { family: 'name', protocol: 'rhttp' }],
  ];
  for (const [text, expected] of cases)
    it(`server ${text}`, () =>
      assert.deepEqual(parsed(text, SERVER_ADDRESS), { ...PLAIN, text, ...expected }));
});

describe('parseAddress by statement', () => {
  it('gives log addresses the syslog port and a datagram socket', () => {
    assert.deepEqual(parsed('127.0.0.1', LOG_ADDRESS), {
      ...PLAIN,
      family: 'ipv4',
      host: '127.0.0.1',
      socket: 'dgram',
      text: '127.0.0.1',
      ...port(514),
    });
    assert.equal(parsed('[::1]:10514', LOG_ADDRESS).portLow, 10514);
    assert.equal(parsed('tcp@127.0.0.1:514', LOG_ADDRESS).socket, 'stream');
    assert.equal(parsed('/dev/log', LOG_ADDRESS).socket, 'dgram');
    assert.equal(parsed('uxst@/dev/log', LOG_ADDRESS).socket, 'stream');
  });
  it('takes both socket types for nameservers', () => {
    assert.equal(parsed('10.0.0.1:53', NAMESERVER_ADDRESS).socket, 'dgram');
    assert.equal(parsed('tcp@10.0.0.1:53', NAMESERVER_ADDRESS).socket, 'stream');
  });
  it('takes port ranges in the source of a server but not of a proxy', () => {
    assert.deepEqual(
      [
        parsed('10.0.0.1:1-9', SERVER_SOURCE_ADDRESS).portLow,
        parsed('10.0.0.1:1-9', SERVER_SOURCE_ADDRESS).portHigh,
      ],
      [1, 9],
    );
    assert.match(String(parseAddress('10.0.0.1:1-9', SOURCE_ADDRESS)), /range is not permitted/);
  });
  it('takes datagram addresses only where the statement is one of datagrams', () => {
    assert.equal(parsed('udp4@:514', DGRAM_BIND_ADDRESS).protocol, 'udp');
    assert.equal(parsed(':514', DGRAM_BIND_ADDRESS).socket, 'dgram');
    assert.match(String(parseAddress('tcp@:514', DGRAM_BIND_ADDRESS)), /stream address is not acceptable/);
  });
});

describe('parseAddress refuses with a reason', () => {
  const cases: readonly (readonly [AddressRules, string, RegExp])[] = [
    [BIND_ADDRESS, '', /empty \(is an environment variable missing/],
    [BIND_ADDRESS, '80', /missing port in '80'; write ':80'/],
    [BIND_ADDRESS, '*', /missing port in '\*'; write '\*:<port>'/],
    [BIND_ADDRESS, '127.0.0.1:', /missing port/],
    [BIND_ADDRESS, '[::1]', /missing port/],
    [BIND_ADDRESS, '127.0.0.1:0', /invalid port '0'.*from 1 to 65535/],
    [BIND_ADDRESS, '127.0.0.1:65536', /invalid port '65536'/],
    [BIND_ADDRESS, '127.0.0.1:80a', /invalid port '80a'/],
    [BIND_ADDRESS, '127.0.0.1:0x50', /invalid port '0x50'/],
    [BIND_ADDRESS, '127.0.0.1:1e3', /invalid port '1e3'/],
    [BIND_ADDRESS, '127.0.0.1: 80', /invalid port ' 80'/],
    [BIND_ADDRESS, '127.0.0.1:80-', /invalid port '80-'/],
    [BIND_ADDRESS, '127.0.0.1:89-80', /range '89-80'.*backwards/],
    [BIND_ADDRESS, '127.0.0.1:80-65536', /invalid port/],
    [BIND_ADDRESS, '127.0.0.1:1-2-3', /invalid port/],
    [BIND_ADDRESS, '127.0.0.1:+80', /offset is not permitted/],
    [BIND_ADDRESS, '127.0.0.1:-80', /offset is not permitted/],
    [BIND_ADDRESS, '::1', /invalid address ':'.*in brackets/],
    [BIND_ADDRESS, '[::1', /invalid address/],
    [BIND_ADDRESS, '[::1]80', /missing port/],
    [BIND_ADDRESS, '[]:80', /invalid address '\[\]'/],
    [BIND_ADDRESS, '[*]:80', /invalid address '\[\*\]'/],
    [BIND_ADDRESS, 'fe80::1%lo:80', /zone identifiers/],
    [BIND_ADDRESS, '1::2::3:80', /invalid address '1::2::3'/],
    [BIND_ADDRESS, '256.1.1.1:80', /invalid address '256.1.1.1'/],
    [BIND_ADDRESS, '1.2.3.4.5:80', /invalid address/],
    [BIND_ADDRESS, '4294967296:80', /invalid address/],
    [BIND_ADDRESS, '-:80', /invalid address '-'/],
    [BIND_ADDRESS, 'a b:80', /invalid address 'a b'/],
    [BIND_ADDRESS, 'é:80', /invalid address/],
    [BIND_ADDRESS, 'a..b:80', /invalid address/],
    [BIND_ADDRESS, `${'a'.repeat(64)}:80`, /invalid address/],
    [BIND_ADDRESS, '127.0.0.1:80:81', /invalid address '127.0.0.1:80'/],
    [BIND_ADDRESS, 'ipv4@::1:80', /'::1' is not an IPv4 address/],
    [BIND_ADDRESS, 'ipv6@127.0.0.1:80', /'127.0.0.1' is not an IPv6 address/],
    [BIND_ADDRESS, 'tcp4@[::1]:80', /not an IPv4 address/],
    [BIND_ADDRESS, 'ipv4@/tmp/x:80', /write unix@/],
    [BIND_ADDRESS, 'udp@:80', /dgram address is not acceptable/],
    [BIND_ADDRESS, 'uxdg@/tmp/x', /dgram address is not acceptable/],
    [BIND_ADDRESS, 'dgram+unix@/tmp/x', /dgram address is not acceptable/],
    [BIND_ADDRESS, 'dgram+/tmp/x', /dgram address is not acceptable/],
    [BIND_ADDRESS, 'bogus@:80', /unknown address prefix 'bogus@'.*known: ip@/],
    [BIND_ADDRESS, 'IPv4@:80', /did you mean 'ipv4@'/],
    [BIND_ADDRESS, 'foo+ipv4@:80', /unknown address prefix 'foo\+ipv4@'/],
    [BIND_ADDRESS, 'unix@', /missing socket path/],
    [BIND_ADDRESS, 'abns@', /missing socket name/],
    [BIND_ADDRESS, `/${'a'.repeat(UNIX_PATH_MAX)}`, /too long: 108 bytes of at most 107/],
    [BIND_ADDRESS, `/${'é'.repeat(54)}`, /too long: 109 bytes/],
    [BIND_ADDRESS, 'fd@', /'' is not a file descriptor number/],
    [BIND_ADDRESS, 'fd@a', /'a' is not a file descriptor/],
    [BIND_ADDRESS, 'fd@-1', /'-1' is not a file descriptor/],
    [BIND_ADDRESS, 'fd@3:80', /'3:80' is not a file descriptor/],
    [BIND_ADDRESS, 'sockpair@x', /not a file descriptor/],
    [BIND_ADDRESS, 'rhttp@be', /does not name a server/],
    [BIND_ADDRESS, 'a\0b:80', /NUL byte/],
    [SERVER_ADDRESS, 'fd@3', /file descriptor is not acceptable/],
    [SERVER_ADDRESS, '127.0.0.1:80-89', /range is not permitted/],
    [SERVER_ADDRESS, '127.0.0.1:+', /invalid port offset '\+'/],
    [SERVER_ADDRESS, '127.0.0.1:+70000', /invalid port offset/],
    [SERVER_ADDRESS, '127.0.0.1:80,127.0.0.1:81', /list of addresses is not permitted/],
    [SERVER_ADDRESS, 'udp@127.0.0.1:80', /dgram address is not acceptable/],
    [SOURCE_ADDRESS, 'sockpair@3', /file descriptor is not acceptable/],
    [SOURCE_ADDRESS, 'rhttp@a/b', /reverse HTTP is not acceptable/],
    [SOURCE_ADDRESS, '127.0.0.1:+1', /offset is not permitted/],
    [NAMESERVER_ADDRESS, '10.0.0.1', /missing port/],
    [NAMESERVER_ADDRESS, 'fd@3', /file descriptor is not acceptable/],
    [LOG_ADDRESS, '127.0.0.1:1-2', /range is not permitted/],
  ];
  for (const [rules, text, reason] of cases)
    it(`${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}: ${reason.source}`, () => {
      const result = parseAddress(text, rules);
      assert.equal(typeof result, 'string');
      assert.match(String(result), reason);
    });
});

describe('lists and ranges', () => {
  it('splits a comma list and ignores one comma at the end', () => {
    assert.deepEqual(splitAddresses(':80,:443'), [':80', ':443']);
    assert.deepEqual(splitAddresses(':80,'), [':80']);
    assert.deepEqual(splitAddresses(':80,,:81'), [':80', '', ':81']);
    assert.deepEqual(splitAddresses(',:80'), ['', ':80']);
    assert.deepEqual(splitAddresses(''), ['']);
  });
  it('expands a port range to one address a port', () => {
    const ports = expandPorts(parsed('10.0.0.1:80-82', BIND_ADDRESS)).map((one) => [
      one.host,
      one.portLow,
      one.portHigh,
    ]);
    assert.deepEqual(ports, [
      ['10.0.0.1', 80, 80],
      ['10.0.0.1', 81, 81],
      ['10.0.0.1', 82, 82],
    ]);
    assert.equal(expandPorts(parsed('/tmp/x', BIND_ADDRESS)).length, 1);
  });
});
