import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** Runs a program that echoes one word over a listener and a dialled connection of its own; returns what it prints. */
function runEcho(
  options: { readonly env?: NodeJS.ProcessEnv; readonly before?: string; readonly inWorker?: boolean } = {},
): string {
  const folder = new URL('../../../../', import.meta.url).href;
  const program = `
    ${options.before ?? ''}
    const { BoundSocket } = await import('node:net');
    const { threadTransport } = await import('${folder}workers/connection/transport.ts');
    const { listenOn } = await import('${folder}workers/listener/accept.ts');
    const nothing = { onConnect() {}, onEnd(connection) { connection.end(); }, onDrain() {}, onClose() {} };
    const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
    const server = { ...nothing, onBytes(connection, buffer, length) { connection.write(buffer, 0, length); } };
    const listener = listenOn(bound.fd(), false, (connection) => { connection.owner = server; });
    threadTransport().dial({ host: '127.0.0.1', port: bound.address().port }, {
      ...nothing,
      onConnect(connection) { connection.writeText('word'); },
      onBytes(connection, buffer, length) {
        console.log(threadTransport().kind, buffer.latin1Slice(0, length), connection.remoteAddress);
        connection.end();
      },
      onClose(connection, code) { console.log('closed', code); process.exit(); },
    });`;
  const source = options.inWorker === true ? inWorker(program) : program;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'latin1',
    env: { ...process.env, ...options.env },
  });
  assert.equal(stderr, '');
  return stdout;
}

function inWorker(program: string): string {
  const url = `data:text/javascript,${encodeURIComponent(program)}`;
  return `import { Worker } from 'node:worker_threads'; new Worker(new URL(${JSON.stringify(url)}));`;
}

test('a thread uses an event queue of its own where that works, and a deprecation warning is not printed', () => {
  assert.equal(runEcho(), 'epoll word 127.0.0.1\nclosed \n');
});

test('event queues and raw handles work in a worker thread', () => {
  assert.equal(runEcho({ inWorker: true }), 'epoll word 127.0.0.1\nclosed \n');
  const env = { FAIRLEAD_SOCKETS: 'raw' };
  assert.equal(runEcho({ inWorker: true, env }), 'raw word 127.0.0.1\nclosed \n');
});

test('FAIRLEAD_SOCKETS names another transport', () => {
  assert.equal(runEcho({ env: { FAIRLEAD_SOCKETS: 'raw' } }), 'raw word 127.0.0.1\nclosed \n');
  assert.equal(runEcho({ env: { FAIRLEAD_SOCKETS: 'plain' } }), 'plain word 127.0.0.1\nclosed \n');
});

test('without system calls a thread uses plain sockets', () => {
  const folder = new URL('../../../../', import.meta.url).href;
  const before = `
    const { createRequire } = await import('node:module');
    const require = createRequire('${folder}src/system/libc.ts');
    require.cache[require.resolve('koffi')] = { get exports() { throw new Error('no binary'); }, loaded: true };`;
  assert.equal(runEcho({ before }), 'plain word 127.0.0.1\nclosed \n');
});

test('a Node whose handles lack a part makes a thread use plain sockets, and one without a hook raw ones', () => {
  const before = `
    const binding = process.binding.bind(process);
    process.binding = (name) => (name === 'stream_wrap' ? { ...binding(name), WriteWrap: undefined } : binding(name));`;
  assert.equal(runEcho({ before, env: { FAIRLEAD_SOCKETS: 'raw' } }), 'plain word 127.0.0.1\nclosed \n');
  const unhooked = `
    const binding = process.binding.bind(process);
    process.binding = (name) => (name === 'udp_wrap' ? {} : binding(name));`;
  assert.equal(runEcho({ before: unhooked }), 'raw word 127.0.0.1\nclosed \n');
});
