/** Which server connection carries which request, side by side with HAProxy. */
import { describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions, Stage } from '../support/programs/arena.ts';
import type { Case } from '../support/programs/exchanges.ts';
import { NumberedConnections } from '../support/programs/numbered-connections.ts';
import type { RawClient } from '../support/programs/raw-client.ts';
import type { Exchange } from '../support/programs/scripted-origin.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

const numbered = { s1: new NumberedConnections('s1'), s2: new NumberedConnections('s2') };

/** One client of a case: it asks and waits. */
class Asker {
  readonly #client: RawClient;
  readonly #key: string;
  #answers = 0;

  constructor(stage: Stage, key: string) {
    this.#client = stage.connect(key);
    this.#key = key;
  }

  async ask(times = 1, path = 'x'): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.send(path);
      await this.answered();
    }
  }

  send(path: string): void {
    this.#client.send(`GET /${this.#key}/${path} HTTP/1.1\r\nHost: h\r\n\r\n`);
  }

  async answered(): Promise<void> {
    await this.#client.responses(++this.#answers);
  }

  async leave(): Promise<void> {
    this.#client.finish();
    await this.#client.closed();
  }
}

interface Scene {
  client(): Asker;
  /** Sends a request that the origin keeps until `release`. */
  hold(asker: Asker): Promise<Exchange>;
  release(asker: Asker, exchange: Exchange, status?: string, fields?: readonly string[]): Promise<void>;
}

interface ReuseCase {
  readonly name: string;
  /** Lines of the listen section; `{s1}` and `{s2}` are the origins' addresses. */
  readonly lines: readonly string[];
  readonly requests: number;
  readonly differsBecause?: string;
  play(scene: Scene): Promise<void>;
}

/** Clients that come one after the other and overlap: what is kept, what is shared. */
async function comeAndGo({ client }: Scene): Promise<void> {
  const a = client();
  await a.ask(3);
  const b = client();
  await b.ask(2);
  await a.ask();
  await b.ask();
  await a.leave();
  const c = client();
  await c.ask(3);
  await b.ask();
  await b.leave();
  await c.leave();
  const d = client();
  await d.ask(2);
  await d.leave();
  await client().ask();
}
const COME_AND_GO = 14;

/** Three connections at once, and then requests one by one: the order in which idle connections are taken. */
async function takeInOrder({ client, hold, release }: Scene): Promise<void> {
  const askers = [client(), client(), client()] as const;
  const [a, b, c] = askers;
  const first = [await hold(a), await hold(b), await hold(c)] as const;
  await release(a, first[0]);
  await a.ask(2);
  await release(b, first[1]);
  await release(c, first[2]);
  await client().ask();
  await a.ask(4);
  await client().ask();
  await client().ask();
  const second = [await hold(c), await hold(a), await hold(b)] as const;
  await release(b, second[2]);
  await release(c, second[0]);
  await release(a, second[1]);
  await b.ask(4);
}
const TAKE_IN_ORDER = 19;

const ONE = ['server s1 {s1}'];
const TWO = ['server s1 {s1}', 'server s2 {s2}'];
const MODES = ['never', 'safe', 'aggressive', 'always'] as const;

const CASES: readonly ReuseCase[] = [
  ...MODES.flatMap((mode): ReuseCase[] => [
    {
      name: `http-reuse ${mode}, clients that come and go, one server`,
      lines: [`http-reuse ${mode}`, ...ONE],
      requests: COME_AND_GO,
      play: comeAndGo,
    },
    {
      name: `http-reuse ${mode}, clients that come and go, two servers`,
      lines: [`http-reuse ${mode}`, ...TWO],
      requests: COME_AND_GO,
      play: comeAndGo,
    },
    {
      name: `http-reuse ${mode}, clients that come and go, leastconn`,
      lines: [`http-reuse ${mode}`, 'balance leastconn', ...TWO],
      requests: COME_AND_GO,
      play: comeAndGo,
    },
    {
      name: `http-reuse ${mode} with option prefer-last-server`,
      lines: [`http-reuse ${mode}`, 'option prefer-last-server', ...TWO],
      requests: COME_AND_GO,
      play: comeAndGo,
    },
    {
      name: `http-reuse ${mode}, the order of idle connections`,
      lines: [`http-reuse ${mode}`, ...ONE],
      requests: TAKE_IN_ORDER,
      play: takeInOrder,
    },
    {
      name: `http-reuse ${mode} and pool-max-conn 1, the order of idle connections`,
      lines: [`http-reuse ${mode}`, 'server s1 {s1} pool-max-conn 1'],
      requests: TAKE_IN_ORDER,
      play: takeInOrder,
    },
    {
      name: `http-reuse ${mode} and pool-max-conn 0`,
      lines: [`http-reuse ${mode}`, 'server s1 {s1} pool-max-conn 0'],
      requests: COME_AND_GO,
      play: comeAndGo,
    },
    {
      name: `http-reuse ${mode} and pool-purge-delay 0`,
      lines: [`http-reuse ${mode}`, 'server s1 {s1} pool-purge-delay 0'],
      requests: COME_AND_GO,
      play: comeAndGo,
    },
    {
      name: `http-reuse ${mode} and option http-server-close`,
      lines: [`http-reuse ${mode}`, 'option http-server-close', ...ONE],
      requests: COME_AND_GO,
      play: comeAndGo,
    },
  ]),
  {
    name: 'max-reuse 1',
    lines: ['server s1 {s1} max-reuse 1'],
    requests: COME_AND_GO,
    differsBecause: 'HAProxy 2.6 does not heed max-reuse for HTTP/1',
    play: comeAndGo,
  },
  {
    name: 'http-reuse never with prefer-last-server and hashing',
    lines: ['http-reuse never', 'balance source', 'option prefer-last-server', ...TWO],
    requests: COME_AND_GO,
    play: comeAndGo,
  },
  {
    name: 'max-session-srv-conns 1 with http-reuse never and two servers',
    lines: ['http-reuse never', 'max-session-srv-conns 1', ...TWO],
    requests: COME_AND_GO,
    play: comeAndGo,
  },
  ...['NTLM', 'Negotiate abc', 'Basic realm="x"'].map(
    (challenge): ReuseCase => ({
      name: `a server that asks for ${challenge}`,
      lines: ['http-reuse always', ...ONE],
      requests: 6,
      async play({ client, hold, release }) {
        const a = client();
        const b = client();
        await release(a, await hold(a), '401 Unauthorized', [`WWW-Authenticate: ${challenge}`]);
        await b.ask();
        await a.ask(2);
        await b.ask(2);
      },
    }),
  ),
];

const keyOf = (index: number) => `case${index}`;

const options: ArenaOptions = {
  listeners: CASES.map((_, index) => keyOf(index)),
  origins: { s1: { '*': numbered.s1.reply }, s2: { '*': numbered.s2.reply } },
  config: (ports) => `global
  nbthread 1
  log 127.0.0.1:${ports['log']} local0
defaults
  mode http
  log global
  option httplog
  timeout client 30s
  timeout server 30s
  timeout connect 5s
${CASES.map(
  ({ lines }, index) => `listen ${keyOf(index)}
  bind "fd@\${${keyOf(index)}}"
${lines.map((line) => `  ${line.replace(/\{(s\d)\}/, (_, name: string) => `127.0.0.1:${ports[name]}`)}\n`).join('')}`,
).join('')}`,
};

function caseOf({ name, requests, differsBecause, play }: ReuseCase, index: number): Case {
  const key = keyOf(index);
  return {
    name,
    lines: requests,
    ...(differsBecause !== undefined && { differsBecause }),
    async play(stage) {
      let held = 0;
      await play({
        client: () => new Asker(stage, key),
        async hold(asker) {
          const path = `hold${held++}`;
          asker.send(path);
          await stage.origin('s1').arrived(`/${key}/${path}`);
          return stage.origin('s1').last!;
        },
        async release(asker, exchange, status, fields) {
          numbered.s1.release(exchange, status, fields);
          await asker.answered();
        },
      });
    },
  };
}

describe('server connections', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, CASES.map(caseOf));
});
