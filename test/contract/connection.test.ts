/** What every implementation of `Connection` and `Transport` must do: raw handles and plain sockets, TCP and unix. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { getSocketOption, setSocketOption } from '../../src/system/socket-options.ts';
import type { Connection } from '../../workers/connection/connection.ts';
import { openTransport, type Transport, type TransportKind } from '../../workers/connection/transport.ts';
import { Bench } from '../support/connection/bench.ts';
import { bytesOf, digestOf, ended, pseudoRandom, sha256, textOf } from '../support/connection/peer-bytes.ts';
import { connectTo, type Network, newPlace } from '../support/connection/places.ts';
import { Recorder } from '../support/connection/recorder.ts';

const MIB = 1024 * 1024;

for (const kind of ['epoll', 'raw', 'plain'] as const) {
  for (const network of ['tcp', 'unix'] as const) {
    describe(`${kind} connections over ${network}`, () => contract(kind, network));
  }
}

function contract(kind: TransportKind, network: Network): void {
  const transport = openTransport(kind);
  const bench = new Bench(transport, network);
  after(() => bench.clear());

  test('the transport is the one that was asked for', () => {
    assert.equal(transport.kind, kind);
  });

  test('an accepted connection echoes what a peer sends', async () => {
    const { peer, owner } = await bench.accept((connection, buffer, length) =>
      connection.write(buffer, 0, length),
    );
    peer.write('hello');
    assert.equal(await textOf(peer, 5), 'hello');
    peer.end('world');
    assert.equal(await textOf(peer, 5), 'world');
    await owner.heard('end');
    assert.deepEqual(owner.events.slice(0, 1), ['bytes']);
  });

  test('a dialled connection connects, is heard, and hears', async () => {
    const { connection, owner, peer } = await bench.dial();
    assert.equal(connection.isOpen, true);
    assert.equal(connection.isConnecting, false);
    assert.ok(connection.fd >= 0);
    assert.equal(connection.writeText('caf\xe9'), true);
    assert.equal(await textOf(peer, 4), 'caf\xe9');
    peer.write('answer');
    await owner.until(() => owner.received === 6);
    assert.equal(owner.text, 'answer');
  });

  test('what is written while connecting is sent once connected', async () => {
    const place = bench.place();
    const peers = bench.peersAt(place);
    await peers.ready;
    const owner = new Recorder();
    const connection = bench.keep(transport.dial(place.target, owner));
    assert.equal(connection.isConnecting, true);
    assert.equal(connection.writeText('early '), false);
    assert.equal(connection.writeText('bird'), false);
    assert.equal(connection.pendingBytes, 10);
    assert.equal(await textOf(await peers.next(), 10), 'early bird');
    await owner.heard('drain');
    assert.deepEqual(owner.events, ['connect', 'drain']);
    assert.equal(connection.pendingBytes, 0);
  });

  test('write sends the range that it was given and no other byte', async () => {
    const { connection, peer } = await bench.dial();
    const buffer = Buffer.from('0123456789');
    assert.equal(connection.write(buffer, 3, 6), true);
    assert.equal(connection.write(buffer, 5, 5), true);
    assert.equal(connection.write(buffer, 9, 10), true);
    assert.equal(await textOf(peer, 4), '3459');
  });

  test('write refuses a range outside of the buffer, pending bytes or not', async () => {
    const { connection, peer } = await bench.dial();
    peer.pause();
    const buffer = Buffer.alloc(10);
    const wrong = [
      [-1, 5],
      [0, 11],
      [6, 5],
      [Number.NaN, 5],
      [0, Number.NaN],
    ] as const;
    for (const [start, end] of wrong) assert.throws(() => connection.write(buffer, start, end), RangeError);
    connection.write(pseudoRandom(8 * MIB), 0, 8 * MIB);
    assert.ok(connection.pendingBytes > 0);
    for (const [start, end] of wrong) assert.throws(() => connection.write(buffer, start, end), RangeError);
  });

  test('the peer may end first: the connection stays writable until it ends too', async () => {
    const { connection, owner, peer } = await bench.dial();
    peer.end('last words');
    await owner.heard('end');
    assert.equal(owner.text, 'last words');
    assert.equal(connection.isOpen, true);
    assert.equal(connection.writeText('and mine'), true);
    connection.end();
    assert.equal(await textOf(peer, Number.POSITIVE_INFINITY), 'and mine');
    await owner.closed();
    assert.deepEqual(owner.events, ['connect', 'bytes', 'end', 'close ']);
    assert.equal(connection.isOpen, false);
  });

  test('the connection may end first: it still hears the peer', async () => {
    const { connection, owner, peer } = await bench.dial();
    connection.writeText('question');
    connection.end();
    connection.end();
    assert.equal(await textOf(peer, Number.POSITIVE_INFINITY), 'question');
    assert.equal(connection.isOpen, true);
    assert.equal(connection.writeText('more'), false);
    peer.end('answer');
    await owner.closed();
    assert.deepEqual(owner.events, ['connect', 'bytes', 'end', 'close ']);
    assert.equal(owner.text, 'answer');
  });

  test('end goes out behind what is pending', async () => {
    const { connection, owner, peer } = await bench.dial();
    const data = pseudoRandom(6 * MIB);
    assert.equal(connection.write(data, 0, data.length), false);
    connection.end();
    assert.equal(await digestOf(peer), sha256(data));
    peer.end();
    await owner.closed();
    assert.equal(owner.closeCode, '');
  });

  test('end while connecting sends FIN once connected', async () => {
    const place = bench.place();
    const peers = bench.peersAt(place);
    await peers.ready;
    const owner = new Recorder();
    const connection = bench.keep(transport.dial(place.target, owner));
    connection.end();
    const peer = await peers.next();
    assert.equal(await textOf(peer, Number.POSITIVE_INFINITY), '');
    peer.end();
    await owner.closed();
    assert.equal(owner.closeCode, '');
  });

  test('a slow reader leaves bytes pending, and one drain tells when they are gone', async () => {
    const { connection, owner, peer } = await bench.dial();
    peer.pause();
    const chunk = pseudoRandom(64 * 1024);
    let sent = 0;
    let isTaken = true;
    while (isTaken) {
      isTaken = connection.write(chunk, 0, chunk.length);
      sent += chunk.length;
    }
    assert.ok(connection.pendingBytes > 0);
    assert.ok(connection.pendingBytes <= chunk.length, `${connection.pendingBytes} pending`);
    assert.equal(owner.events.includes('drain'), false);
    const digest = digestOf(peer);
    await owner.heard('drain');
    assert.equal(connection.pendingBytes, 0);
    assert.equal(connection.write(chunk, 0, 10), true);
    connection.end();
    const expected = createHash('sha256');
    for (let i = 0; i < sent; i += chunk.length) expected.update(chunk);
    assert.equal(await digest, expected.update(chunk.subarray(0, 10)).digest('hex'));
    assert.deepEqual(owner.events, ['connect', 'drain']);
  });

  test('what a slow reader takes shows in unsentBytes before all of it is sent', async () => {
    const { connection, peer } = await bench.dial();
    peer.pause();
    const data = pseudoRandom(16 * MIB);
    assert.equal(connection.unsentBytes, 0);
    connection.write(data, 0, data.length);
    const atFirst = connection.unsentBytes;
    assert.ok(atFirst > 0);
    connection.end();
    const digest = digestOf(peer);
    await bench.until(() => connection.unsentBytes < atFirst);
    assert.equal(connection.isHeld, false, 'it was copied');
    assert.equal(await digest, sha256(data));
    assert.equal(connection.unsentBytes, 0);
  });

  test('many small writes behind a full socket keep their order', async () => {
    const { connection, owner, peer } = await bench.dial();
    peer.pause();
    const big = pseudoRandom(8 * MIB);
    connection.write(big, 0, big.length);
    const expected = createHash('sha256').update(big);
    const line = Buffer.allocUnsafe(16);
    for (let i = 0; i < 5000; i++) {
      const length = line.latin1Write(`line ${i}\n`, 0);
      connection.write(line, 0, length);
      expected.update(line.subarray(0, length));
    }
    connection.end();
    assert.equal(await digestOf(peer), expected.digest('hex'));
    await owner.heard('drain');
    assert.equal(owner.events.filter((event) => event === 'drain').length, 1);
  });

  test('what was written is copied: the caller may reuse the buffer at once', async () => {
    const { connection, peer } = await bench.dial();
    peer.pause();
    const scratch = Buffer.allocUnsafe(256 * 1024);
    const expected = createHash('sha256');
    for (let i = 0; i < 40; i++) {
      scratch.fill(i);
      connection.write(scratch, 0, scratch.length);
      expected.update(scratch);
    }
    scratch.fill(0xff);
    connection.end();
    assert.equal(await digestOf(peer), expected.digest('hex'));
  });

  test('a paused connection hears nothing until it resumes', async () => {
    const { connection, owner, peer } = await bench.dial();
    connection.pause();
    connection.resume();
    connection.pause();
    peer.write('one');
    // A round trip on another connection: the bytes above have arrived by then.
    await bench.roundTrip();
    assert.equal(owner.received, 0);
    connection.resume();
    await owner.until(() => owner.received === 3);
  });

  test('pause within onBytes stops at once', async () => {
    const { connection, owner, peer } = await bench.dial();
    owner.on.bytes = () => connection.pause();
    const data = pseudoRandom(2 * MIB);
    peer.end(data);
    await owner.heard('bytes');
    const first = owner.received;
    await bench.roundTrip();
    assert.equal(owner.received, first);
    delete owner.on.bytes;
    connection.resume();
    await owner.heard('end');
    assert.equal(owner.received, data.length);
  });

  test('a connection paused before it is connected does not read', async () => {
    const place = bench.place();
    const peers = bench.peersAt(place);
    await peers.ready;
    const owner = new Recorder();
    const connection = bench.keep(transport.dial(place.target, owner));
    connection.pause();
    (await peers.next()).write('x');
    await owner.heard('connect');
    await bench.roundTrip();
    assert.equal(owner.received, 0);
    connection.resume();
    await owner.until(() => owner.received === 1);
  });

  test('destroy closes before it returns and reports once', async () => {
    const { connection, owner, peer } = await bench.dial();
    connection.destroy();
    assert.deepEqual(owner.events, ['connect', 'close ']);
    assert.equal(connection.isOpen, false);
    assert.equal(connection.fd, -1);
    assert.equal(connection.pendingBytes, 0);
    connection.destroy();
    connection.reset();
    connection.end();
    connection.pause();
    connection.resume();
    assert.equal(connection.writeText('x'), false);
    await ended(peer);
    await bench.roundTrip();
    assert.deepEqual(owner.events, ['connect', 'close ']);
  });

  test('destroy while connecting reports that and nothing else', async () => {
    const place = bench.place();
    const peers = bench.peersAt(place);
    await peers.ready;
    const owner = new Recorder();
    const connection = transport.dial(place.target, owner);
    connection.writeText('never sent');
    connection.destroy();
    await bench.roundTrip();
    assert.deepEqual(owner.events, ['close ']);
  });

  test('destroy with bytes pending drops them', async () => {
    const { connection, owner, peer } = await bench.dial();
    peer.pause();
    connection.write(pseudoRandom(8 * MIB), 0, 8 * MIB);
    connection.destroy();
    assert.equal(connection.pendingBytes, 0);
    peer.resume();
    await ended(peer);
    assert.deepEqual(owner.events, ['connect', 'close ']);
  });

  for (const event of ['connect', 'bytes', 'end', 'drain'] as const) {
    for (const how of ['destroy', 'reset'] as const) {
      test(`${how} within ${event} is the last that the owner hears`, async () => {
        const place = bench.place();
        const peers = bench.peersAt(place);
        await peers.ready;
        const owner = new Recorder();
        owner.on[event] = (connection) => connection[how]();
        const connection = bench.keep(transport.dial(place.target, owner));
        if (event === 'drain') connection.write(pseudoRandom(4 * MIB), 0, 4 * MIB);
        const peer = await peers.next();
        peer.on('error', () => {});
        peer.resume();
        if (event !== 'drain') peer.end(pseudoRandom(MIB));
        await owner.closed();
        await bench.roundTrip();
        assert.equal(owner.events.at(-1), 'close ');
        assert.equal(owner.events.filter((name) => name.startsWith('close')).length, 1);
        if (event === 'bytes') assert.deepEqual(owner.events, ['connect', 'bytes', 'close ']);
      });
    }
  }

  test('an owner set within onBytes hears the next event', async () => {
    const { connection, owner, peer } = await bench.dial();
    const heir = new Recorder();
    owner.on.bytes = () => {
      connection.owner = heir;
    };
    peer.write('a');
    await owner.heard('bytes');
    peer.end('b');
    await heir.heard('end');
    assert.equal(owner.text, 'a');
    assert.equal(heir.text, 'b');
  });

  test('ending within onEnd closes the connection', async () => {
    const { owner, peer } = await bench.dial();
    owner.on.end = (connection) => connection.end();
    peer.end();
    await owner.closed();
    await ended(peer);
    assert.deepEqual(owner.events, ['connect', 'end', 'close ']);
  });

  test('dialling where nobody listens reports the refusal once', async () => {
    const owner = new Recorder();
    const place = bench.place();
    if (network === 'tcp') place.bind();
    const connection = transport.dial(place.target, owner);
    assert.deepEqual(owner.events, []);
    await owner.closed();
    assert.deepEqual(owner.events, [network === 'tcp' ? 'close ECONNREFUSED' : 'close ENOENT']);
    assert.equal(connection.isOpen, false);
    assert.equal(connection.isConnecting, false);
  });

  test('a peer that vanishes is reported', async () => {
    const { owner, peer } = await bench.dial();
    if (network === 'tcp') peer.resetAndDestroy();
    else peer.destroy();
    await owner.heard(network === 'tcp' ? 'close ECONNRESET' : 'end');
  });

  test('writing to a peer that is gone reports once and not from inside write', async () => {
    const { connection, owner, peer } = await bench.dial();
    connection.pause();
    peer.destroy();
    await new Promise((resolve) => peer.once('close', resolve));
    await bench.roundTrip();
    for (let i = 0; i < 5; i++) {
      connection.writeText('are you there?');
      assert.equal(owner.isClosed, false);
      if (network === 'tcp') await bench.roundTrip();
      if (owner.isClosed) break;
    }
    await owner.closed();
    assert.match(owner.closeCode!, /^(EPIPE|ECONNRESET)$/);
    assert.equal(owner.events.filter((name) => name.startsWith('close')).length, 1);
  });

  test('addresses and ports are those of the socket', async () => {
    const { connection, accepted } = await bench.pair();
    if (network === 'unix') {
      assert.deepEqual([connection.remoteAddress, connection.remotePort, accepted.localAddress], ['', 0, '']);
      return;
    }
    assert.equal(connection.remoteAddress, '127.0.0.1');
    assert.equal(connection.localAddress, '127.0.0.1');
    assert.equal(connection.remotePort, accepted.localPort);
    assert.equal(connection.localPort, accepted.remotePort);
    assert.ok(accepted.remotePort > 0);
    connection.destroy();
    assert.equal(connection.remoteAddress, '127.0.0.1', 'what was asked before is still known');
  });

  test('bulk mode relays 64 MiB whole, with bounded memory', async () => {
    const { target, peer: sink, client: source } = await bench.relay(isBulkRelay);
    const expected = createHash('sha256');
    const digest = digestOf(sink);
    let largest = 0;
    for (let i = 0; i < 64; i++) {
      const block = pseudoRandom(MIB, i);
      expected.update(block);
      if (!source.write(block)) await new Promise((resolve) => source.once('drain', resolve));
      largest = Math.max(largest, target.pendingBytes);
    }
    source.end();
    assert.equal(await digest, expected.digest('hex'));
    assert.ok(largest <= 512 * 1024, `${largest} bytes were pending`);
  });

  test('bulk mode waits for a slow reader and loses nothing', async () => {
    const { target, peer: sink, client: source } = await bench.relay(isBulkRelay);
    sink.pause();
    const data = pseudoRandom(24 * MIB);
    source.end(data);
    await bench.until(() => target.pendingBytes > 0);
    assert.ok(target.pendingBytes <= 512 * 1024);
    assert.equal(await digestOf(sink), sha256(data));
  });

  test('bulk mode may come and go in the middle of a transfer', async () => {
    let reads = 0;
    const { peer: sink, client: source } = await bench.relay((from, to, buffer, length) => {
      from.setBulk(reads++ % 7 < 4);
      if (!to.writeFrom(from, buffer, 0, length)) from.pause();
    });
    const data = pseudoRandom(24 * MIB);
    source.end(data);
    assert.equal(await digestOf(sink), sha256(data));
  });

  test('the target of a bulk relay may close while it holds the source buffer', async () => {
    const { target, from, peer: sink, client: source } = await bench.relay(isBulkRelay);
    sink.pause();
    source.on('error', () => {});
    source.write(pseudoRandom(16 * MIB));
    await bench.until(() => target.pendingBytes > 0);
    target.destroy();
    from.resume();
    await bench.roundTrip();
    from.destroy();
    await ended(sink);
  });

  test('the source of a bulk relay may close while its buffer is being written', async () => {
    const { target, from, peer: sink, client: source } = await bench.relay(isBulkRelay);
    sink.pause();
    source.on('error', () => {});
    const data = pseudoRandom(16 * MIB);
    source.write(data);
    await bench.until(() => target.pendingBytes > 0);
    from.destroy();
    // Another transfer must not get the buffer that is still being sent.
    const other = await bench.relay(isBulkRelay);
    other.client.end(Buffer.alloc(8 * MIB, 0x55));
    await digestOf(other.peer);
    target.end();
    const received = await bytesOf(sink);
    assert.ok(received.equals(data.subarray(0, received.length)));
  });

  test('a listener accepts, pauses with the queue kept, resumes, and closes', async () => {
    const place = bench.place();
    const accepted: Connection[] = [];
    const wait = new Recorder();
    const listener = bench.listen(place, (connection) => {
      connection.owner = new Recorder();
      accepted.push(bench.keep(connection));
      wait.onConnect(connection);
    });
    bench.keepPeer(await connectTo(place));
    await wait.until(() => accepted.length === 1);
    listener.pause();
    listener.pause();
    bench.keepPeer(await connectTo(place));
    await bench.roundTrip();
    assert.equal(accepted.length, 1);
    listener.resume();
    listener.resume();
    await wait.until(() => accepted.length === 2);
    assert.equal(listener.isOpen, true);
    listener.close();
    listener.close();
    assert.equal(listener.isOpen, false);
    await assert.rejects(connectTo(place), { code: 'ECONNREFUSED' });
    assert.equal(accepted[0]!.isOpen, true, 'closing a listener closes no connection');
  });

  test('a listener that closes accepts what waits in the queue first', async () => {
    const place = bench.place();
    const accepted: Recorder[] = [];
    const listener = bench.listen(place, (connection) => {
      const owner = new Recorder();
      owner.on.bytes = (_, buffer, length) => connection.write(buffer, 0, length);
      connection.owner = owner;
      accepted.push(owner);
      bench.keep(connection);
    });
    listener.pause();
    const waiting = await Promise.all([connectTo(place), connectTo(place), connectTo(place)]);
    for (const peer of waiting) bench.keepPeer(peer);
    assert.equal(accepted.length, 0);
    listener.close();
    assert.equal(accepted.length, 3);
    for (const peer of waiting) {
      peer.write('served');
      assert.equal(await textOf(peer, 6), 'served');
    }
  });

  test('a connection refused in onAccept is closed, and one without an owner closes at its first byte', async () => {
    const place = bench.place();
    let count = 0;
    bench.listen(place, (connection) => {
      if (count++ === 0) connection.destroy();
    });
    const refused = await connectTo(place);
    refused.on('error', () => {});
    await ended(refused);
    const unowned = await connectTo(place);
    unowned.on('error', () => {});
    unowned.write('x');
    await ended(unowned);
  });

  test('a paused accepted connection does not read', async () => {
    const place = bench.place();
    const owner = new Recorder();
    let held: Connection | null = null;
    bench.listen(place, (connection) => {
      connection.owner = owner;
      connection.pause();
      held = bench.keep(connection);
    });
    const peer = bench.keepPeer(await connectTo(place));
    peer.write('x');
    await bench.roundTrip();
    await bench.until(() => held !== null);
    assert.equal(owner.received, 0);
    held!.resume();
    await owner.until(() => owner.received === 1);
  });

  if (network === 'tcp') tcpContract(transport, bench);
}

/** What only TCP has. */
function tcpContract(transport: Transport, bench: Bench): void {
  test('neither side delays small writes', async () => {
    const { connection, accepted } = await bench.pair();
    assert.equal(getSocketOption(connection.fd, 'TCP_NODELAY'), 1);
    assert.equal(getSocketOption(accepted.fd, 'TCP_NODELAY'), 1);
  });

  test('reset sends RST', async () => {
    const { connection, owner, peer } = await bench.dial();
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => peer.once('error', resolve));
    peer.resume();
    connection.reset();
    assert.deepEqual(owner.events, ['connect', 'close ']);
    assert.equal((await failed).code, 'ECONNRESET');
  });

  test('an answer that came before a failing write is still heard', async () => {
    const { connection, owner, peer } = await bench.dial();
    connection.writeText('unread request');
    await bench.roundTrip();
    // Closing with unread bytes makes the kernel send RST behind the answer.
    peer.pause();
    peer.write('413', () => peer.destroy());
    await new Promise((resolve) => peer.once('close', resolve));
    for (let i = 0; i < 3; i++) connection.writeText('more');
    await owner.closed();
    if (transport.kind !== 'plain') assert.equal(owner.text, '413');
    assert.match(owner.closeCode!, /^(EPIPE|ECONNRESET)$/);
  });

  test('IPv6 works, and IPv4 on a dual-stack socket shows as mapped, as HAProxy shows it', async () => {
    const place = newPlace('tcp', '::');
    const { port } = place.target as { port: number };
    const names: string[] = [];
    const seen = new Recorder();
    bench.listen(place, (connection) => {
      connection.owner = new Recorder();
      names.push(connection.remoteAddress);
      seen.onConnect(bench.keep(connection));
    });
    bench.keep(transport.dial({ host: '::1', port }, new Recorder()));
    await seen.until(() => names.length === 1);
    bench.keep(transport.dial({ host: '127.0.0.1', port }, new Recorder()));
    await seen.until(() => names.length === 2);
    assert.deepEqual(names, ['::1', '::ffff:127.0.0.1']);
  });

  test('dialling from a source address and port binds them', async () => {
    const place = bench.place();
    const peers = bench.peersAt(place);
    await peers.ready;
    const owner = new Recorder();
    const connection = bench.keep(transport.dial(place.target, owner, { sourceHost: '127.0.0.9' }));
    await owner.heard('connect');
    assert.equal(connection.localAddress, '127.0.0.9');
    assert.equal((await peers.next()).remoteAddress, '127.0.0.9');
  });

  test('a source address that is not ours is reported, not thrown', async () => {
    const owner = new Recorder();
    transport.dial({ host: '127.0.0.1', port: 9 }, owner, { sourceHost: '192.0.2.1' });
    assert.deepEqual(owner.events, []);
    await owner.closed();
    assert.deepEqual(owner.events, ['close EADDRNOTAVAIL']);
  });

  test('a socket option that the system refuses is reported, not thrown', async () => {
    const owner = new Recorder();
    const prepare = (fd: number) => setSocketOption(fd, 'TCP_USER_TIMEOUT', -1);
    transport.dial({ host: '127.0.0.1', port: 9 }, owner, { prepare });
    assert.deepEqual(owner.events, []);
    await owner.closed();
    assert.deepEqual(owner.events, ['close EINVAL']);
  });

  test('an address that is not numeric is reported, not thrown', async () => {
    const owner = new Recorder();
    transport.dial({ host: 'localhost', port: 9 }, owner);
    assert.deepEqual(owner.events, []);
    await owner.closed();
    assert.deepEqual(owner.events, ['close EINVAL']);
  });

  test('prepare gets the descriptor before it connects', async () => {
    const place = bench.place();
    const peers = bench.peersAt(place);
    await peers.ready;
    const owner = new Recorder();
    let prepared = -1;
    const connection = bench.keep(
      transport.dial(place.target, owner, {
        prepare: (fd) => {
          prepared = fd;
        },
      }),
    );
    await owner.heard('connect');
    assert.equal(connection.fd, prepared);
    (await peers.next()).end('ok');
    await owner.heard('end');
    assert.equal(owner.text, 'ok');
  });
}

function isBulkRelay(from: Connection, to: Connection, buffer: Buffer, length: number): void {
  from.setBulk(true);
  if (!to.writeFrom(from, buffer, 0, length)) from.pause();
}
