/** A process of its own that echoes on a port it prints, with room for few more descriptors than it has. */
import { readdirSync } from 'node:fs';
import { BoundSocket } from 'node:net';
import { duplicate } from '../../../src/system/descriptors.ts';
import { getResourceLimit, setResourceLimit } from '../../../src/system/process.ts';
import type { Connection } from '../../../workers/connection/connection.ts';
import { listenOn } from '../../../workers/listener/accept.ts';

/** Connections that find room. */
const ROOM = 5;

const owner = {
  onConnect() {},
  onBytes(connection: Connection, buffer: Buffer, length: number) {
    connection.write(buffer, 0, length);
  },
  onEnd(connection: Connection) {
    connection.end();
  },
  onDrain() {},
  onClose() {},
};

const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
listenOn(duplicate(bound.fd()), false, (connection) => {
  connection.owner = owner;
});
process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
const highest = Math.max(...readdirSync('/proc/self/fd').map(Number));
setResourceLimit('NOFILE', { soft: highest + 1 + ROOM, hard: getResourceLimit('NOFILE').hard });
process.send?.({ port: bound.address().port });
