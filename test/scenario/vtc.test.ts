/** Runs the scenarios in `vtc/` with varnishtest: Fairlead, linked as haproxy, and the real HAProxy as their check. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fairleadAsHaproxy, findProgram, skipUnless } from '../support/oracle.ts';

const FOLDER = fileURLToPath(new URL('vtc/', import.meta.url));
const scenarios = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.vtc'))
  .sort();

interface Run {
  readonly code: number | null;
  readonly output: string;
}

function runScenario(file: string, program: string): Promise<Run> {
  const env = { ...process.env, HAPROXY_PROGRAM: program };
  return new Promise((resolve) => {
    execFile(
      findProgram('varnishtest')!,
      ['-t', '120', join(FOLDER, file)],
      { env, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve({
          code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1,
          output: stdout + stderr,
        });
      },
    );
  });
}

describe('Scenarios driven by varnishtest', { skip: skipUnless('varnishtest', 'socat') }, () => {
  const fairlead = fairleadAsHaproxy();
  for (const scenario of scenarios) {
    test(`${scenario} passes with Fairlead under the name haproxy`, async () => {
      const { code, output } = await runScenario(scenario, fairlead);
      assert.equal(code, 0, output);
    });
  }
});

describe('The same scenarios hold for the real HAProxy', {
  skip: skipUnless('varnishtest', 'socat', 'haproxy'),
}, () => {
  for (const scenario of scenarios) {
    test(`${scenario} passes with HAProxy`, async () => {
      const { code, output } = await runScenario(scenario, findProgram('haproxy')!);
      assert.equal(code, 0, output);
    });
  }
});
