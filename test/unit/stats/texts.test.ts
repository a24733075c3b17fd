import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMNS, CSV_HEADER } from '../../../src/stats/columns.ts';
import { csvValue } from '../../../src/stats/field.ts';
import { infoJson, infoText, infoTyped } from '../../../src/stats/info.ts';
import { INFO_FIELDS } from '../../../src/stats/info-fields.ts';
import { ALL_ROWS, statRows } from '../../../src/stats/rows.ts';
import { statCsv, statJson, statTyped } from '../../../src/stats/stat-texts.ts';
import type { ServerStats } from '../../../src/stats/view.ts';
import { openMainThread, processModel } from '../../support/worker-process/process-model.ts';

const MODEL = processModel([
  { id: 2, name: 'fe', kind: 'frontend', settings: { maxconn: 50 } },
  {
    id: 4,
    name: 'bk',
    kind: 'backend',
    servers: [
      { name: 's1', port: 11, weight: 10, isChecked: true, fall: 2 },
      { name: 's3', port: 13, isDisabled: true },
      { name: 's4', port: 14, maxconn: 10, maxqueue: 4, isBackup: true },
    ],
  },
  { id: 5, name: 'empty', kind: 'backend', mode: 'tcp' },
]);

const view = () => openMainThread(MODEL).statistics.view();
const rows = (filter = ALL_ROWS) => statRows(view().proxies, filter);
const names = (filter = ALL_ROWS): unknown[] =>
  rows(filter).map((row) => `${row.values['pxname']}/${row.values['svname']}`);

test('columns have the numbers of the manual', () => {
  const numbers = {
    pxname: 0,
    status: 17,
    lastchg: 23,
    type: 32,
    check_status: 36,
    hrsp_1xx: 39,
    lastsess: 55,
    check_desc: 65,
    addr: 73,
    algo: 76,
    intercepted: 80,
    qtime_max: 90,
    uweight: 99,
    srid: 103,
    h1_sess: 105,
    req_other: 108,
    proto: 112,
    priv_idle_cur: 113,
    cache_hint_hits: 118,
  };
  for (const [name, number] of Object.entries(numbers)) assert.equal(COLUMNS[number]?.name, name);
  assert.equal(COLUMNS.length, 119);
  assert.equal(new Set(COLUMNS.map(({ name }) => name)).size, COLUMNS.length);
});

test('every value has a column of its name', () => {
  const known = new Set(COLUMNS.map(({ name }) => name));
  for (const row of rows()) for (const name of Object.keys(row.values)) assert.ok(known.has(name), name);
});

test('rows come as frontend, servers, backend, in file order', () => {
  assert.deepEqual(names(), ['fe/FRONTEND', 'bk/s1', 'bk/s3', 'bk/s4', 'bk/BACKEND', 'empty/BACKEND']);
});

for (const [what, filter, expected] of [
  ['one server', { proxyId: 4, mask: 4, serverId: 1 }, ['bk/s1']],
  ['backends', { mask: 2 }, ['bk/BACKEND', 'empty/BACKEND']],
  ['frontends and backends', { mask: 3 }, ['fe/FRONTEND', 'bk/BACKEND', 'empty/BACKEND']],
  ['one proxy', { proxyId: 5 }, ['empty/BACKEND']],
  ['a proxy that is not there', { proxyId: 9 }, []],
  [
    'servers not in maintenance',
    { servers: 'no-maint' },
    ['fe/FRONTEND', 'bk/s1', 'bk/s4', 'bk/BACKEND', 'empty/BACKEND'],
  ],
] as const) {
  test(`a filter for ${what}`, () => assert.deepEqual(names({ ...ALL_ROWS, ...filter }), expected));
}

test('CSV has a header, a line for each row, and as many fields in each', () => {
  const lines = statCsv(rows()).split('\n');
  assert.equal(lines[0], CSV_HEADER);
  assert.equal(lines.at(-1), '');
  for (const line of lines.slice(0, -1)) assert.equal(line.split(',').length, 121, line);
  assert.match(
    lines[1]!,
    /^fe,FRONTEND,,,0,0,50,0,0,0,0,0,0,,,,,OPEN,,,,,,,,,1,2,0,,,,0,0,0,0,,,,0,0,0,0,0,0,,0,0,0,,,0,0,0,0,/,
  );
  assert.match(lines[3]!, /^bk,s3,0,0,0,0,,0,0,0,,0,,0,0,0,0,MAINT,1,1,0,,,\d,,,1,4,2,,0,,2,0,,0,,,,0,/);
  assert.match(lines[4]!, /^bk,s4,0,0,0,0,10,0,0,0,,0,,0,0,0,0,no check,1,0,1,,,\d,,4,1,4,3,,0,,2,0,,0,/);
  assert.match(lines[5]!, /^bk,BACKEND,0,0,0,0,0,0,0,0,0,0,,0,0,0,0,UP,10,1,1,,0,\d,0,,1,4,0,/);
  assert.match(lines[6]!, /^empty,BACKEND,.*,UP,0,0,0,,0,\d,,,1,5,0,/);
});

test('CSV quotes only what is ambiguous', () => {
  assert.equal(csvValue('plain'), 'plain');
  assert.equal(csvValue('a,b'), '"a,b"');
  assert.equal(csvValue('say "x"'), '"say ""x"""');
  assert.equal(csvValue('two\nlines'), 'two lines');
  assert.equal(csvValue(-1), '-1');
});

test('typed lines carry place, tags and type, as in the manual', () => {
  const lines = statTyped(rows()).split('\n');
  for (const line of [
    'F.2.0.0.pxname.1:KNSV:str:fe',
    'F.2.0.4.scur.1:MGPV:u32:0',
    'F.2.0.6.slim.1:CLPV:u32:50',
    'F.2.0.7.stot.1:MCPP:u64:0',
    'F.2.0.17.status.1:SGPV:str:OPEN',
    'F.2.0.33.rate.1:MRPP:u32:0',
    'F.2.0.35.rate_max.1:MMPV:u32:0',
    'F.2.0.48.req_tot.1:MCPP:u64:0',
    'S.4.1.19.act.1:SGPV:u32:1',
    'B.4.0.19.act.1:MGPV:u32:1',
    'S.4.1.55.lastsess.1:MAPV:s32:-1',
    'S.4.1.73.addr.1:CGSV:str:127.0.0.1:11',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test('JSON is valid, and holds the same values as the typed lines', () => {
  const objects = JSON.parse(statJson(rows())) as {
    field: { pos: number; name: string };
    value: { value: unknown };
    objType: string;
  }[][];
  assert.equal(objects.length, 6);
  assert.equal(objects.flat().length, statTyped(rows()).split('\n').length - 1);
  assert.deepEqual(objects[0]![0], {
    objType: 'Frontend',
    proxyId: 2,
    id: 0,
    field: { pos: 0, name: 'pxname' },
    processNum: 1,
    tags: { origin: 'Key', nature: 'Name', scope: 'Service' },
    value: { type: 'str', value: 'fe' },
  } as never);
});

test('show info in three forms has the same fields; an empty description is left out', () => {
  const { process } = view();
  const text = infoText(process).split('\n').slice(0, -1);
  assert.equal(text[0], 'Name: HAProxy');
  assert.ok(text.includes('node: vm'));
  assert.ok(!text.some((line) => line.startsWith('description')));
  assert.equal(infoTyped(process).split('\n').length - 1, text.length);
  assert.match(infoTyped(process), /^0\.Name\.1:POSV:str:HAProxy\n1\.Version\.1:POSV:str:2\.6\.12-test\n/);
  assert.equal((JSON.parse(infoJson(process)) as unknown[]).length, text.length);
  assert.match(infoText(process, true), /^Name: HAProxy:"Product name"\n/);
});

test('positions of show info only grow', () => {
  for (const [i, { position }] of INFO_FIELDS.entries())
    if (i > 0) assert.ok(position > INFO_FIELDS[i - 1]!.position);
});

test('the uptime is days, hours, minutes and seconds', () => {
  const process = { ...view().process, startedAtMs: 0, nowMs: (((1 * 24 + 2) * 60 + 3) * 60 + 4) * 1000 };
  assert.match(infoText(process), /\nUptime: 1d 2h03m04s\nUptime_sec: 93784\n/);
});

for (const [what, change, expected] of [
  ['up', {}, 'UP'],
  ['falling', { check: { health: 2 } }, 'UP 1/2'],
  ['rising', { operational: 0, check: { health: 1 } }, 'DOWN 1/2'],
  ['down', { operational: 0, check: { health: 0 } }, 'DOWN'],
  ['stopping', { operational: 3 }, 'NOLB'],
  ['stopping and drained', { operational: 3, admin: 8 }, 'NOLB'],
  ['drained', { admin: 8 }, 'DRAIN'],
  ['in maintenance', { operational: 0, admin: 1 }, 'MAINT'],
  ['in maintenance with the one it tracks', { operational: 0, admin: 2, tracked: 'a/b' }, 'MAINT (via a/b)'],
  ['without an address', { operational: 0, admin: 32 }, 'MAINT (resolution)'],
  ['not checked', { check: { state: 0 } }, 'no check'],
  ['with checks disabled', { check: { state: 2 } }, 'no check'],
] as const) {
  test(`the status of a server that is ${what} is ${expected}`, () => {
    const [, bk] = view().proxies;
    const base = {
      ...bk!.servers[0]!,
      check: { ...bk!.servers[0]!.check, health: 3, ...('check' in change ? change.check : {}) },
    };
    const { check, agent } = base;
    const server: ServerStats = { ...base, ...change, check, judged: { check, agent } };
    const row = statRows([{ ...bk!, servers: [server] }], ALL_ROWS)[0]!;
    assert.equal(row.values['status'], expected);
  });
}

for (const [what, change, agent, expected] of [
  ['is down by its agent', { operational: 0 }, { state: 22, health: 0 }, 'DOWN (agent)'],
  ['is down while its agent is content', { operational: 0 }, { state: 22, health: 1 }, 'DOWN 3/2'],
  ['is down by an agent that is disabled', { operational: 0 }, { state: 18, health: 0 }, 'DOWN 3/2'],
  ['is drained and has an agent', { admin: 8 }, { state: 22, health: 1 }, 'DRAIN (agent)'],
  [
    'is forced into the maintenance that it inherits too',
    { operational: 0, admin: 3, tracked: 'a/b' },
    { state: 0, health: 1 },
    'MAINT (via a/b)',
  ],
] as const) {
  test(`the status of a server that ${what} is ${expected}`, () => {
    const [, bk] = view().proxies;
    const base = bk!.servers[0]!;
    const check = { ...base.check, health: 3 };
    const judged = { check, agent: { ...base.agent, ...agent } };
    const row = statRows([{ ...bk!, servers: [{ ...base, ...change, judged }] }], ALL_ROWS)[0]!;
    assert.equal(row.values['status'], expected);
  });
}
