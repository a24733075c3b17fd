/** Runs the rule sets of a stream in their order, and says how they end it. What happens then is the stream's. */
import { type RuleStream, Verdict } from '../../src/rules/declare.ts';
import type { CompiledRule, ProxyPlan } from '../plan/plan.ts';

/** The stream goes on, is answered with its `reply`, or closes without an answer. */
export const RulesEnd = { NONE: 0, REPLY: 1, CLOSE: 2 } as const;
export type RulesEnd = (typeof RulesEnd)[keyof typeof RulesEnd];

export function runRules(rules: readonly CompiledRule[], stream: RuleStream): RulesEnd {
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!;
    if (rule.condition !== null && !rule.condition(stream)) continue;
    const verdict = rule.run(stream);
    if (verdict === Verdict.CONTINUE) continue;
    if (verdict === Verdict.STOP) return RulesEnd.NONE;
    return verdict === Verdict.CLOSE || stream.reply === null ? RulesEnd.CLOSE : RulesEnd.REPLY;
  }
  return RulesEnd.NONE;
}

/** `redirect` rules come behind `http-request` rules, even when one of those ends its set. */
export function runRequestRules({ requestRules, redirectRules }: ProxyPlan, stream: RuleStream): RulesEnd {
  return runRules(requestRules, stream) || runRules(redirectRules, stream);
}

/** Those of the backend, then those of the frontend. */
export function runResponseRules(backend: ProxyPlan, frontend: ProxyPlan, stream: RuleStream): RulesEnd {
  const end = runRules(backend.responseRules, stream);
  return end !== RulesEnd.NONE || backend === frontend ? end : runRules(frontend.responseRules, stream);
}

/** `http-after-response` rules, in the same order. */
export function runAfterResponseRules(backend: ProxyPlan, frontend: ProxyPlan, stream: RuleStream): RulesEnd {
  const end = runRules(backend.afterResponseRules, stream);
  return end !== RulesEnd.NONE || backend === frontend ? end : runRules(frontend.afterResponseRules, stream);
}
