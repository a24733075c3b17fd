import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../config/model/model.ts';
import { keywordNames } from '../../../master/keyword-names.ts';
import { describeChanges, diffModels } from '../../../master/model-diff.ts';
import { unchangedProxies } from '../../../workers/plan/unchanged-proxies.ts';
import { linkText, QUIET_DEFAULTS } from '../../support/link-text.ts';

const SITE = `frontend www
  bind 127.0.0.1:8080
  acl api path_beg /api
  use_backend api if api
  default_backend web
backend api
  server a1 127.0.0.1:9001
backend web
  server w1 127.0.0.1:9002 weight 5
  server w2 127.0.0.1:9003
`;

function modelOf(site: string, global = 'global\n  nbthread 2\n'): Model {
  const { model, diagnostics } = linkText(`${global}${QUIET_DEFAULTS}${site}`);
  assert.ok(model !== null, JSON.stringify(diagnostics));
  return model;
}

function told(before: string, after: string, counts: readonly (readonly [string, number])[] = []): string[] {
  return describeChanges(diffModels(modelOf(before), modelOf(after), keywordNames).changes, new Map(counts));
}

test('nothing has changed where only places in the file, comments and blanks have', () => {
  assert.deepEqual(told(SITE, `# moved\n\n${SITE.replaceAll('  ', '      ')}`), []);
  assert.deepEqual(unchangedProxies(modelOf(SITE), modelOf(`\n\n${SITE}`)), ['www', 'api', 'web']);
});

test('proxies that come and go are named', () => {
  const after = `${SITE.replace('backend api\n  server a1 127.0.0.1:9001\n', '').replace('use_backend api if api', '')}backend new\n  server n1 127.0.0.1:9009\n`;
  assert.deepEqual(told(SITE, after, [['backend api', 3]]), [
    '~ frontend www: use_backend',
    '+ backend new',
    '- backend api (3 connections)',
  ]);
});

test('of servers and binds it is told which, what and how many connections they have', () => {
  const after = SITE.replace('weight 5', 'weight 6')
    .replace('server w2 127.0.0.1:9003', 'server w3 127.0.0.1:9004')
    .replace('bind 127.0.0.1:8080', 'bind 127.0.0.1:8081');
  const counts = [
    ['ipv4|127.0.0.1|8080/0', 4],
    ['ipv4|127.0.0.1|8080/1', 5],
    ['server web/w1', 1],
  ] as const;
  assert.deepEqual(told(SITE, after, counts), [
    '+ bind 127.0.0.1:8081 of frontend www',
    '- bind 127.0.0.1:8080 of frontend www (9 connections)',
    '~ server web/w1: weight (1 connection)',
    '+ server web/w3 127.0.0.1:9004',
    '- server web/w2',
  ]);
});

test('a server at another address, and a changed ACL, are told by their keywords', () => {
  const after = SITE.replace('127.0.0.1:9001', '127.0.0.1:9005').replace('path_beg /api', 'path_beg /v1');
  assert.deepEqual(told(SITE, after), ['~ frontend www: use_backend, acl', '~ server api/a1: address']);
});

test('what the threads can take in place leaves the process, what it was started with replaces it', () => {
  const before = modelOf(SITE);
  const reason = (global: string): string =>
    diffModels(before, modelOf(SITE, global), keywordNames).replaceReason;
  assert.equal(
    reason('global\n  nbthread 2\n  maxconn 100\n  hard-stop-after 5s\n  log 127.0.0.1 local0\n'),
    '',
  );
  assert.match(reason('global\n  nbthread 2\n  tune.bufsize 32768\n'), /^tune.bufsize in the global section/);
  assert.match(reason('global\n  nbthread 3\n'), /^nbthread/);
});

test('a change of the global section that plans are compiled from changes all proxies', () => {
  const before = modelOf(SITE);
  assert.deepEqual(unchangedProxies(before, modelOf(SITE, 'global\n  nbthread 2\n  maxconn 10\n')), [
    'www',
    'api',
    'web',
  ]);
  assert.deepEqual(unchangedProxies(before, modelOf(SITE, 'global\n  nbthread 2\n  log-tag x\n')), []);
  assert.deepEqual(unchangedProxies(before, modelOf(SITE.replace('weight 5', 'weight 6'))), ['www', 'api']);
});
