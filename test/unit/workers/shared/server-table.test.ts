import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model, ServerSettings } from '../../../../config/model/model.ts';
import { createShared } from '../../../../workers/shared/create-shared.ts';
import { SharedServerTable } from '../../../../workers/shared/server-table.ts';
import { openShared } from '../../../../workers/shared/shared-memory.ts';
import { MAIN_THREAD, OperationalState } from '../../../../workers/shared/shared-state.ts';
import { backendModel } from '../../../support/shared-model.ts';

const BACKEND = 1;
const SERVER = 2;

function open(servers: readonly ServerSettings[], settings: object = {}) {
  const plain = backendModel(servers);
  const model = { ...plain, proxies: [{ ...plain.proxies[0]!, settings }] } as Model;
  const buffer = createShared(model, 1);
  const shared = openShared(buffer, model, 0);
  return {
    shared,
    table: new SharedServerTable(shared, BACKEND),
    main: openShared(buffer, model, MAIN_THREAD),
  };
}

test('the table shows weights, sessions, queues and ids of the servers in their places', () => {
  const { shared, table } = open([{ weight: 3 }, { maxconn: 1 }]);
  shared.tryEnterServer(BACKEND, SERVER + 1);
  shared.joinQueue(BACKEND, SERVER + 1, () => {});
  assert.equal(table.count, 2);
  assert.deepEqual([table.weight(0), table.weight(1)], [48, 16]);
  assert.deepEqual([table.sessions(0), table.sessions(1)], [0, 1]);
  assert.deepEqual([table.queued(0), table.queued(1)], [0, 1]);
  assert.deepEqual([table.hasRoom(0), table.hasRoom(1)], [true, false]);
  assert.deepEqual([table.id(0), table.id(1)], [1, 2]);
  assert.deepEqual([table.nextTurn(), table.nextTurn()], [0, 1]);
});

test('every session begun or ended moves the server behind the others', () => {
  const { shared, table } = open([{}, {}]);
  shared.tryEnterServer(BACKEND, SERVER);
  shared.tryEnterServer(BACKEND, SERVER + 1);
  assert.ok(table.lastMove(0) < table.lastMove(1));
  shared.leaveServer(BACKEND, SERVER);
  assert.ok(table.lastMove(0) > table.lastMove(1));
});

test('what is usable follows states: active servers, then the first backup', () => {
  const { table, main } = open([{ isBackup: true }, {}, {}, { isBackup: true }, { isDisabled: true }]);
  assert.deepEqual(table.usable(), [1, 2]);
  const before = table.version();
  main.setOperationalState(SERVER + 1, OperationalState.STOPPED);
  assert.notEqual(table.version(), before);
  assert.deepEqual(table.usable(), [2]);
  main.setWeight(SERVER + 2, 0);
  assert.deepEqual(table.usable(), [0]);
  main.setOperationalState(SERVER, OperationalState.STOPPED);
  assert.deepEqual(table.usable(), [3]);
  main.setOperationalState(SERVER + 3, OperationalState.STOPPED);
  assert.deepEqual(table.usable(), []);
  main.setWeight(SERVER + 2, 1);
  assert.deepEqual(table.usable(), [2]);
});

test('with allbackups every backup is usable when no active server is', () => {
  const { table } = open([{ isBackup: true }, { isDisabled: true }, { isBackup: true }], {
    allBackups: true,
  });
  assert.deepEqual(table.usable(), [0, 2]);
});
