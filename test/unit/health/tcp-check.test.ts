/** Sequences of `option tcp-check`, with the words that HAProxy 2.6 has for what goes wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckStatus } from '../../../src/health/status.ts';
import { CONNECTED, dialogueOf, END, type Event, play, TIMEOUT } from './script-support.ts';

const CHECK = 'option tcp-check';

function run(lines: readonly string[], events: readonly Event[]) {
  return play(dialogueOf([CHECK, ...lines.map((line) => `tcp-check ${line}`)]), events);
}

const ok = (info = '(tcp-check)', code = 0) => ({ status: CheckStatus.L7_OK, code, info });
const invalid = (info: string) => ({ status: CheckStatus.L7_RESPONSE, code: -1, info });
const late = (info: string) => ({ status: CheckStatus.L7_TIMEOUT, code: -1, info });

test('without lines only the connection counts, and no step is told of', () => {
  assert.deepEqual(play(dialogueOf([CHECK]), []).verdict, { status: CheckStatus.L4_OK, code: -1, info: '' });
  assert.deepEqual(play(dialogueOf([]), []).verdict, { status: CheckStatus.L4_OK, code: -1, info: '' });
});

test('a check that only connects is one of layer 4', () => {
  assert.deepEqual(run(['connect'], []).verdict, {
    status: CheckStatus.L4_OK,
    code: -1,
    info: '(tcp-check)',
  });
});

test('texts and bytes are sent in turn, as they are or made from formats', () => {
  const lines = ['send PING\\r\\n', 'send-binary 4142', 'send-lf X%[int(4)]', 'send-binary-lf 41%[int(42)]'];
  const { asked, verdict } = run(lines, []);
  assert.deepEqual(asked, ['<connect :>', 'PING\r\n', 'AB', 'X4', 'AB']);
  assert.deepEqual(verdict, ok());
});

for (const [lines, events, expected] of [
  [['expect string PONG'], ['PONG\r\n'], ok()],
  [['expect string PONG'], ['PO', 'NG'], ok()],
  [['expect string PONG'], ['PING\r\n'], null],
  [['expect string PONG'], ['PING', END], invalid("TCPCHK did not match content 'PONG' at step 1")],
  [
    ['expect string PONG comment cc'],
    ['PING', END],
    invalid("TCPCHK did not match content 'PONG' at step 1 comment: cc"),
  ],
  [['expect string PONG'], [END], invalid('TCPCHK got an empty response at step 1')],
  [
    ['expect string z error-status L4CON'],
    [END],
    { status: CheckStatus.L4_ERROR, code: -1, info: 'TCPCHK got an empty response at step 1' },
  ],
  [['expect string PONG'], [TIMEOUT], late(" at step 1 of tcp-check (expect string 'PONG')")],
  [
    ['expect string PONG comment cc'],
    [TIMEOUT],
    late(" at step 1 of tcp-check (expect string 'PONG') comment: 'cc'"),
  ],
  [
    ['expect string PONG tout-status L4TOUT'],
    [TIMEOUT],
    { status: CheckStatus.L4_TIMEOUT, code: -1, info: " at step 1 of tcp-check (expect string 'PONG')" },
  ],
  [
    ['expect string PONG'],
    [{ error: 'Connection reset by peer' }],
    {
      status: CheckStatus.SOCKET_ERROR,
      code: -1,
      info: "Connection reset by peer at step 1 of tcp-check (expect string 'PONG')",
    },
  ],
  [['expect ! string PONG'], ['PONG'], invalid("TCPCHK matched unwanted content 'PONG' at step 1")],
  [['expect ! string PONG'], ['PING'], null],
  [['expect ! string PONG'], ['PING', END], ok()],
  [['expect rstring ^P.NG$'], ['PONX', END], invalid('TCPCHK did not match content (regex) at step 1')],
  [['expect rstring ^P.NG$'], [TIMEOUT], late(' at step 1 of tcp-check (expect regex)')],
  [['expect rstring (?i)pong'], ['PONG'], ok()],
  [['expect ! rstring X'], ['AXB'], invalid('TCPCHK matched unwanted content (regex) at step 1')],
  [['expect binary 504f4e47'], ['PONG'], ok()],
  [['expect binary 4142'], ['BC', END], invalid('TCPCHK did not match content (binary) at step 1')],
  [['expect binary 4142'], [TIMEOUT], late(" at step 1 of tcp-check (expect binary 'AB')")],
  [['expect rbinary ^504F'], ['PONG'], ok()],
  [['expect rbinary ^604F'], ['PONG', END], invalid('TCPCHK did not match content (binary regex) at step 1')],
  [['expect string-lf P%[int(4)]'], ['P4'], ok()],
  [
    ['expect string-lf Z%[int(4)]'],
    ['P4', END],
    invalid('TCPCHK did not match content (log-format string) at step 1'),
  ],
  [['expect binary-lf 41%[int(42)]'], ['AB'], ok()],
  [['expect binary-lf 41%[int(43)]'], [TIMEOUT], late(' at step 1 of tcp-check (expect log-format binary)')],
  [['expect min-recv 4 rstring NG'], ['PO'], null],
  [['expect min-recv 4 rstring ^PO'], ['PO', 'NG'], ok()],
  [['expect min-recv 0 string PONG'], ['PI'], null],
  [
    ['expect string PONG ok-status L4OK'],
    ['PONG'],
    { status: CheckStatus.L4_OK, code: -1, info: '(tcp-check)' },
  ],
  [
    ['expect on-success great ok-status L6OK string PONG'],
    ['PONG'],
    { status: CheckStatus.L6_OK, code: -1, info: 'great' },
  ],
  [
    ['expect error-status L7STS on-error bad%[int(3)] status-code int(5) string PONG'],
    ['PANG', END],
    { status: CheckStatus.L7_STATUS, code: 5, info: 'bad3' },
  ],
  [['expect status-code int(5) string PONG'], ['PONG'], ok('(tcp-check)', 5)],
  // What came since the last send counts for all expect lines behind it, and a send forgets it.
  [['expect string 1', 'expect string 2'], ['12'], ok()],
  [['expect string 1', 'expect string 1'], ['1'], ok()],
  [
    ['expect string 1', 'send Q', 'expect string 2'],
    ['12', TIMEOUT],
    late(" at step 3 of tcp-check (expect string '2')"),
  ],
  [['expect string 1', 'send Q'], ['1'], ok()],
  [
    ['send A comment one', 'expect string 1', 'send B', 'expect string 2 comment three'],
    ['1', '3', TIMEOUT],
    late(" at step 4 of tcp-check (expect string '2') comment: 'three'"),
  ],
  // Comments are lines, and so are steps.
  [
    ['comment C1', 'send x', 'comment C2', 'expect string P'],
    ['X', END],
    invalid("TCPCHK did not match content 'P' at step 4 comment: C2"),
  ],
] as const) {
  test(`tcp-check ${lines.join('; ')} of ${JSON.stringify(events)}`, () => {
    assert.deepEqual(run(lines, events as readonly Event[]).verdict, expected);
  });
}

test('a connection that fails tells its step, port and comment', () => {
  const { verdict } = run(['comment C1', 'connect port 1'], [{ error: 'Connection refused' }, CONNECTED]);
  assert.deepEqual(verdict, {
    status: CheckStatus.L4_ERROR,
    code: -1,
    info: "Connection refused at step 2 of tcp-check (connect port 1) comment: 'C1'",
  });
});

test('a new connection forgets what came on the one before', () => {
  const { asked, verdict } = run(['connect linger', 'expect string A', 'connect', 'expect string A'], ['A']);
  assert.deepEqual(asked, ['<connect :>', '<connect :>']);
  assert.equal(verdict, null);
});

test('what is said is cut to as much as HAProxy keeps', () => {
  const { verdict } = run([`expect string ${'a'.repeat(200)}`], ['bbb', END]);
  assert.equal(verdict?.info.length, 127);
});
