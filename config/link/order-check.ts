/** Warns of rules that stand below others which are processed after them, and of rules that can never run. */
import { findAction } from '../../src/catalog.ts';
import type { RuleModel } from '../../src/keyword/language-model.ts';
import type { RuleSetName } from '../../src/keyword/site.ts';
import type { Entry } from './draft.ts';
import { orderOf } from './places.ts';
import type { Report } from './report.ts';

/** Watches the lines of one section in order. */
export class OrderCheck {
  readonly #report: Report;
  #latest: Entry | null = null;
  /** Rule sets that an unconditional final action has ended. */
  readonly #ended = new Set<string>();

  constructor(report: Report) {
    this.#report = report;
  }

  add(entry: Entry): void {
    const { evaluatedIn } = entry.declaration;
    const order = orderOf(evaluatedIn);
    if (order > 0) this.#checkOrder(entry, order);
    if (isRule(entry.value)) this.#checkEnd(entry, entry.value);
  }

  #checkOrder(entry: Entry, order: number): void {
    const latest = this.#latest;
    if (latest === null || order >= orderOf(latest.declaration.evaluatedIn)) {
      this.#latest = entry;
      return;
    }
    this.#report.warning(
      entry,
      `a '${entry.declaration.name}' rule placed after a '${latest.declaration.name}' rule will still be processed before`,
      { remedy: `move it above line ${latest.at.line}` },
    );
  }

  #checkEnd(entry: Entry, rule: RuleModel): void {
    const { name } = entry.declaration;
    if (this.#ended.has(name)) {
      this.#report.warning(
        entry,
        `previous '${name}' action is final and has no condition attached, further entries are NOOP`,
        {
          reason: 'this rule is never reached',
          remedy: 'move it above that rule, or give that one a condition',
        },
      );
      return;
    }
    const action = findAction(name as RuleSetName, rule.action.name);
    if (action?.isFinal === true && rule.condition === null) this.#ended.add(name);
  }
}

function isRule(value: unknown): value is RuleModel {
  return typeof value === 'object' && value !== null && 'action' in value;
}
