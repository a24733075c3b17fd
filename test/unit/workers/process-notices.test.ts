import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noticeListening, noticeStopped } from '../../../workers/process/proxy-notices.ts';
import { COUNTER } from '../../../workers/shared/shared-state.ts';
import { openMainThread, processModel } from '../../support/worker-process/process-model.ts';

function noticed(act: typeof noticeStopped): string[] {
  const model = processModel([
    { id: 2, name: 'fe', kind: 'frontend' },
    { id: 3, name: 'li', kind: 'listen' },
    { id: 4, name: 'bk', kind: 'backend' },
  ]);
  const { shared } = openMainThread(model);
  shared.count(shared.slots.frontend(2), COUNTER.stot, 12);
  shared.count(shared.slots.backend(3), COUNTER.stot, 3);
  const lines: string[] = [];
  const console = { write: (severity: string, text: string) => lines.push(`${severity} ${text}`) };
  act({
    proxies: model.proxies,
    shared,
    console,
    sinkOf: () => ({ send: (level, text) => lines.push(`<${level}> ${text}`) }),
  });
  return lines;
}

test('a stop is told of each proxy with its sessions, on the console and in its log', () => {
  assert.deepEqual(noticed(noticeStopped), [
    'WARNING Proxy fe stopped (cumulated conns: FE: 12, BE: 0).',
    '<4> Proxy fe stopped (cumulated conns: FE: 12, BE: 0).',
    'WARNING Proxy li stopped (cumulated conns: FE: 0, BE: 3).',
    '<4> Proxy li stopped (cumulated conns: FE: 0, BE: 3).',
    'WARNING Proxy bk stopped (cumulated conns: FE: 0, BE: 0).',
    '<4> Proxy bk stopped (cumulated conns: FE: 0, BE: 0).',
  ]);
});

test('pausing is told of what listens', () => {
  assert.deepEqual(
    noticed((parts) => noticeListening(parts, 'Paused')),
    [
      'WARNING Paused frontend fe.',
      '<4> Paused frontend fe.',
      'WARNING Paused proxy li.',
      '<4> Paused proxy li.',
    ],
  );
});
