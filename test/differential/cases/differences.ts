/**
 * Where Fairlead does not do as HAProxy 2.6: on purpose, with the reason, and by mistake, until it is repaired. Cases
 * are named by family and name; the tables of the families know nothing of it.
 */
import type { Family, OracleCase, OutcomePart } from '../../support/programs/oracle-case.ts';

/** Cases of one family by the beginnings of their names. */
interface Named {
  readonly family: string;
  readonly cases: readonly string[];
}

interface Known extends Named {
  readonly because: string;
  readonly in: readonly OutcomePart[];
}

interface Open extends Named {
  readonly what: string;
}

const MESSAGES = 'versions, informational answers and upgrades';
const ABORTS = 'aborts and queues';
const ERRORS = 'errors and their pages';
const REPLIES = 'answers of the proxy';
const SERVERS = 'connections to servers';

const KNOWN: readonly Known[] = [
  {
    because: 'a request on a reused connection that closes without a byte is always sent again',
    in: ['clients', 'origins', 'log', 'counters'],
    family: 'retries',
    cases: [
      'a request on a reused connection that closes without an answer is sent again',
      'a request with a body on a reused connection that closes without an answer',
      'a request on a reused connection that is reset without an answer',
      'a reused connection of another client that closes without an answer',
    ],
  },
  {
    because:
      'a client that leaves before the answer is CH, as the manual has it (section 8.5), with 400 for half a request',
    in: ['log', 'counters'],
    family: ABORTS,
    cases: [
      'a client that closes within its body',
      'a client that closes within its body, with abortonclose',
    ],
  },
  {
    because: 'a client that leaves before the answer is CH, as the manual has it (section 8.5)',
    in: ['log'],
    family: ABORTS,
    cases: [
      'a client that resets within its body',
      'a client that resets while the server thinks, with abortonclose',
    ],
  },
  {
    because:
      'a page of the configuration serves bad requests too; HAProxy 2.6 takes only an empty one for them',
    in: ['clients'],
    family: ERRORS,
    cases: ['errorfile for a request that cannot be read'],
  },
  {
    because: 'the server connection of an answer that is replaced is closed, its body is not read',
    in: ['origins', 'counters'],
    family: ERRORS,
    cases: ['a response that is denied', 'a response that is denied with status 429'],
  },
  {
    because: 'the server connection of an answer that is replaced is closed, its body is not read',
    in: ['origins', 'counters'],
    family: REPLIES,
    cases: [
      'http-response redirect location /new',
      'http-response return status 202 content-type text/plain string replaced',
    ],
  },
  {
    because:
      'a length is passed on without leading zeros: a server that read it as octal would see another boundary',
    in: ['origins'],
    family: 'framing',
    cases: ['a request: a length with leading zeros'],
  },
  {
    because: 'a request that is tried again counts once in wretr; HAProxy 2.6 counts it twice',
    in: ['counters'],
    family: 'retries',
    cases: [
      ...['403', '404', '408', '425', '500', '502', '503', '504', 'empty-response'].map(
        (condition) => `retry-on ${condition} sends a GET again`,
      ),
      'retry-on empty-response sends a body again',
      'retry-on 503 gives up behind its retries',
      'retry-on 503 with redispatch asks the other server',
      'retry-on response-timeout sends again',
      'retry-on all-retryable-errors takes an empty answer',
      'retry-on junk-response sends a GET again',
    ],
  },
  {
    because:
      'lbtot counts every server that was selected, as the manual has it; HAProxy leaves out those that the queue gives',
    in: ['counters'],
    family: ABORTS,
    cases: [
      'the second request waits for the first, maxconn 1',
      'three wait and are served in turn',
      'maxqueue 1 sends the third elsewhere',
      'a body of one who waits is kept',
    ],
  },
  {
    because:
      'lbtot counts every server that was selected, as the manual has it; HAProxy leaves out those that a rule names',
    in: ['counters'],
    family: 'balancing',
    cases: ['use-server picks by rule'],
  },
  {
    because:
      'lbtot counts every server that was selected, as the manual has it; HAProxy leaves out those that a client stays with',
    in: ['counters'],
    family: SERVERS,
    cases: [
      'a challenge of NTLM keeps its connection for the client',
      'a challenge of Negotiate keeps the client with its server',
    ],
  },
  {
    because:
      'a client that has reset its connection wants no answer: its server is asked no longer, which saves its work',
    in: ['log', 'counters'],
    family: ABORTS,
    cases: ['a client that resets while the server thinks'],
  },
  {
    because:
      'a client that gives up its place in the queue counts as cli_abrt however it leaves; in HAProxy by reset only',
    in: ['counters'],
    family: ABORTS,
    cases: ['a client that closes while it waits for its turn, with abortonclose'],
  },
  {
    because: 'a client that has reset its connection has left first: CD, whatever the server does then',
    in: ['origins', 'log', 'counters'],
    family: ABORTS,
    cases: ['a client that resets within the answer'],
  },
  {
    because:
      'max-reuse holds for every use of a connection and 0 disables keep-alive, as the manual has it (section 5.2)',
    in: ['origins', 'counters'],
    family: SERVERS,
    cases: [
      'max-reuse 1 lets a connection serve two requests',
      'max-reuse 0 makes a connection for each request',
    ],
  },
  {
    because: 'RFC 9110 §15.2: no informational answer for a client of HTTP/1.0',
    in: ['clients'],
    family: MESSAGES,
    cases: ['a 100 to a client of HTTP/1.0'],
  },
  {
    because: 'a reset of the server before its answer counts once in eresp; HAProxy 2.6 counts it twice',
    in: ['counters'],
    family: ABORTS,
    cases: ['a server that resets at once', 'a server that resets within its head'],
  },
  {
    because: 'RFC 9112 §4: a status has three digits',
    in: ['clients', 'origins', 'log', 'counters'],
    family: 'framing',
    cases: ['an answer: a status of four digits'],
  },
  {
    because: 'chunks that are whole have gone on when the error behind them is read',
    in: ['origins'],
    family: 'framing',
    cases: [
      'a chunked request: a chunk that is longer than its size',
      'a chunked request: a chunk that is shorter than its size',
    ],
  },
  {
    because:
      'the head and the chunk have gone on when the error behind them is read; it is PD as the manual has it (section 8.5)',
    in: ['clients', 'log', 'counters'],
    family: 'framing',
    cases: ['an answer: a bad chunk size behind a good chunk'],
  },
  {
    because: 'RFC 9112 §6.1: no transfer coding for a client of HTTP/1.0',
    in: ['clients'],
    family: 'framing',
    cases: ['chunks to a client of HTTP/1.0'],
  },
  {
    because: 'RFC 9112 §6.1: no transfer coding for a client of HTTP/1.0',
    in: ['clients'],
    family: 'keep-alive',
    cases: ['a chunked answer to a client of HTTP/1.0 that would keep the connection'],
  },
];

const OPEN: readonly Open[] = [];

/** The family with its cases marked. Throws an Error for a difference whose case is not there. */
export function withDifferences(family: Family): Family {
  const known = ofFamily(KNOWN, family);
  const open = ofFamily(OPEN, family);
  return { ...family, cases: family.cases.map((one) => marked(one, known.get(one), open.get(one))) };
}

function marked(one: OracleCase, known: Known | undefined, open: Open | undefined): OracleCase {
  if (known !== undefined) return { ...one, knownDifference: known.because, differsIn: known.in };
  return open === undefined ? one : { ...one, open: open.what };
}

function ofFamily<Entry extends Named>(entries: readonly Entry[], family: Family): Map<OracleCase, Entry> {
  const found = new Map<OracleCase, Entry>();
  for (const entry of entries.filter((one) => one.family === family.name)) {
    for (const name of entry.cases) {
      const one = family.cases.find((candidate) => candidate.name === name);
      if (one === undefined) throw new Error(`there is no case '${name}' of ${family.name}`);
      found.set(one, entry);
    }
  }
  return found;
}
