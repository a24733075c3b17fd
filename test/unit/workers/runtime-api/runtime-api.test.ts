/** Sockets of the runtime API: how many connections they serve, and what their lines in the configuration say. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { duplicate } from '../../../../src/system/descriptors.ts';
import { RuntimeApi } from '../../../../workers/runtime-api/runtime-api.ts';
import { linkText } from '../../../support/link-text.ts';
import { listeningSocket } from '../../../support/programs/listening-sockets.ts';
import { openMainThread, START_OPTIONS } from '../../../support/worker-process/process-model.ts';

const never = (): never => assert.fail('not to be changed');

/** Serves the first stats socket of the configuration, on a port of its own. */
function serve(context: TestContext, lines: string): number {
  const { model } = linkText(`global\n${lines}backend be\n`);
  assert.ok(model !== null);
  const socket = listeningSocket();
  const handle = { key: 'stats', proxyId: 0, bindId: 1, thread: -1, isUnix: false, statsSocket: 0 };
  const api = new RuntimeApi({
    model,
    options: START_OPTIONS,
    listeners: [{ ...handle, fd: duplicate(socket.fd) }],
    statistics: openMainThread(model).statistics,
    servers: {
      setState: never,
      setHealth: never,
      setWeight: never,
      setMaxconn: never,
      setChecking: never,
      setAgentHealth: never,
      setAgentChecking: never,
      setAgent: never,
      setCheckTarget: never,
      clearCounters: never,
    },
    frontends: { setFrontendMaxconn: never, setProcessMaxconn: never, setAccepting: never },
  });
  api.start();
  context.after(() => {
    api.close();
    socket.close();
  });
  return socket.port;
}

class Operator {
  text = '';
  readonly #socket: Socket;

  constructor(context: TestContext, port: number) {
    this.#socket = connect({ host: '127.0.0.1', port });
    this.#socket.on('data', (bytes) => {
      this.text += String(bytes);
    });
    this.#socket.on('error', () => {});
    context.after(() => this.#socket.destroy());
  }

  connected(): Promise<unknown> {
    return once(this.#socket, 'connect');
  }

  send(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  /** Resolves when there is more text. */
  more(): Promise<unknown> {
    return once(this.#socket, 'data');
  }

  leave(): void {
    this.#socket.destroy();
  }
}

const SOCKET = '  stats socket 127.0.0.1:1 level admin';

test('stats maxconn serves so many at a time; others wait for their turn in order', async (context) => {
  const port = serve(context, `${SOCKET}\n  stats maxconn 2\n`);
  const operators: Operator[] = [];
  for (let i = 0; i < 4; i++) {
    const operator = new Operator(context, port);
    await operator.connected();
    operator.send(i < 2 ? 'prompt i' : 'show version');
    if (i < 2) await operator.more();
    operators.push(operator);
  }
  const [first, second, third, fourth] = operators as [Operator, Operator, Operator, Operator];
  for (let i = 0; i < 3; i++) {
    second.send('show version');
    await second.more();
  }
  assert.equal(third.text, '');
  first.leave();
  await third.more();
  assert.equal(third.text, `${START_OPTIONS.version}\n\n`);
  if (fourth.text === '') await fourth.more();
  assert.equal(fourth.text, third.text, 'the third was not interactive, so its place was free at once');
});

test('an operator who leaves while waiting takes no place', async (context) => {
  const port = serve(context, `${SOCKET}\n  stats maxconn 1\n`);
  const first = new Operator(context, port);
  first.send('prompt i');
  await first.more();
  const second = new Operator(context, port);
  await second.connected();
  second.leave();
  const third = new Operator(context, port);
  await third.connected();
  third.send('show version');
  first.leave();
  await third.more();
  assert.equal(third.text, `${START_OPTIONS.version}\n\n`);
});

test('severity-output of a stats socket holds for its sessions', async (context) => {
  const port = serve(context, `${SOCKET} severity-output string\n`);
  const operator = new Operator(context, port);
  operator.send('prompt i;get weight be/nowhere;show cli level');
  while (!operator.text.includes('admin')) await operator.more();
  assert.equal(operator.text, '\n[err]: No such server.\n\n[info]: admin\n\n');
});
