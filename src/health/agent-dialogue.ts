/** An agent check: one connection, a text if one is configured, and one line back (manual section 5.2, `agent-check`). */
import { parseAgentReply } from './agent-reply.ts';
import { type CheckDialogue, type Command, done, WAIT } from './check-dialogue.ts';
import { cutInfo } from './check-outcome.ts';
import { CheckStatus } from './status.ts';

export class AgentDialogue implements CheckDialogue {
  readonly #request: string;
  #text = '';
  #isConnected = false;

  /** `request` is a byte string; '' sends nothing. */
  constructor(request: string) {
    this.#request = request;
  }

  begin(): Command {
    return { do: 'connect', host: '', port: 0, lingers: false };
  }

  connected(): Command {
    this.#isConnected = true;
    return this.#request === '' ? WAIT : { do: 'send', text: this.#request };
  }

  sent(): Command {
    return WAIT;
  }

  received(text: string): Command {
    this.#text += text;
    const end = this.#text.search(/[\r\n]/);
    return end < 0 ? WAIT : verdictOf(this.#text.slice(0, end));
  }

  /** A last line without an end is a line. */
  ended(): Command {
    if (this.#text === '') return done(CheckStatus.L7_RESPONSE, -1, 'TCPCHK got an empty response at step 2');
    return verdictOf(this.#text);
  }

  failed(problem: string): Command {
    return done(this.#isConnected ? CheckStatus.SOCKET_ERROR : CheckStatus.L4_ERROR, -1, problem);
  }

  timedOut(): Command {
    return done(this.#isConnected ? CheckStatus.L7_TIMEOUT : CheckStatus.L4_TIMEOUT);
  }
}

function verdictOf(line: string): Command {
  const agent = parseAgentReply(line);
  const status =
    agent.health === 'up'
      ? CheckStatus.L7_OK
      : agent.health === 'down'
        ? CheckStatus.L7_STATUS
        : CheckStatus.CHECKED;
  const code = agent.health === null ? -1 : 0;
  return { do: 'done', verdict: { status, code, info: cutInfo(agent.info), agent } };
}
