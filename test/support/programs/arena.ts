/**
 * One program between scripted origins and raw clients, and two of them side by side: the same configuration, the
 * same script, and what clients, origins and log receivers saw of it.
 */
import { LogSink, withoutVariables } from './log-sink.ts';
import { Program, type Subject } from './program.ts';
import { RawClient, withJoinedChunks } from './raw-client.ts';
import { type Recorded, type Reply, ScriptedOrigin } from './scripted-origin.ts';

export interface ArenaOptions {
  /** Names of the listeners that the configuration has as `"fd@${name}"`. */
  readonly listeners: readonly string[];
  /** The origins' answers, by name of the origin. */
  readonly origins: { readonly [name: string]: { readonly [target: string]: Reply } };
  /** The configuration; ports by name of the origin, and of the log receiver. */
  config(ports: { readonly [name: string]: number }): string;
}

/** What a script left behind, comparable between programs. */
export interface Outcome {
  /** What each client received, and how its connection ended. */
  readonly clients: readonly string[];
  /** Requests in the order in which each origin received them: `origin new|reused bytes`. */
  readonly origins: readonly string[];
  readonly log: readonly string[];
}

export type Script = (stage: Stage) => Promise<void>;

/** Requests for these targets are health checks, not a script's traffic. */
const CHECK_TARGETS: ReadonlySet<string> = new Set(['/health', '/alive']);

export class Arena {
  readonly subject: Subject;
  readonly program: Program;
  readonly origins: ReadonlyMap<string, ScriptedOrigin>;
  readonly sink: LogSink;

  private constructor(
    subject: Subject,
    program: Program,
    origins: ReadonlyMap<string, ScriptedOrigin>,
    sink: LogSink,
  ) {
    this.subject = subject;
    this.program = program;
    this.origins = origins;
    this.sink = sink;
  }

  static async start(subject: Subject, options: ArenaOptions): Promise<Arena> {
    const origins = new Map<string, ScriptedOrigin>();
    const ports: Record<string, number> = {};
    for (const [name, replies] of Object.entries(options.origins)) {
      const origin = await ScriptedOrigin.start(replies);
      origins.set(name, origin);
      ports[name] = origin.port;
    }
    const sink = await LogSink.start();
    ports['log'] = sink.port;
    const config = options.config(ports);
    const program = Program.start(subject, { config, listeners: options.listeners });
    return new Arena(subject, program, origins, sink);
  }

  /** Runs a script and collects what it left; `lines` is how many log lines it is known to cause. */
  async play(script: Script, lines: number): Promise<Outcome> {
    if (this.program.hasEnded) throw new Error(`${this.subject} has ended:\n${this.program.output}`);
    for (const origin of this.origins.values()) origin.take();
    const early = this.sink.takeNow();
    const stage = new Stage(this);
    await script(stage);
    await stage.leave();
    const log = await this.sink.take(lines);
    for (const origin of this.origins.values()) await origin.settled();
    return {
      clients: stage.clients.map((client) => client.transcript()),
      origins: [
        ...[...this.origins].flatMap(([name, origin]) => describeRequests(name, origin.take())),
        ...stage.notes,
      ],
      log: [...early.map((line) => `too late: ${line}`), ...log].map(withoutVariables),
    };
  }

  connect(listener: string): RawClient {
    return new RawClient(this.program.port(listener));
  }

  async stop(): Promise<void> {
    await this.program.stop();
    for (const origin of this.origins.values()) await origin.stop();
    await this.sink.stop();
  }
}

function describeRequests(origin: string, requests: readonly Recorded[]): string[] {
  return requests
    .filter(({ target }) => !CHECK_TARGETS.has(target))
    .map(({ connection, bytes }) => `${origin} ${connection} ${withJoinedChunks(bytes)}`);
}

/** What a script has at hand. */
export class Stage {
  readonly clients: RawClient[] = [];
  /** Remarks that are compared with what the origins saw. */
  readonly notes: string[] = [];
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  connect(listener: string): RawClient {
    const client = this.#arena.connect(listener);
    this.clients.push(client);
    return client;
  }

  /** Resolves when so many log lines of this script have come. */
  logged(count: number): Promise<void> {
    return this.#arena.sink.reached(count);
  }

  note(remark: string): void {
    this.notes.push(remark);
  }

  /**
   * Resolves when the program, of one thread, has read all that was sent before: two requests in turn to a listener
   * that answers by itself and logs nothing.
   */
  async settle(listener: string): Promise<void> {
    for (let i = 0; i < 2; i++) {
      const client = this.#arena.connect(listener);
      client.send('GET / HTTP/1.1\r\nHost: settle\r\nConnection: close\r\n\r\n');
      await client.closed();
      client.finish();
    }
  }

  origin(name: string): ScriptedOrigin {
    return this.#arena.origins.get(name)!;
  }

  /** Every client closes its side, and waits until the program has. */
  async leave(): Promise<void> {
    for (const client of this.clients) {
      if (client.outcome === 'open') client.mark('open until here');
      client.finish();
      await client.closed();
    }
  }
}
