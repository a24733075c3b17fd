import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ProxyModel, ServerSettings } from '../../config/model/model.ts';
import { type Behaviour, type CheckTarget, openCheckTarget } from '../support/worker-process/check-target.ts';
import { type MainThread, openMainThread, processModel } from '../support/worker-process/process-model.ts';

const HTTP_CHECK: ProxyModel['settings'] = {
  checkMethod: { kind: 'http', method: 'GET', uri: '/health', version: 'HTTP/1.0', headerLines: '' },
};
/** A check may take as long as `inter`, also on a slow machine; the next one follows soon. */
const QUICK: ServerSettings = {
  isChecked: true,
  interMs: 200,
  fastInterMs: 5,
  downInterMs: 5,
  rise: 2,
  fall: 2,
};

interface Checked {
  readonly main: MainThread;
  readonly target: CheckTarget;
  /** Waits until the last line logged matches. */
  logged(pattern: RegExp): Promise<string>;
}

async function check(
  context: TestContext,
  settings: ProxyModel['settings'],
  server: ServerSettings = {},
  behaviour?: Behaviour,
): Promise<Checked> {
  const target = await openCheckTarget(behaviour);
  const main = openMainThread(
    processModel([
      {
        id: 2,
        name: 'bk',
        kind: 'backend',
        settings,
        servers: [{ name: 's1', port: target.port, ...QUICK, ...server }],
      },
    ]),
  );
  context.after(async () => {
    main.health.stop();
    await target.stop();
  });
  main.health.start();
  return {
    main,
    target,
    async logged(pattern) {
      for (;;) {
        const index = main.logged.findIndex((line) => pattern.test(line));
        if (index >= 0) return main.logged.splice(0, index + 1).at(-1)!;
        await new Promise(setImmediate);
      }
    },
  };
}

/** Durations differ from run to run. */
const withoutTime = (line: string): string => line.replace(/\d+ms/, '0ms');
const DOWN_END = '0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.';

test('a server that stops listening goes down, and up again when it is back, for all threads', async (context) => {
  const { main, target, logged } = await check(context, {});
  const { shared } = main;
  const slot = shared.slots.server(2, 0);
  await target.stop();
  assert.equal(
    withoutTime(await logged(/DOWN/)),
    `<1> Server bk/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. ${DOWN_END}`,
  );
  assert.equal(await logged(/no server/), '<0> backend bk has no server available!');
  assert.equal(shared.isInRotation(slot), false);
  assert.deepEqual(shared.check(slot).status, 8);
  await target.listen();
  assert.equal(
    withoutTime(await logged(/UP/)),
    '<5> Server bk/s1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
  );
  assert.equal(shared.isInRotation(slot), true);
});

for (const [behaviour, reason] of [
  [{ status: 503 }, 'Layer7 wrong status, code: 503, info: "Reason Here"'],
  ['close', 'Layer7 invalid response'],
  ['garbage', 'Layer7 invalid response'],
  ['reset', 'Socket error, info: "Connection reset by peer"'],
  ['silent', 'Layer7 timeout'],
] as const) {
  test(`an HTTP check of a server whose answer is ${JSON.stringify(behaviour)} fails with HAProxy's reason`, async (context) => {
    const { target, logged } = await check(context, { ...HTTP_CHECK, timeoutCheckMs: 20 }, {}, behaviour);
    assert.equal(
      withoutTime(await logged(/DOWN/)),
      `<1> Server bk/s1 is DOWN, reason: ${reason}, check duration: 0ms. ${DOWN_END}`,
    );
    assert.equal(target.request, 'GET /health HTTP/1.0\r\n\r\n');
  });
}

test('an HTTP check passes with its status, and says so', async (context) => {
  const { target, logged } = await check(context, HTTP_CHECK, {}, { status: 500 });
  await logged(/DOWN/);
  target.behaviour = { status: 302 };
  assert.match(
    await logged(/UP/),
    /is UP, reason: Layer7 check passed, code: 302, check duration: \d+ms\. 1 active/,
  );
});

test('http-check lines shape the request and what is expected', async (context) => {
  const { target, logged } = await check(context, {
    ...HTTP_CHECK,
    httpCheckLines: [
      {
        kind: 'send',
        method: 'POST',
        uri: '/p',
        version: 'HTTP/1.1',
        headers: [],
        body: 'xyz',
        comment: '',
      },
      {
        kind: 'expect',
        isNegated: true,
        match: 'string',
        pattern: { kind: 'text', text: 'hello' },
        comment: '',
        minReceived: -1,
        okStatus: '',
        errorStatus: '',
        timeoutStatus: '',
        onSuccess: null,
        onError: null,
        statusCode: null,
      },
    ],
  });
  assert.match(
    await logged(/DOWN/),
    /reason: Layer7 invalid response, info: "HTTP check matched unwanted content"/,
  );
  assert.equal(target.request, 'POST /p HTTP/1.1\r\ncontent-length: 3\r\nconnection: close\r\n\r\nxyz');
});

test('checks go to the port and address of their own', async (context) => {
  const other = await openCheckTarget({ status: 404 });
  context.after(() => other.stop());
  const { target, logged } = await check(context, HTTP_CHECK, {
    checkPort: other.port,
    checkAddress: '127.0.0.1',
  });
  assert.match(await logged(/DOWN/), /code: 404/);
  assert.equal(target.request, '');
});

test('maintenance pauses the checks, ready resumes them', async (context) => {
  const { main, target, logged } = await check(context, HTTP_CHECK, {}, { status: 500 });
  await logged(/DOWN/);
  main.api.answer('set server bk/s1 state maint', 'admin');
  assert.equal(await logged(/maintenance/), '<5> Server bk/s1 was DOWN and now enters maintenance.');
  const { fails } = main.farm(2).servers[0]!;
  target.behaviour = { status: 200 };
  main.api.answer('set server bk/s1 state ready', 'admin');
  assert.equal(await logged(/READY/), '<5> Server bk/s1 is UP/READY (leaving forced maintenance).');
  while (main.farm(2).servers[0]!.health < 3) await new Promise(setImmediate);
  assert.equal(main.farm(2).servers[0]!.fails, fails);
});

test('a disabled check leaves the server as it is', async (context) => {
  const { main, target } = await check(context, HTTP_CHECK);
  while (main.farm(2).servers[0]!.health < 3) await new Promise(setImmediate);
  main.api.answer('disable health bk/s1', 'admin');
  target.behaviour = { status: 500 };
  target.request = '';
  while (main.farm(2).servers[0]!.checkState & 1) await new Promise(setImmediate);
  assert.equal(main.farm(2).servers[0]!.operational, 2);
  main.api.answer('enable health bk/s1', 'admin');
  while (main.farm(2).servers[0]!.operational !== 0) await new Promise(setImmediate);
  assert.notEqual(target.request, '');
});
