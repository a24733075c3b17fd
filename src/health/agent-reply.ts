/** What an agent's line asks for: words of states, weights and limits, in any order (manual section 5.2, `agent-check`). */

/** Each is null where the agent did not speak of it; of several words of one kind the last counts. */
export interface AgentReply {
  readonly state: 'ready' | 'drain' | 'maint' | null;
  /** `down`, `fail` and `stopped` are down; the word itself is shown. */
  readonly health: 'up' | 'down' | null;
  readonly weight: AgentWeight | null;
  readonly maxconn: number | null;
  /** What `last_agt` shows. */
  readonly info: string;
}

export type AgentWeight = { readonly absolute: number } | { readonly percent: number };

const HEALTH_WORDS: { readonly [word: string]: 'up' | 'down' } = {
  up: 'up',
  down: 'down',
  fail: 'down',
  stopped: 'down',
};

/** HAProxy's upper limit of a weight. */
const WEIGHT_MAX = 256;

interface Findings {
  state: AgentReply['state'];
  healthWord: string;
  weight: AgentWeight | null;
  maxconn: number | null;
  /** Of a word that is right in kind but not in value. */
  warning: string;
  unknownWord: string;
}

/** Reads a line, without its end. Words stand between blanks, tabs and commas; a word that begins with # ends them. */
export function parseAgentReply(line: string): AgentReply {
  const found: Findings = {
    state: null,
    healthWord: '',
    weight: null,
    maxconn: null,
    warning: '',
    unknownWord: '',
  };
  const sharp = /(?:^|[ \t,])#/.exec(line);
  const words = sharp === null ? line : line.slice(0, sharp.index + sharp[0].length - 1);
  for (const word of words.split(/[ \t,]+/)) if (word !== '') readWord(word, found);
  const description = sharp === null ? '' : line.slice(sharp.index + sharp[0].length).trim();
  return {
    state: found.state,
    health: HEALTH_WORDS[found.healthWord.toLowerCase()] ?? null,
    weight: found.weight,
    maxconn: found.maxconn,
    info: infoOf(found, description),
  };
}

function readWord(word: string, found: Findings): void {
  const lower = word.toLowerCase();
  if (lower === 'ready' || lower === 'drain' || lower === 'maint') found.state = lower;
  else if (Object.hasOwn(HEALTH_WORDS, lower)) found.healthWord = word;
  else if (lower.startsWith('maxconn:')) readMaxconn(word.slice('maxconn:'.length), found);
  else if (lower.startsWith('weight:')) readWeight(word.slice('weight:'.length), found);
  else if (/^\d.*%$/.test(word)) readWeight(word, found);
  else if (found.unknownWord === '') found.unknownWord = word;
}

function readMaxconn(text: string, found: Findings): void {
  if (text === '') found.warning = 'Require <maxconn>.\n';
  else if (!/^\d/.test(text)) found.warning = 'maxconn string empty or preceded by garbage';
  else if (!/^\d{1,9}$/.test(text)) found.warning = 'Trailing garbage in maxconn string';
  else found.maxconn = Number(text);
}

function readWeight(text: string, found: Findings): void {
  if (text === '') found.warning = 'Require <weight> or <weight%>.\n';
  else if (!/^\d/.test(text)) found.warning = 'Empty weight string empty or preceded by garbage';
  else if (!/^\d+%?$/.test(text)) found.warning = 'Trailing garbage in weight string';
  else if (text.endsWith('%')) found.weight = { percent: Number(text.slice(0, -1)) };
  else if (Number(text) <= WEIGHT_MAX) found.weight = { absolute: Number(text) };
  else found.warning = 'Absolute weight can only be between 0 and 256 inclusive.\n';
}

/** HAProxy's words; a description stands in parentheses behind the word that it belongs to. */
function infoOf({ healthWord, warning, unknownWord }: Findings, description: string): string {
  const remark = description !== '' ? description : unknownWord !== '' ? unknownWord : warning;
  if (healthWord !== '') return `via agent : ${healthWord}${remark === '' ? '' : ` (${remark})`}`;
  if (unknownWord !== '') return `agent reports an error : ${unknownWord}`;
  return warning === '' ? '' : `agent warns : ${warning}`;
}

/** The weight that an agent asks for, from the configured one; at most 256. */
export function agentWeight(weight: AgentWeight, initial: number): number {
  if ('absolute' in weight) return weight.absolute;
  return Math.min(WEIGHT_MAX, Math.floor((initial * weight.percent) / 100));
}
