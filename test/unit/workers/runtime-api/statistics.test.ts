import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COUNTER, RateKind } from '../../../../workers/shared/shared-state.ts';
import { PROCESS_SLOT } from '../../../../workers/shared/slots.ts';
import { describe as describeProblems, linkText, QUIET_DEFAULTS } from '../../../support/link-text.ts';
import { type MainThread, openMainThread } from '../../../support/worker-process/process-model.ts';

/** HAProxy 2.6 with `maxconn 500` shows the same slim of each. */
const TEXT = `global
  maxconn 500
${QUIET_DEFAULTS}
frontend fe
  bind 127.0.0.1:18000
  default_backend bk
frontend fe2
  bind 127.0.0.1:18001
  maxconn 50
  default_backend bk
  use_backend bk2 if TRUE
  use_backend bk if TRUE
backend bk
  id 77
  server s1 127.0.0.1:1 weight 5
backend bk2
  fullconn 77
backend unused
listen li
  bind 127.0.0.1:18002
  maxconn 25
`;

function open(text = TEXT): MainThread {
  const { model, diagnostics } = linkText(text);
  assert.ok(model !== null, describeProblems(diagnostics).join('\n'));
  return openMainThread(model);
}

/** `column` of the row of an object, as `show stat` prints it. */
function column(main: MainThread, row: string, name: string): string {
  const lines = main.api.answer('show stat', 'admin').split('\n');
  const at = lines[0]!.slice(2).split(',').indexOf(name);
  return lines.find((line) => line.startsWith(`${row},`))!.split(',')[at]!;
}

function info(main: MainThread, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(main.api.answer('show info', 'admin'))![1]!;
}

describe('limits in statistics', () => {
  it('of a backend are its fullconn, or a tenth of what its frontends take, each counted once', () => {
    const main = open();
    const slims = [
      'fe,FRONTEND',
      'fe2,FRONTEND',
      'bk,BACKEND',
      'bk2,BACKEND',
      'unused,BACKEND',
      'li,BACKEND',
    ];
    assert.deepEqual(
      slims.map((row) => column(main, row, 'slim')),
      ['500', '50', '55', '77', '0', '3'],
    );
  });

  it('of the process can be lowered and restored, never raised above the first', () => {
    const main = open();
    const limits = () => [info(main, 'Maxconn'), info(main, 'Hard_maxconn')];
    assert.deepEqual(limits(), ['500', '500']);
    assert.equal(main.api.answer('set maxconn global 100', 'admin'), '\n');
    assert.deepEqual(limits(), ['100', '500']);
    assert.equal(main.shared.maxconn(PROCESS_SLOT), 100);
    assert.equal(main.api.answer('set maxconn global 501', 'admin'), 'Value out of range.\n\n');
    assert.equal(main.api.answer('set maxconn global x', 'admin'), 'Integer value expected.\n\n');
    assert.equal(main.api.answer('set maxconn global', 'admin'), 'Expects an integer value.\n\n');
    assert.equal(main.api.answer('set maxconn global 0', 'admin'), '\n');
    assert.deepEqual(limits(), ['500', '500']);
  });

  it('of a frontend change by command, and refuse the next session', () => {
    const main = open();
    assert.equal(main.api.answer('set maxconn frontend fe2 1', 'admin'), '\n');
    assert.equal(column(main, 'fe2,FRONTEND', 'slim'), '1');
    const slot = main.shared.slots.frontend(2);
    assert.deepEqual([main.shared.tryEnter(slot), main.shared.tryEnter(slot)], [true, false]);
    assert.equal(column(main, 'fe2,FRONTEND', 'status'), 'FULL');
    for (const [line, answer] of [
      ['set maxconn frontend', 'A frontend name is expected.\n\n'],
      ['set maxconn frontend fe2', 'Integer value expected.\n\n'],
      ['set maxconn frontend fe2 -1', 'Integer value expected.\n\n'],
      ['set maxconn frontend bk 1', 'No such frontend.\n\n'],
      ['set maxconn frontend #2 3', '\n'],
    ] as const)
      assert.equal(main.api.answer(line, 'admin'), answer, line);
    assert.equal(column(main, 'fe2,FRONTEND', 'slim'), '3');
  });
});

describe('a frontend that is disabled', () => {
  it('is shown as paused until it is enabled, and says so once', () => {
    const main = open();
    const answers = [
      'disable frontend li',
      'disable frontend li',
      'enable frontend #79',
      'enable frontend li',
    ];
    assert.equal(main.api.answer(answers[0]!, 'admin'), '\n');
    assert.equal(column(main, 'li,FRONTEND', 'status'), 'PAUSED');
    assert.equal(column(main, 'fe,FRONTEND', 'status'), 'OPEN');
    assert.equal(main.api.answer(answers[1]!, 'admin'), 'All sockets are already disabled.\n\n');
    assert.equal(main.api.answer(answers[2]!, 'admin'), 'No such frontend.\n\n');
    assert.equal(main.api.answer(answers[3]!, 'admin'), '\n');
    assert.equal(column(main, 'li,FRONTEND', 'status'), 'OPEN');
    assert.equal(main.api.answer(answers[3]!, 'admin'), 'All sockets are already enabled.\n\n');
    assert.equal(main.api.answer('enable frontend li', 'operator'), 'Permission denied\n\n');
  });
});

describe('ids in show servers state', () => {
  it('are marked as forced where an id line gives them', () => {
    const [, header = '', line = ''] = open().api.answer('show servers state bk', 'admin').split('\n');
    const forced = header.slice(2).split(' ').indexOf('bk_f_forced_id');
    assert.equal(line.split(' ')[0], '77');
    assert.equal(line.split(' ')[forced], '1');
    const other = open(`${QUIET_DEFAULTS}backend bk\n server s1 127.0.0.1:1\n`);
    assert.equal(other.api.answer('show servers state', 'admin').split('\n')[2]!.split(' ')[forced], '0');
  });
});

describe('clearing counters', () => {
  function used(): MainThread {
    const main = open();
    const { shared } = main;
    const [frontend, backend] = [shared.slots.frontend(1), shared.slots.backend(77)];
    shared.enter(frontend);
    shared.enter(backend);
    shared.count(frontend, COUNTER.stot, 3);
    shared.count(frontend, COUNTER.conn_tot, 3);
    shared.count(backend, COUNTER.bin, 1000);
    shared.mark(PROCESS_SLOT, RateKind.CONNECTION);
    shared.mark(frontend, RateKind.CONNECTION);
    main.farm(77).servers[0]!.fails = 2;
    return main;
  }

  it('without all forgets maxima and keeps sums', () => {
    const main = used();
    assert.equal(info(main, 'MaxConnRate'), '1');
    assert.equal(column(main, 'fe,FRONTEND', 'conn_rate_max'), '1');
    assert.equal(main.api.answer('clear counters', 'operator'), '\n');
    assert.equal(info(main, 'MaxConnRate'), '0');
    assert.equal(column(main, 'fe,FRONTEND', 'conn_rate_max'), '0');
    assert.equal(column(main, 'fe,FRONTEND', 'smax'), '0');
    assert.equal(column(main, 'fe,FRONTEND', 'stot'), '3');
    assert.equal(column(main, 'bk,BACKEND', 'bin'), '1000');
    assert.equal(main.farm(77).servers[0]!.fails, 2);
  });

  it('with all forgets both, and what the process counts goes on', () => {
    const main = used();
    assert.equal(main.api.answer('clear counters all', 'operator'), 'Permission denied\n\n');
    assert.equal(main.api.answer('clear counters all', 'admin'), '\n');
    assert.equal(column(main, 'fe,FRONTEND', 'stot'), '0');
    assert.equal(column(main, 'fe,FRONTEND', 'smax'), '0');
    assert.equal(column(main, 'fe,FRONTEND', 'scur'), '1');
    assert.equal(column(main, 'bk,BACKEND', 'bin'), '0');
    assert.equal(main.farm(77).servers[0]!.fails, 0);
    assert.equal(info(main, 'CumConns'), '3');
  });
});
