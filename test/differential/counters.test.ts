/** The counters of `show stat` and `show info` behind the same traffic through HAProxy and Fairlead. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import { Arena, type ArenaOptions, Stage } from '../support/programs/arena.ts';
import { response } from '../support/programs/exchanges.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';

const refusing = reservedPort();
process.once('exit', () => refusing.close());

const OPTIONS: ArenaOptions = {
  listeners: ['www', 'raw', 'cli'],
  origins: {
    app: {
      '*': response('200 OK', 'plain'),
      '/404': response('404 Not Found', 'no such thing'),
      '/302': response('302 Found', '', ['Location: /elsewhere']),
      '/500': response('500 Internal Server Error', 'oops'),
      '/garbage': 'NONSENSE\r\n\r\n<close>',
    },
  },
  config: ({ app }) => `
global
  nbthread 1
  maxconn 1000
  stats socket "fd@\${cli}" level admin
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 5s
  retries 1
frontend www
  bind "fd@\${www}"
  maxconn 100
  http-request deny if { path /denied }
  http-request return status 200 content-type text/plain string hello if { path /own }
  use_backend broken if { path /broken }
  default_backend app
backend app
  http-reuse always
  server a1 127.0.0.1:${app} maxconn 10
  server a2 127.0.0.1:${app} disabled
backend broken
  server b1 127.0.0.1:${refusing.port}
listen raw
  mode tcp
  bind "fd@\${raw}"
  server r1 127.0.0.1:${app}
`,
};

const get = (target: string, ...fields: string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: example.org', ...fields, '', ''].join('\r\n');

/** One client after the other: nothing depends on who is first. */
async function play(stage: Stage): Promise<void> {
  const ask = async (listener: string, bytes: string, answers: number): Promise<void> => {
    const client = stage.connect(listener);
    client.send(bytes);
    if (answers > 0) await client.responses(answers);
    client.finish();
    await client.closed();
  };
  await ask('www', get('/one') + get('/two?x=1') + get('/404'), 3);
  await ask('www', get('/302') + get('/own'), 2);
  await ask('www', get('/denied'), 1);
  await ask('www', `POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`, 1);
  await ask('www', get('/broken'), 1);
  await ask('www', get('/garbage'), 1);
  await ask('www', get('/500'), 1);
  await ask('www', 'NO SUCH REQUEST\r\n\r\n', 1);
  await ask('raw', get('/raw', 'Connection: close'), 1);
}

type Table = Map<string, { readonly [column: string]: string }>;

async function statistics(arena: Arena): Promise<Table> {
  const lines = (await command(arena, 'show stat')).split('\n').filter((line) => line !== '');
  const columns = lines[0]!.slice(2).split(',');
  return new Map(
    lines.slice(1).map((line) => {
      const fields = line.split(',');
      return [
        `${fields[0]}/${fields[1]}`,
        Object.fromEntries(columns.map((column, place) => [column, fields[place] ?? ''])),
      ];
    }),
  );
}

async function command(arena: Arena, line: string): Promise<string> {
  const client = new Stage(arena).connect('cli');
  client.send(`${line}\n`);
  await client.closed();
  return client.received;
}

/** Times and rates depend on the moment. */
const VOLATILE: ReadonlySet<string> = new Set([
  'lastchg',
  'lastsess',
  'downtime',
  'qtime',
  'ctime',
  'rtime',
  'ttime',
  'qtime_max',
  'ctime_max',
  'rtime_max',
  'ttime_max',
  'rate',
  'rate_max',
  'req_rate',
  'req_rate_max',
  'conn_rate',
  'conn_rate_max',
  // The origins' ports.
  'addr',
  // HAProxy's pools are the process's; ours belong to the threads, which count them each for itself.
  'need_conn_est',
  'srv_icur',
  'idle_conn_cur',
  'safe_conn_cur',
]);

/** Columns behind the lone `-` are those of HAProxy's own multiplexers. */
function columnsOf(row: { readonly [column: string]: string }): string[] {
  const names = Object.keys(row);
  return names.slice(0, names.indexOf('-')).filter((name) => !VOLATILE.has(name));
}

describe('counters beside HAProxy', { skip: skipUnless('haproxy') }, () => {
  let arenas: readonly [Arena, Arena];
  before(async () => {
    arenas = await Promise.all([Arena.start('haproxy', OPTIONS), Arena.start('fairlead', OPTIONS)]);
    for (const arena of arenas) await arena.play(play, 0);
  });
  after(async () => {
    for (const arena of arenas) await arena.stop();
  });

  test('agree in show info', async () => {
    const names = ['CurrConns', 'CumConns', 'CumReq', 'Maxconn', 'Hard_maxconn', 'Stopping'];
    const [theirs, ours] = (await Promise.all(arenas.map((arena) => command(arena, 'show info')))).map(
      (text) => names.map((name) => new RegExp(`^${name}: .*$`, 'm').exec(text)?.[0]),
    );
    assert.deepEqual(ours, theirs);
  });

  test('agree in show stat', async () => {
    const [theirs, ours] = (await Promise.all(arenas.map(statistics))) as [Table, Table];
    const differences: string[] = [];
    for (const [name, row] of theirs) {
      const own = ours.get(name);
      assert.ok(own !== undefined, `${name} is missing`);
      for (const column of columnsOf(row))
        if (own[column] !== row[column])
          differences.push(`${name} ${column}: HAProxy ${row[column]}, ours ${own[column]}`);
    }
    assert.deepEqual(differences, []);
  });
});
