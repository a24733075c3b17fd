/** Links a configuration that a test has as text. */

import type { Diagnostic } from '../../config/diagnostics/diagnostic.ts';
import { parseHaproxyCfg } from '../../config/haproxy-cfg/parse.ts';
import { type LinkOptions, linkDocument } from '../../config/link/link.ts';
import type { Model, ProxyModel } from '../../config/model/model.ts';

export const TEST_FACTS = {
  version: '3.5-dev5',
  features: new Set<string>(),
  enabled: new Set<string>(),
  sslLibrary: null,
  awslcApi: null,
  isFipsMode: false,
};

export interface LinkedText {
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** The file is called `test.cfg`; lines count from 1. */
export function linkText(text: string, options: LinkOptions = {}): LinkedText {
  const source = { file: 'test.cfg', text: text.endsWith('\n') ? text : `${text}\n` };
  const parsed = parseHaproxyCfg([source], { environment: new Map(), facts: TEST_FACTS });
  const linked = linkDocument(parsed.document, { workingFolder: '/test', ...options });
  return { model: linked.model, diagnostics: [...parsed.diagnostics, ...linked.diagnostics] };
}

/** The proxies of a text that must link without an error. */
export function proxiesOf(text: string, options: LinkOptions = {}): { readonly [name: string]: ProxyModel } {
  const { model, diagnostics } = linkText(text, options);
  if (model === null) throw new Error(`the text does not link:\n${describe(diagnostics).join('\n')}`);
  return Object.fromEntries(model.proxies.map((proxy) => [proxy.name, proxy]));
}

/** One line a diagnostic: `severity line:column problem | reason | remedy`; diag messages are left out. */
export function describe(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics
    .filter(({ severity }) => severity !== 'diag')
    .map(({ severity, at, problem, reason, remedy }) =>
      [`${severity} ${at.line}:${at.column} ${problem}`, reason, remedy]
        .filter((part) => part !== undefined)
        .join(' | '),
    );
}

/** The problems of one severity. */
export function problemsOf(text: string, severity: Diagnostic['severity'] = 'error'): string[] {
  return linkText(text)
    .diagnostics.filter((diagnostic) => diagnostic.severity === severity)
    .map(({ problem }) => problem);
}

/** Timeouts and mode, so that a text under test gives no warnings of its own. */
export const QUIET_DEFAULTS = `defaults
  mode http
  timeout client 1s
  timeout connect 1s
  timeout server 1s
`;
