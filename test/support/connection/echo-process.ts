/** A process of its own that echoes on a port it tells its parent, and gets no descriptor numbers above the present. */
import { readdirSync } from 'node:fs';
import { BoundSocket } from 'node:net';
import { duplicate } from '../../../src/system/descriptors.ts';
import { getResourceLimit, setResourceLimit } from '../../../src/system/process.ts';
import type { Connection } from '../../../workers/connection/connection.ts';
import { listenOn } from '../../../workers/listener/accept.ts';

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
const highest = Math.max(...readdirSync('/proc/self/fd').map(Number));
setResourceLimit('NOFILE', { soft: highest + 4, hard: getResourceLimit('NOFILE').hard });
process.send?.({ port: bound.address().port });
