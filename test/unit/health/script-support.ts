/** Scripts of checks from configuration lines, and what a dialogue makes of scripted answers. */
import assert from 'node:assert/strict';
import type { CheckDialogue, Command, Verdict } from '../../../src/health/check-dialogue.ts';
import { ScriptDialogue } from '../../../src/health/script-dialogue.ts';
import { checkView } from '../../../workers/health/check-view.ts';
import { compileScript } from '../../../workers/health/compile-script.ts';
import { describe, linkText } from '../../support/link-text.ts';

/** What happens to a check: bytes come, the server ends its side, an error, the timeout; `connected` where it is so. */
export type Event = string | { readonly is: 'end' | 'timeout' | 'connected' } | { readonly error: string };

export const END: Event = { is: 'end' };
export const TIMEOUT: Event = { is: 'timeout' };
export const CONNECTED: Event = { is: 'connected' };

export interface Played {
  /** Connections as `host:port`, '' for what is the server's; texts that were sent; as they came. */
  readonly asked: readonly string[];
  /** Null while it waits for more. */
  readonly verdict: Verdict | null;
}

export function dialogueOf(lines: readonly string[], isRunning = true): CheckDialogue {
  const config = `
defaults
  mode http
  timeout connect 1s
  timeout server 1s
backend bk
${lines.map((line) => `  ${line}`).join('\n')}
  server s1 127.0.0.1:80 check
`;
  const { model, diagnostics } = linkText(config);
  assert.ok(model !== null, describe(diagnostics).join('\n'));
  const script = compileScript(model.proxies[0]!, { view: checkView('bk', 's1'), stateText: () => 'UP 1/3' });
  return new ScriptDialogue(script, { isRunning });
}

/** Connects at once unless the events say more of it. */
export function play(dialogue: CheckDialogue, events: readonly Event[]): Played {
  const asked: string[] = [];
  let verdict: Verdict | null = null;
  const follow = (first: Command): void => {
    let command = first;
    for (;;) {
      if (command.do === 'send') {
        asked.push(command.text);
        command = dialogue.sent();
      } else if (command.do === 'connect') {
        asked.push(`<connect ${command.host}:${command.port || ''}>`);
        if (!events.includes(CONNECTED)) command = dialogue.connected();
        else return;
      } else {
        if (command.do === 'done') verdict = command.verdict;
        return;
      }
    }
  };
  follow(dialogue.begin());
  for (const event of events) {
    if (verdict !== null) break;
    if (typeof event === 'string') follow(dialogue.received(event));
    else if ('error' in event) follow(dialogue.failed(event.error));
    else if (event.is === 'end') follow(dialogue.ended());
    else if (event.is === 'timeout') follow(dialogue.timedOut());
    else follow(dialogue.connected());
  }
  return { asked, verdict };
}
