/** Plays the cases of one family through one program: its configuration, the interpreter of steps, and the counters. */
import net from 'node:net';
import { parseHaproxyCfg } from '../../../config/haproxy-cfg/parse.ts';
import { linkDocument } from '../../../config/link/link.ts';
import { describe as describeDiagnostics, TEST_FACTS } from '../link-text.ts';
import { Arena, type Outcome, type Stage } from './arena.ts';
import { countersOf } from './counter-table.ts';
import {
  clientsOf,
  type Family,
  isProbed,
  logLinesOf,
  type OracleCase,
  type ScriptedReply,
  type Step,
} from './oracle-case.ts';
import type { Subject } from './program.ts';
import type { RawClient } from './raw-client.ts';

const ORIGINS = ['o', 'p', 'q'] as const;

/** Every origin answers so, where a case says nothing else; the body is the origin's name. */
function usualReplies(origin: string): { readonly [target: string]: ScriptedReply } {
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${origin}`;
  return { '*': answer, '/probe': answer };
}

const PROBE = 'GET /probe HTTP/1.1\r\nHost: probe\r\n\r\n';

/** What is compared of a case. */
export interface CaseOutcome extends Outcome {
  /** Rows of `show stat` that belong to the case, their columns that are not 0. */
  readonly counters: readonly string[];
}

/** One program with the configuration of a family. */
export class OracleStage {
  readonly #arena: Arena;
  readonly #names: ReadonlyMap<OracleCase, string>;

  private constructor(arena: Arena, names: ReadonlyMap<OracleCase, string>) {
    this.#arena = arena;
    this.#names = names;
  }

  /** Starts the program with the sections of these cases of the family; `refusing` is a port that refuses. */
  static async start(
    subject: Subject,
    family: Family,
    { cases, facts }: { readonly cases: readonly OracleCase[]; readonly facts: Facts },
  ): Promise<OracleStage> {
    const names = new Map(cases.map((one) => [one, nameOf(family, one)]));
    const arena = await Arena.start(subject, {
      listeners: [...names.values(), 'quiet', 'cli'],
      origins: Object.fromEntries(ORIGINS.map((name) => [name, {}])),
      config: (ports) => configurationOf(family, cases, { ...ports, ...facts }),
    });
    await ready(arena);
    return new OracleStage(arena, names);
  }

  async play(one: OracleCase): Promise<CaseOutcome> {
    for (const [name, origin] of this.#arena.origins)
      origin.answerWith({ ...usualReplies(name), ...one.replies });
    const name = this.#names.get(one)!;
    const outcome = await this.#arena.play(
      (stage) => playSteps(stage, name, one.steps),
      logLinesOf(one, this.#arena.subject),
    );
    const counters = countersOf(await this.#command('show stat'), name);
    return { ...outcome, counters };
  }

  stop(): Promise<void> {
    return this.#arena.stop();
  }

  async #command(line: string): Promise<string> {
    const client = this.#arena.connect('cli');
    client.send(`${line}\n`);
    await client.closed();
    client.finish();
    return client.received;
  }
}

/** Resolves when the program answers: the patience of clients is for its work, not for its start. */
async function ready({ program }: Arena): Promise<void> {
  const socket = net.connect(program.port('quiet'), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: ready\r\nConnection: close\r\n\r\n');
  socket.resume();
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  if (program.hasEnded) throw new Error(`it ended instead of starting:\n${program.output}`);
}

/** Why Fairlead does not accept a case's configuration, or null. */
export function refusalOf(family: Family, one: OracleCase, facts: Facts): string | null {
  const text = configurationOf(family, [one], { o: 1, p: 2, q: 3, log: 5, ...facts });
  const environment = new Map([...[nameOf(family, one), 'quiet', 'cli'].map((name) => [name, '3'] as const)]);
  const parsed = parseHaproxyCfg([{ file: 'case.cfg', text }], { environment, facts: TEST_FACTS });
  const { model, diagnostics } = linkDocument(parsed.document, { workingFolder: '/test' });
  if (model !== null) return null;
  return describeDiagnostics([...parsed.diagnostics, ...diagnostics]).join('\n');
}

function nameOf(family: Family, one: OracleCase): string {
  return `c${family.cases.indexOf(one) + 1}`;
}

/** Ports by name, paths as `file:name`. */
type Facts = { readonly [name: string]: number | string };

export function configurationOf(family: Family, cases: readonly OracleCase[], ports: Facts): string {
  const lines = [
    'global',
    '  nbthread 1',
    `  log 127.0.0.1:${ports['log']} local0`,
    '  stats socket "fd@${cli}" level admin',
    ...indented(family.global ?? []),
    'defaults',
    '  mode http',
    '  log global',
    '  option httplog',
    '  timeout client 30s',
    '  timeout server 30s',
    '  timeout connect 5s',
    ...indented(family.defaults ?? []),
    'frontend quiet',
    '  no log',
    '  bind "fd@${quiet}"',
    '  http-request return status 200',
    ...cases.flatMap((one) => sectionsOf(one, nameOf(family, one), ports)),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionsOf(one: OracleCase, name: string, ports: Facts): string[] {
  const servers = (one.servers ?? ['o']).map((server) => serverLine(server, ports));
  const own = (lines: readonly string[]): string[] =>
    indented(lines).map((line) => fillIn(line, name, ports));
  const front = [`  bind "fd@\${${name}}"`, ...own(one.with ?? [])];
  const sections = (one.sections ?? []).map((line) => fillIn(line, name, ports));
  if (one.back === undefined) return [`listen ${name}`, ...front, ...servers, ...sections];
  return [
    `frontend ${name}`,
    ...front,
    `  default_backend ${name}-back`,
    `backend ${name}-back`,
    ...own(one.back),
    ...servers,
    ...sections,
  ];
}

/** `<me>` is the section's name, `<o>` the port of the origin, `<file:name>` a path. */
function fillIn(line: string, name: string, facts: Facts): string {
  return line
    .replaceAll('<me>', name)
    .replace(/<(file:\w+|[opq]|gone|log)>/g, (_, fact: string) => String(facts[fact]));
}

/** `name@origin options`, or `origin options`. */
function serverLine(text: string, ports: Facts): string {
  const [, name, origin = name, options] = /^(\w+)(?:@(\w+))?(.*)$/.exec(text)!;
  return `  server ${name} 127.0.0.1:${ports[origin!]}${options}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

async function playSteps(stage: Stage, listener: string, steps: readonly Step[]): Promise<void> {
  const clients = new Map<string, RawClient>();
  const clientOf = (name: string): RawClient => {
    const client = clients.get(name) ?? stage.connect(listener);
    clients.set(name, client);
    return client;
  };
  for (const step of steps) {
    if ('client' in step) await playClient(clientOf(step.client), step);
    else await playOther(stage, step);
  }
  for (const name of clientsOf(steps)) if (isProbed(steps, name)) await probe(clientOf(name), []);
}

type ClientStep = Extract<Step, { readonly client: string }>;
type OtherStep = Exclude<Step, ClientStep>;

async function playClient(client: RawClient, step: ClientStep): Promise<void> {
  switch (step.kind) {
    case 'send':
      client.send(step.text);
      return;
    case 'answers':
      return client.responses(step.count, step.heads);
    case 'until':
      return client.until(step.text);
    case 'probe':
      return probe(client, step.heads);
    case 'fin':
      client.finish();
      return;
    case 'reset':
      client.reset();
      return;
    case 'eof':
      return client.closed();
    case 'connect':
    case 'idle':
      return;
  }
}

/** One more request, and its answer behind those that came. */
async function probe(client: RawClient, heads: readonly number[]): Promise<void> {
  if (client.outcome !== 'open') return;
  const before = client.countResponses(heads);
  client.send(PROBE);
  await client.responses(before + 1, heads);
}

async function playOther(stage: Stage, step: OtherStep): Promise<void> {
  if (step.kind === 'settle') return stage.settle('quiet');
  if (step.kind === 'logged') return stage.logged(step.count);
  const origin = stage.origin(step.origin);
  switch (step.kind) {
    case 'arrived':
      return origin.arrived(step.target);
    case 'received':
      return origin.received(step.target);
    case 'says':
      origin.last!.write(step.text);
      return;
    case 'drops':
      origin.last!.socket.end();
      return;
    case 'breaks':
      origin.last!.socket.resetAndDestroy();
      return;
    case 'left':
      stage.note(`${step.origin} was left by ${await origin.last!.ended()}`);
      return;
  }
}
