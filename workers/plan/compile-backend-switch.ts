/** Compiles `use_backend` rules. */
import type { Compiler } from '../../src/rules/declare.ts';
import type { BackendChoice } from '../../src/settings/proxy-lines.ts';
import { compileCondition } from './compile-rules.ts';
import type { BackendSwitch, ProxyPlan } from './plan.ts';

/** A rule's backend by name, or the format that names it for each stream. */
export function compileBackendSwitch(
  { backend, format, condition }: BackendChoice,
  backends: ReadonlyMap<string, ProxyPlan>,
  compiler: Compiler,
): BackendSwitch {
  return {
    condition: compileCondition(condition),
    backend: format === null ? backends.get(backend)! : null,
    name: format === null ? null : compiler.logFormat(format),
  };
}
