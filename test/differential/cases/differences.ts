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

const CLOSE_MODES = 'how connections end';
const MESSAGES = 'versions, informational answers and upgrades';
const ABORTS = 'aborts and queues';
const ERRORS = 'errors and their pages';
const FIELDS = 'fields and targets';
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
    in: ['origins', 'log', 'counters'],
    family: ABORTS,
    cases: [
      'a client that closes within its body',
      'a client that closes within its body, with abortonclose',
    ],
  },
  {
    because: 'a client that leaves before the answer is CH, as the manual has it (section 8.5)',
    in: ['origins', 'log'],
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

const OPEN: readonly Open[] = [
  {
    what: 'HAProxy ends a server connection that it is done with by RST, which leaves no TIME_WAIT; Fairlead sends FIN',
    family: CLOSE_MODES,
    cases: [
      'httpclose closes the server connection',
      'http-server-close closes the server connection and keeps the client’s',
      'a client that asks to close: the server’s connection is private and closes',
      'a client that leaves takes its server connection along with http-reuse never',
      'an answer that says close: the proxy closes too',
      'an answer of HTTP/1.0: the proxy closes',
      'nonsense of a server: its connection is closed',
      'an answer with more bytes than its length: the connection is not used again',
    ],
  },
  {
    what: 'HAProxy ends a server connection that it is done with by RST, which leaves no TIME_WAIT; Fairlead sends FIN',
    family: CLOSE_MODES,
    cases: ['an answer before the body: the server connection is closed'],
  },
  {
    what: 'a junk answer that is tried again counts as eresp (wretr is counted once, which is meant)',
    family: 'retries',
    cases: ['retry-on junk-response sends a GET again'],
  },
  {
    what: 'an answer that the server cuts counts as eresp of server and backend',
    family: 'retries',
    cases: ['an answer that began is not asked for again'],
  },
  {
    what: 'an answer that the server cuts counts as eresp of server and backend',
    family: CLOSE_MODES,
    cases: [
      'a cut body closes the client',
      'a body cut by a reset closes the client',
      'a chunked body that is cut closes the client',
    ],
  },
  {
    what: 'an answer that the server cuts counts as eresp of server and backend',
    family: ABORTS,
    cases: ['a server that resets within its body', 'a server that closes before the last chunk'],
  },
  {
    what: 'within trailers that are cut HAProxy has not sent the last chunk’s line; and eresp is not counted',
    family: ABORTS,
    cases: ['a server that closes within the trailers'],
  },
  {
    what: 'informational answers count as hrsp_1xx and req_tot of the server',
    family: ABORTS,
    cases: ['a server that closes within an answer of informational kind'],
  },
  {
    what: 'informational answers count as hrsp_1xx and req_tot of the server',
    family: 'timeouts',
    cases: ['timeout server: behind an informational answer'],
  },
  {
    what: 'informational answers count as hrsp_1xx and req_tot of the server',
    family: MESSAGES,
    cases: [
      'Expect: the server says continue',
      'an unasked 100 is passed on',
      'a 103 is passed on with its fields',
      'three informational answers before the last',
      'rules for responses see the last answer only',
    ],
  },
  {
    what: 'informational answers count as hrsp_1xx of the server; that a client of HTTP/1.0 gets none is meant (RFC 9110 §15.2)',
    family: MESSAGES,
    cases: ['a 100 to a client of HTTP/1.0'],
  },
  {
    what: 'the 101 that is refused counts as hrsp_1xx of the server, and its bytes in the log',
    family: MESSAGES,
    cases: ['a 101 that nobody asked for', 'an upgrade with a body'],
  },
  {
    what: 'timeout server amid a body counts as srv_abrt',
    family: 'timeouts',
    cases: ['timeout server: half a body'],
  },
  { what: 'timeout tunnel counts as cli_abrt', family: 'timeouts', cases: ['timeout tunnel'] },
  {
    what: 'timeout queue counts as econ of the backend',
    family: 'timeouts',
    cases: ['timeout queue, and a client that leaves then'],
  },
  { what: 'timeout queue counts as econ of the backend', family: ABORTS, cases: ['timeout queue'] },
  {
    what: 'a reset client is noticed when something is sent to it; Fairlead gives up at once without abortonclose',
    family: ABORTS,
    cases: ['a client that resets while the server thinks', 'a client that resets within the answer'],
  },
  {
    what: 'option nolinger: HAProxy sends FIN before RST, so that the client sees an end',
    family: CLOSE_MODES,
    cases: ['option nolinger on the frontend'],
  },
  {
    what: 'a backend without a usable server counts econ',
    family: ERRORS,
    cases: ['errorfile for a backend without servers', 'no server', 'servers that are disabled'],
  },
  {
    what: 'with dontlognull a connection without a word still counts as hrsp_4xx',
    family: ABORTS,
    cases: ['a client that closes without a word, with dontlognull'],
  },
  {
    what: 'a reset before the head is whole counts as ereq and req_tot, as a close does',
    family: ABORTS,
    cases: ['a client that resets without a word', 'a client that resets within the head'],
  },
  {
    what: 'with abortonclose a client that closes while the server thinks gets a 400, and so does the log',
    family: ABORTS,
    cases: ['a client that closes while the server thinks, with abortonclose'],
  },
  {
    what: 'errorloc answers have the reason Found and cache-control: no-cache',
    family: ERRORS,
    cases: ['errorloc', 'errorloc302', 'errorloc303'],
  },
  {
    what: 'bytes in the log: connection: close is not among them for 413, and is for a page of HTTP/1.0 that says it',
    family: ERRORS,
    cases: ['deny with status 413', 'an errorfile that says close'],
  },
  {
    what: 'bytes in the log: the content-length that a 204 does not show is among them',
    family: REPLIES,
    cases: ['http-request return status 204', 'http-request return status 204, for a client that closes'],
  },
  {
    what: 'an upgrade with httpclose reaches the server with Connection: Upgrade alone',
    family: MESSAGES,
    cases: ['an upgrade with option httpclose'],
  },
  {
    what: 'a 401 with NTLM or Negotiate makes the server connection its client’s own',
    family: SERVERS,
    cases: ['a challenge of NTLM keeps its connection for the client'],
  },
  {
    what: 'max-reuse limits what comes from the pool; a connection stays with its client without being counted',
    family: SERVERS,
    cases: [
      'max-reuse 1 lets a connection serve two requests',
      'max-reuse 0 makes a connection for each request',
    ],
  },
  {
    what: 'PRI is refused with 400 (its connection preface is no request of HTTP/1)',
    family: MESSAGES,
    cases: ['PRI of HTTP/2 without HTTP/2'],
  },
  {
    what: 'of TE only trailers is passed on',
    family: FIELDS,
    cases: ['a request: TE with more than trailers'],
  },
  {
    what: 'RFC 9112 §3.2.2: Host becomes the authority of an absolute target, in its letters',
    family: FIELDS,
    cases: ['"GET HTTP://EXAMPLE.com:80/a HTTP/1.1"'],
  },
  {
    what: 'Connection: close that a rule puts into the request closes the server connection behind its answer',
    family: FIELDS,
    cases: ['http-request add-header Connection close'],
  },
  {
    what: 'Connection: close that a rule puts into the answer closes the client connection behind it',
    family: FIELDS,
    cases: ['http-response set-header Connection close'],
  },
];

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
