/** The small configuration of scenario tests: one frontend, and origins that say who they are. */

import type { TestContext } from 'node:test';
import { response } from './exchanges.ts';
import { Program, type ProgramOptions } from './program.ts';
import { type Reply, ScriptedOrigin } from './scripted-origin.ts';

export const TIMEOUTS = `  timeout client 30s
  timeout server 30s
  timeout connect 5s
`;

/** Starts an origin that answers everything with its name; other answers by target. */
export function namedOrigin(
  name: string,
  replies: { readonly [target: string]: Reply } = {},
): Promise<ScriptedOrigin> {
  return ScriptedOrigin.start({ '*': response('200 OK', name), ...replies });
}

export interface SiteOptions {
  readonly threads: number;
  readonly port: number;
  /** Lines of the backend. */
  readonly backend: readonly string[];
  readonly global?: readonly string[];
}

export function siteConfig({ threads, port, backend, global = [] }: SiteOptions): string {
  return `global
  nbthread ${threads}
${global.map((line) => `  ${line}\n`).join('')}defaults
  mode http
${TIMEOUTS}frontend www
  bind 127.0.0.1:${port}
  default_backend app
backend app
${backend.map((line) => `  ${line}\n`).join('')}`;
}

/** Starts Fairlead as HAProxy's master-worker, until all of its threads accept; it ends with the test. */
export async function startFairlead(
  test: TestContext,
  { masterSocket, ...options }: ProgramOptions & { readonly masterSocket?: string },
): Promise<Program> {
  const args = masterSocket === undefined ? ['-W'] : ['-W', '-S', masterSocket];
  const program = Program.start('fairlead', { ...options, args });
  test.after(() => program.stop());
  await program.printed(/Loading success/);
  return program;
}
