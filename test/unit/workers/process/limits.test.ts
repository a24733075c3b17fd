import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GlobalSettings } from '../../../../config/model/model.ts';
import type { Resource, ResourceLimit } from '../../../../src/system/process.ts';
import { allowCoreFiles, applyLimits, type LimitCalls } from '../../../../workers/process/limits.ts';
import { processModel } from '../../../support/worker-process/process-model.ts';

class Machine implements LimitCalls {
  readonly calls: string[] = [];
  readonly lines: string[] = [];
  readonly console = {
    write: (severity: string, text: string) => void this.lines.push(`${severity} ${text}`),
  };
  readonly #files: ResourceLimit;
  readonly #refuses: boolean;

  constructor(files: ResourceLimit, refuses = false) {
    this.#files = files;
    this.#refuses = refuses;
  }

  get(): ResourceLimit {
    return this.#files;
  }

  set(resource: Resource, { soft, hard }: ResourceLimit): void {
    if (this.#refuses) throw new Error('EPERM');
    this.calls.push(`${resource} ${soft} ${hard}`);
  }

  setDumpable(isDumpable: boolean): void {
    if (this.#refuses) throw new Error('EPERM');
    this.calls.push(`dumpable ${isDumpable}`);
  }

  apply(global: GlobalSettings, threads = 2, listeners = 4): GlobalSettings {
    const needs = { model: processModel([], global), threads, listeners, console: this.console };
    return applyLimits(needs, this).global;
  }
}

const SMALL: ResourceLimit = { soft: 1024, hard: 4096 };

describe('the limit of connections', () => {
  it('follows from that of open files where nobody wrote one, with room for the process itself', () => {
    const machine = new Machine(SMALL);
    const { maxconn = 0 } = machine.apply({});
    assert.ok(maxconn > 300 && maxconn * 2 < 1024 - 4 * 2, `${maxconn}`);
    assert.deepEqual(machine.calls, [], 'nothing was to be raised');
  });

  it('is smaller where threads and listeners need more files', () => {
    const few = new Machine(SMALL).apply({}, 1, 1).maxconn!;
    assert.ok(new Machine(SMALL).apply({}, 16, 1).maxconn! < few);
    assert.ok(new Machine(SMALL).apply({}, 1, 100).maxconn! < few);
  });

  it('counts as absent when it is 0, and is never below 1', () => {
    assert.equal(new Machine(SMALL).apply({ maxconn: 0 }).maxconn, new Machine(SMALL).apply({}).maxconn);
    assert.equal(new Machine({ soft: 3, hard: 3 }).apply({}).maxconn, 1);
  });

  it('is bounded where open files are not', () => {
    const unlimited = { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };
    assert.equal(new Machine(unlimited).apply({}).maxconn, 524_288);
  });

  it('raises that of open files as far as it needs, and no further', () => {
    const machine = new Machine(SMALL);
    assert.equal(machine.apply({ maxconn: 5000 }).maxconn, 5000);
    const [name, soft, hard] = machine.calls[0]!.split(' ');
    assert.equal(name, 'NOFILE');
    assert.ok(Number(soft) > 10_000 && Number(soft) < 10_500);
    assert.equal(hard, soft);
    const enough = new Machine(SMALL);
    enough.apply({ maxconn: 100 });
    assert.deepEqual(enough.calls, []);
  });
});

describe('ulimit-n', () => {
  it('sets the limit of open files, downwards too, and the limit of connections follows', () => {
    const machine = new Machine(SMALL);
    const { maxconn = 0 } = machine.apply({ ulimitN: 512 });
    assert.deepEqual(machine.calls, ['NOFILE 512 4096']);
    assert.ok(maxconn > 0 && maxconn < 256);
  });

  it('that the system refuses ends the start with the words of HAProxy', () => {
    assert.throws(() => new Machine(SMALL, true).apply({ ulimitN: 9000 }), {
      message: 'Cannot raise FD limit to 9000, limit is 4096.',
    });
    assert.throws(
      () => new Machine(SMALL, true).apply({ maxconn: 9000, strictLimits: true }),
      /^Error: Cannot/,
    );
  });

  it('that the system refuses is a warning with no strict-limits, and what there is counts', () => {
    const machine = new Machine(SMALL, true);
    const { maxconn } = machine.apply({ ulimitN: 9000, strictLimits: false });
    assert.deepEqual(machine.lines, ['WARNING Cannot raise FD limit to 9000, limit is 4096.']);
    assert.equal(maxconn, new Machine(SMALL).apply({}).maxconn);
  });
});

describe('set-dumpable', () => {
  it('lifts the limit of core files before rights are given up, and lets the kernel write one behind that', () => {
    const machine = new Machine(SMALL);
    machine.apply({ setDumpable: true });
    allowCoreFiles({ setDumpable: true }, machine.console, machine);
    assert.deepEqual(machine.calls, ['CORE Infinity Infinity', 'dumpable true']);
  });

  it('off changes nothing', () => {
    const machine = new Machine(SMALL);
    machine.apply({ setDumpable: false });
    allowCoreFiles({}, machine.console, machine);
    assert.deepEqual(machine.calls, []);
  });

  it('that cannot be had is an error where limits are strict, else a warning', () => {
    const machine = new Machine(SMALL, true);
    assert.throws(() => allowCoreFiles({ setDumpable: true }, machine.console, machine), /dumpable/);
    allowCoreFiles({ setDumpable: true, strictLimits: false }, machine.console, machine);
    assert.match(machine.lines[0]!, /^WARNING Cannot make the process dumpable/);
  });
});
