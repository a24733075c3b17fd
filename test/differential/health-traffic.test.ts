/**
 * What traffic and health have to do with each other, beside a real HAProxy 2.6: errors that are observed, and
 * sessions that end because a server goes down or comes up. Both programs run whole, on configurations of their own.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import { LogSink } from '../support/programs/log-sink.ts';
import { Program, type Subject } from '../support/programs/program.ts';
import { RawClient } from '../support/programs/raw-client.ts';
import { type Script, ScriptedTarget } from '../support/worker-process/scripted-target.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const response = (status: number): Script => [
  ['read', `HTTP/1.1 ${status} N\r\nContent-Length: 0\r\n\r\n`, '<close>'],
];
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

interface Observed {
  readonly name: string;
  readonly server: string;
  readonly lines?: readonly string[];
  readonly script: Script;
  /** Nobody listens at the server; its checks go elsewhere. */
  readonly isRefused?: boolean;
  readonly requests: number;
}

const ONE = 'observe layer7 error-limit 1 on-error mark-down';

const OBSERVED: readonly Observed[] = [
  { name: 'fail-check', server: 'observe layer7 error-limit 3', script: response(500), requests: 4 },
  {
    name: 'sudden-death',
    server: 'observe layer7 error-limit 3 on-error sudden-death',
    script: response(500),
    requests: 4,
  },
  {
    name: 'mark-down',
    server: 'observe layer7 error-limit 3 on-error mark-down',
    script: response(500),
    requests: 4,
  },
  {
    name: 'fastinter',
    server: 'observe layer7 error-limit 3 on-error fastinter',
    script: response(500),
    requests: 4,
  },
  {
    name: 'logged',
    server: 'observe layer7 error-limit 3',
    lines: ['option log-health-checks'],
    script: response(500),
    requests: 3,
  },
  { name: 'by-default-ten', server: 'observe layer7', script: response(500), requests: 11 },
  {
    name: 'not-in-a-row',
    server: 'observe layer7 error-limit 2 on-error mark-down',
    script: [...response(500), ['read', OK, '<close>'], ...response(500)],
    requests: 3,
  },
  { name: 'garbage', server: ONE, script: [['read', 'GARBAGE\r\n\r\n', '<close>']], requests: 1 },
  { name: 'closes', server: ONE, script: [['read', '<close>']], requests: 1 },
  { name: 'resets', server: ONE, script: [['read', '<reset>']], requests: 1 },
  { name: 'silent', server: ONE, lines: ['timeout server 100'], script: [['read']], requests: 1 },
  {
    name: 'truncated',
    server: ONE,
    script: [['read', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc', '<close>']],
    requests: 1,
  },
  {
    name: 'informational',
    server: ONE,
    script: [['read', `HTTP/1.1 100 C\r\n\r\n${OK}`, '<close>']],
    requests: 1,
  },
  ...[404, 499, 501, 503, 505, 599].map((status) => ({
    name: `status-${status}`,
    server: ONE,
    script: response(status),
    requests: 1,
  })),
  {
    name: 'layer4-of-bad',
    server: 'observe layer4 error-limit 1 on-error mark-down',
    script: response(500),
    requests: 2,
  },
  {
    name: 'layer4',
    server: 'observe layer4 error-limit 2 on-error mark-down',
    script: [],
    isRefused: true,
    requests: 2,
  },
  {
    name: 'layer7-refused',
    server: 'observe layer7 error-limit 3 on-error mark-down',
    lines: ['retries 2'],
    script: [],
    isRefused: true,
    requests: 1,
  },
  { name: 'unobserved', server: '', script: response(500), requests: 4 },
];

/** One program with a listener for each backend. */
class Site {
  readonly program: Program;
  readonly sink: LogSink;
  readonly targets: ScriptedTarget[];
  readonly log: string[] = [];

  constructor(program: Program, sink: LogSink, targets: ScriptedTarget[]) {
    this.program = program;
    this.sink = sink;
    this.targets = targets;
  }

  static async start(subject: Subject, sections: readonly Section[]): Promise<Site> {
    const sink = await LogSink.start();
    const checked = await ScriptedTarget.start([[]]);
    const targets = [checked];
    const texts: string[] = [];
    for (const { name, script, isRefused, text } of sections) {
      const target = await ScriptedTarget.start(script);
      targets.push(target);
      const port = isRefused === true ? 1 : target.port;
      texts.push(`listen ${name}\n  bind "fd@\${${variable(name)}}"\n${text(port, checked.port)}`);
    }
    const program = Program.start(subject, {
      config: `
global
  stats socket "fd@\${cli}" level admin
  max-spread-checks 100
defaults
  mode http
  log 127.0.0.1:${sink.port} local0
  retries 0
  timeout client 60s
  timeout server 60s
  timeout connect 60s
  timeout queue 60s
${texts.join('')}`,
      listeners: ['cli', ...sections.map(({ name }) => variable(name))],
    });
    const site = new Site(program, sink, targets);
    await site.command('show version');
    return site;
  }

  connect(name: string): RawClient {
    return new RawClient(this.program.port(variable(name)));
  }

  async command(line: string): Promise<string> {
    const client = this.connect('cli');
    client.send(`${line}\n`);
    await client.until('\n\n');
    client.finish();
    await client.closed();
    return client.received;
  }

  /** Lines about this proxy, as they came, with what the moment decides left out. */
  linesOf(name: string): string[] {
    this.log.push(...this.sink.takeNow());
    return this.log
      .filter((line) => line.includes(` ${name}/`))
      .map((line) =>
        line
          .replace(/^<(\d+)>.*?\]: /, (_, level: string) => `<${Number(level) & 7}> `)
          .replace(/\d+ sessions active/, 'N sessions active')
          .replace(/\d+ms/, '0ms')
          .replace(/^<(\d)> \S+ \[.*?\] /, '<$1> ')
          .replace(/ (\+?-?\d+\/)+\+?-?\d+ (?=\d)/g, ' T ')
          .replace(/( [-A-Z]{2,4}) .*/, '$1')
          .trim(),
      );
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.sink.stop();
    for (const target of this.targets) await target.stop();
  }
}

interface Section {
  readonly name: string;
  readonly script: Script;
  readonly isRefused?: boolean;
  text(port: number, checkedPort: number): string;
}

function variable(name: string): string {
  return name.replaceAll('-', '_');
}

/** Until both agree: what comes by messages takes a moment. */
async function agree<T>(
  sites: readonly Site[],
  look: (site: Site) => Promise<T>,
  isComplete: (seen: T) => boolean = () => true,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const [expected, actual] = [await look(sites[0]!), await look(sites[1]!)];
    try {
      assert.deepEqual(actual, expected);
      assert.ok(isComplete(expected), 'HAProxy does something else');
      return expected;
    } catch (error) {
      if (tries === ASK_AGAIN) throw error;
    }
  }
}

/** The first check of a server is over: from then on it is left alone. */
async function checked(site: Site, name: string): Promise<void> {
  while (!(await statusOf(site, name))[0]!.includes(' L4OK '));
}

async function statusOf(site: Site, name: string): Promise<string[]> {
  const rows = (await site.command(`show stat ${name} 4 -1`)).split('\n');
  const names = rows[0]!.replace(/^# /, '').split(',');
  return rows
    .filter((row) => row.startsWith(`${name},`))
    .map((row) => {
      const fields = row.split(',');
      const field = (column: string): string => fields[names.indexOf(column)] ?? '';
      return ['svname', 'status', 'check_status', 'chkfail', 'chkdown', 'hanafail'].map(field).join(' ');
    });
}

const ASK_AGAIN = 400;

describe('observed traffic beside HAProxy', { skip: skipUnless('haproxy') }, () => {
  let sites: Site[] = [];

  before(async () => {
    const sections = OBSERVED.map(({ name, server, lines = [], script, isRefused = false }) => ({
      name,
      script,
      isRefused,
      text: (port: number, checked: number) =>
        `${lines.map((line) => `  ${line}\n`).join('')}  server s 127.0.0.1:${port} check inter 1h addr 127.0.0.1 port ${checked} ${server}\n`,
    }));
    sites = await Promise.all([Site.start('haproxy', sections), Site.start('fairlead', sections)]);
  });

  after(() => Promise.all(sites.map((site) => site.stop())));

  for (const { name, requests } of OBSERVED)
    test(`${name} has the same consequences`, async () => {
      for (const site of sites) await checked(site, name);
      for (let request = 0; request < requests; request++)
        await agree(await answered(name), async (site) => [await statusOf(site, name), linesOf(site, name)]);
    });

  /** Sends one request to each, and waits for the ends of both answers. */
  async function answered(name: string): Promise<Site[]> {
    const clients = sites.map((site) => site.connect(name));
    for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await Promise.all(clients.map((client) => client.closed()));
    const [expected, actual] = clients.map((client) => client.received.split('\r\n')[0]);
    assert.equal(actual, expected);
    return sites;
  }

  /** Without those of requests: others look at them. */
  function linesOf(site: Site, name: string): string[] {
    return site.linesOf(name).filter((line) => /erver /.test(line));
  }
});

const DOWN = 'check inter 1h on-marked-down shutdown-sessions';
const UP = 'check inter 1h on-marked-up shutdown-backup-sessions';

interface Ended {
  readonly name: string;
  readonly lines: readonly string[];
  readonly servers: readonly string[];
  readonly script: Script;
  readonly request: string;
  /** Until this has come to the client, or has been asked of the server. */
  readonly reached: string;
  readonly commands: readonly string[];
}

const ENDED: readonly Ended[] = [
  {
    name: 'waiting',
    lines: ['option httplog'],
    servers: [DOWN],
    script: [['read']],
    request: GET,
    reached: '',
    commands: ['set server waiting/s0 health down'],
  },
  {
    name: 'body',
    lines: ['option httplog'],
    servers: [DOWN],
    script: [['read', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc']],
    request: GET,
    reached: 'abc',
    commands: ['set server body/s0 health down'],
  },
  {
    name: 'tunnel',
    lines: ['option httplog'],
    servers: [DOWN],
    script: [['read', 'HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\nhi']],
    request: 'GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n',
    reached: 'hi',
    commands: ['set server tunnel/s0 health down'],
  },
  {
    name: 'relay',
    lines: ['mode tcp', 'option tcplog'],
    servers: [DOWN],
    script: [['read', 'x']],
    request: 'hello',
    reached: 'x',
    commands: ['set server relay/s0 health down'],
  },
  {
    name: 'maintenance',
    lines: ['option httplog'],
    servers: [DOWN],
    script: [['read']],
    request: GET,
    reached: '',
    commands: ['set server maintenance/s0 state maint'],
  },
  {
    name: 'up-again',
    lines: ['mode tcp', 'option tcplog'],
    servers: [UP, 'backup', 'backup'],
    script: [['read', 'x']],
    request: 'hello',
    reached: 'x',
    commands: ['set server up-again/s0 health up'],
  },
];

describe('sessions of servers that change, beside HAProxy', { skip: skipUnless('haproxy') }, () => {
  let sites: Site[] = [];

  before(async () => {
    const sections = ENDED.map(({ name, lines, servers, script }) => ({
      name,
      script,
      text: (port: number) =>
        [...lines, ...servers.map((options, i) => `server s${i} 127.0.0.1:${port} ${options}`)]
          .map((line) => `  ${line}\n`)
          .join(''),
    }));
    sites = await Promise.all([Site.start('haproxy', sections), Site.start('fairlead', sections)]);
    for (const { name } of ENDED) for (const site of sites) await checked(site, name);
  });

  after(() => Promise.all(sites.map((site) => site.stop())));

  for (const { name, request, reached, commands } of ENDED)
    test(`${name}: the session ends as HAProxy ends it`, async () => {
      const seen = await Promise.all(
        sites.map(async (site) => {
          if (name === 'up-again') await site.command('set server up-again/s0 health down');
          const client = site.connect(name);
          client.send(request);
          if (reached !== '') await client.until(reached);
          else while ((await sessionsOf(site, name)) !== '1');
          for (const line of commands) await site.command(line);
          await client.until('HTTP/1.1 502');
          client.finish();
          await client.closed();
          return client.received;
        }),
      );
      assert.deepEqual(seen[1]!.split('\r\n')[0], seen[0]!.split('\r\n')[0]);
      const lines = await agree(
        sites,
        async (site) => {
          await site.command('show version');
          return site.linesOf(name).filter((line) => !/erver /.test(line));
        },
        ([line = '']) => / [DU][-A-Z]+$/.test(line),
      );
      assert.equal(lines.length, 1);
    });

  async function sessionsOf(site: Site, name: string): Promise<string> {
    const rows = (await site.command(`show stat ${name} 4 -1`)).split('\n');
    return rows.find((row) => row.startsWith(`${name},s0`))?.split(',')[4] ?? '';
  }
});
