/** What is known of a server by its agent: up or down, by one answer (manual section 5.2, `agent-check`). */
import type { CheckOutcome } from './check-outcome.ts';
import { CheckResult, CheckState, CheckStatus, STATUS_TEXTS } from './status.ts';

export class ServerAgent {
  /** 1 up, 0 down: agents rise and fall at once. */
  health = 1;
  /** srv_agent_state. */
  checkState: number;
  result: CheckResult = CheckResult.UNKNOWN;
  last: CheckOutcome = { status: CheckStatus.INITIALIZING, code: 0, info: '', durationMs: -1 };

  constructor(isConfigured: boolean) {
    this.checkState = isConfigured ? CheckState.CONFIGURED | CheckState.ENABLED | CheckState.AGENT : 0;
  }

  get isConfigured(): boolean {
    return (this.checkState & CheckState.CONFIGURED) !== 0;
  }

  get isEnabled(): boolean {
    return (this.checkState & CheckState.ENABLED) !== 0;
  }

  /** The server may be up as far as its agent is concerned. */
  get permitsUp(): boolean {
    return !this.isEnabled || this.health > 0;
  }

  /** Only an answer moves its health: an agent that is not reached says nothing about the server. */
  learn(outcome: CheckOutcome): void {
    this.checkState &= ~CheckState.IN_PROGRESS;
    this.last = outcome;
    this.result = STATUS_TEXTS[outcome.status].result;
    if (outcome.status === CheckStatus.L7_STATUS) this.health = 0;
    if (outcome.status === CheckStatus.L7_OK) this.health = 1;
  }
}
