/** Commands that change frontends and the limit of the process at run time (management manual 9.3). */

import { arg } from '../keyword/arg.ts';
import type { ProxyStats } from '../stats/view.ts';
import { commandsOn } from './declare.ts';
import { type Answer, failure, notice } from './message.ts';
import { findFrontend, type ProcessContext } from './process-context.ts';

const define = commandsOn<ProcessContext>();

const name = arg.optional(arg.word('frontend'));
const number = arg.optional(arg.word('value'));

const NOT_AN_INTEGER = failure('Integer value expected.\n');

/** Finds the frontend and does something with it, or answers why it cannot. */
function withFrontend(
  context: ProcessContext,
  frontend: string | undefined,
  act: (proxy: ProxyStats) => Answer,
): Answer {
  if (frontend === undefined || frontend === '') return failure('A frontend name is expected.\n');
  const found = findFrontend(context.view().proxies, frontend);
  return found === undefined ? failure('No such frontend.\n') : act(found);
}

/** Null for what is no number of connections. */
function countOf(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function setFrontendMaxconn(context: ProcessContext, proxy: ProxyStats, text: string | undefined): Answer {
  const maxconn = countOf(text ?? '');
  if (maxconn === null) return NOT_AN_INTEGER;
  context.frontends.setFrontendMaxconn(proxy.id, maxconn);
  return '';
}

function setProcessMaxconn(context: ProcessContext, text: string | undefined): Answer {
  if (text === undefined) return failure('Expects an integer value.\n');
  const maxconn = countOf(text);
  if (maxconn === null) return NOT_AN_INTEGER;
  return context.frontends.setProcessMaxconn(maxconn) ? '' : failure('Value out of range.\n');
}

function setAccepting(context: ProcessContext, proxy: ProxyStats, accepting: 'on' | 'off'): Answer {
  const isOn = proxy.frontend?.status !== 'PAUSED';
  if (isOn === (accepting === 'on'))
    return notice(`All sockets are already ${isOn ? 'enabled' : 'disabled'}.\n`);
  context.frontends.setAccepting(proxy.id, accepting);
  return '';
}

const STRICT_NUMBERS =
  'A word that is no number is refused; HAProxy takes it for 0, which lifts the limit or restores it.';

export const frontendCommands = [
  define({
    name: 'set maxconn frontend',
    usage: 'set maxconn frontend <frontend> <value>',
    help: "change a frontend's maxconn setting",
    summary:
      'Changes how many sessions a frontend takes at one time; 0 leaves it to the limit of the process.',
    level: 'admin',
    differences: [STRICT_NUMBERS],
    args: { frontend: name, value: number },
    run: ({ frontend, value }, context) =>
      withFrontend(context, frontend, (proxy) => setFrontendMaxconn(context, proxy, value)),
  }),
  define({
    name: 'set maxconn global',
    usage: 'set maxconn global <value>',
    help: 'change the per-process maxconn setting',
    summary:
      'Changes how many client connections the process takes at one time, up to the limit it started with; 0 restores that one.',
    level: 'admin',
    differences: [STRICT_NUMBERS],
    args: { value: number },
    run: ({ value }, context) => setProcessMaxconn(context, value),
  }),
  define({
    name: 'disable frontend',
    usage: 'disable frontend <frontend>',
    help: 'temporarily disable specific frontend',
    summary: 'Stops accepting on a frontend: new connections wait in the queue of the kernel.',
    level: 'admin',
    differences: [
      'The ports stay bound: the master holds them, so no other process can take them meanwhile.',
    ],
    args: { frontend: name },
    run: ({ frontend }, context) =>
      withFrontend(context, frontend, (proxy) => setAccepting(context, proxy, 'off')),
  }),
  define({
    name: 'enable frontend',
    usage: 'enable frontend <frontend>',
    help: 're-enable specific frontend',
    summary: 'Accepts again on a frontend that was disabled.',
    level: 'admin',
    args: { frontend: name },
    run: ({ frontend }, context) =>
      withFrontend(context, frontend, (proxy) => setAccepting(context, proxy, 'on')),
  }),
] as const;
