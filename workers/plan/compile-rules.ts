/** Compiles rules: conditions and actions of the model to closures. */
import { compileCondition as compileConditionModel } from '../../src/acl/compile-condition.ts';
import { findAction, samples } from '../../src/catalog.ts';
import type { ConditionModel, RuleModel } from '../../src/keyword/language-model.ts';
import type { RuleSetName } from '../../src/keyword/site.ts';
import { compileLogText } from '../../src/log/compile-log-format.ts';
import type { LogSite } from '../../src/log/declare.ts';
import type { Compiler } from '../../src/rules/declare.ts';
import { compileExpression } from '../../src/sample/compile-expression.ts';
import type { SampleRegistry } from '../../src/sample/registry.ts';
import type { CompiledCondition, CompiledRule } from './plan.ts';

export function createCompiler(registry: SampleRegistry, site: LogSite): Compiler {
  return {
    expression: (model) => compileExpression(model, registry),
    logFormat: (model) => compileLogText(model, { site, samples: registry }),
  };
}

/** Null for no condition: always. */
export function compileCondition(model: ConditionModel | null): CompiledCondition | null {
  return model === null ? null : compileConditionModel(model, samples);
}

export function compileRules(
  rules: readonly Omit<RuleModel, 'at'>[],
  ruleSet: RuleSetName,
  compiler: Compiler,
): CompiledRule[] {
  return rules.map((rule) => {
    const action = findAction(ruleSet, rule.action.name);
    if (action === undefined)
      throw new Error(`action '${rule.action.name}' of ${ruleSet} is not in the catalogue`);
    return {
      condition: compileCondition(rule.condition),
      run: action.compile(rule.action.args, compiler, ruleSet),
    };
  });
}
