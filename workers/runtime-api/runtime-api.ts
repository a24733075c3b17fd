/** The runtime API of the worker process: serves the stats sockets and the lines that the master hands on. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Model } from '../../config/model/model.ts';
import { commands } from '../../src/command/commands.ts';
import { runCommand, splitLine } from '../../src/command/interpreter.ts';
import type {
  CliSocket,
  FrontendControl,
  ProcessContext,
  ServerControl,
} from '../../src/command/process-context.ts';
import { type CliSession, LEVELS, type Level, newSession } from '../../src/command/session.ts';
import type { Address } from '../../src/net/address.ts';
import { eventSinks } from '../log/event-sinks.ts';
import type { ListenerHandle, StartOptions } from '../messages.ts';
import { CliConnection, type CliSettings } from './cli-connection.ts';
import type { Statistics } from './statistics.ts';

export interface RuntimeApiParts {
  readonly model: Model;
  readonly options: StartOptions;
  readonly listeners: readonly ListenerHandle[];
  readonly statistics: Statistics;
  readonly servers: ServerControl;
  readonly frontends: FrontendControl;
}

/** HAProxy's default of `stats timeout` (manual section 3.1), and of `tune.bufsize`. */
const TIMEOUT_DEFAULT_MS = 10_000;
const LINE_MAX_DEFAULT_BYTES = 16_384;
/** HAProxy's default of `stats maxconn` (manual section 3.1). */
const MAXCONN_DEFAULT = 10;
/** Connections beyond `stats maxconn` that wait for their turn; more are closed at once. */
const WAITING_MAX = 256;

/** A connection that has been accepted, and what its socket grants it. */
interface Arrival {
  readonly socket: Socket;
  readonly settings: CliSettings;
}

/** A stats socket; a reload may change what its line says. */
interface Listening {
  readonly server: Server;
  handle: ListenerHandle;
}

export class RuntimeApi {
  readonly #parts: RuntimeApiParts;
  /** By the key of their listener. */
  readonly #servers = new Map<string, Listening>();
  #model: Model;
  readonly #connections = new Set<CliConnection>();
  /** Unread, first come first served. */
  readonly #waiting: Arrival[] = [];

  constructor(parts: RuntimeApiParts) {
    this.#parts = parts;
    this.#model = parts.model;
  }

  start(): void {
    for (const handle of this.#parts.listeners) this.#listen(handle);
  }

  /** A reload: exactly these sockets are listened on from now on. */
  adopt(model: Model, listeners: readonly ListenerHandle[]): void {
    this.#model = model;
    const keys = new Set(listeners.map(({ key }) => key));
    for (const [key, { server }] of this.#servers) {
      if (keys.has(key)) continue;
      server.close();
      this.#servers.delete(key);
    }
    for (const handle of listeners) {
      const known = this.#servers.get(handle.key);
      if (known === undefined) this.#listen(handle);
      else known.handle = handle;
    }
  }

  /** No new connections; those that are open go on until the process ends. */
  stopListening(): void {
    for (const { server } of this.#servers.values()) server.close();
    this.#servers.clear();
  }

  close(): void {
    this.stopListening();
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
    for (const connection of this.#connections) connection.close();
  }

  /** The answers to one line, as a connection would get them. */
  answer(line: string, level: Level): string {
    const context = this.#contextOf(newSession(level, TIMEOUT_DEFAULT_MS));
    return splitLine(line)
      .map((words) => this.#answerOnce(words, context))
      .join('');
  }

  /** The master's channel has an end to every answer: events that are still to come are not waited for. */
  #answerOnce(words: readonly string[], context: ProcessContext): string {
    const answer = runCommand(commands, words, context);
    const reader = context.session.follows;
    context.session.follows = null;
    return reader === null ? answer : `${reader.read()}\n`;
  }

  #listen(handle: ListenerHandle): void {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      this.#arrive({ socket, settings: this.#settingsOf(listening.handle) }),
    );
    const listening: Listening = { server, handle };
    server.on('error', () => {});
    server.listen({ fd: handle.fd });
    this.#servers.set(handle.key, listening);
  }

  #arrive(arrival: Arrival): void {
    const { statsMaxconn = MAXCONN_DEFAULT } = this.#model.global;
    arrival.socket.on('error', () => arrival.socket.destroy());
    if (this.#connections.size < statsMaxconn) this.#serve(arrival);
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(arrival);
    else arrival.socket.destroy();
  }

  #serve({ socket, settings }: Arrival): void {
    const connection = new CliConnection(socket, settings);
    this.#parts.statistics.countOperator();
    this.#connections.add(connection);
    socket.on('close', () => {
      this.#connections.delete(connection);
      this.#serveNext();
    });
    socket.resume();
  }

  #serveNext(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.socket.destroyed) continue;
      this.#serve(next);
      return;
    }
  }

  #settingsOf({ statsSocket = 0 }: ListenerHandle): CliSettings {
    const { options } = this.#parts;
    const model = this.#model;
    const { level, severityOutput = 'none' } = model.global.statsSockets?.[statsSocket]?.options ?? {};
    return {
      level: levelOf(level),
      severityForm: severityOutput,
      timeoutMs: model.global.statsTimeoutMs ?? TIMEOUT_DEFAULT_MS,
      lineMaxBytes: model.global.bufferBytes ?? LINE_MAX_DEFAULT_BYTES,
      commands,
      contextOf: (session) => this.#contextOf(session),
      uptimeMs: () => Date.now() - options.startedAtMs,
    };
  }

  #contextOf(session: CliSession): ProcessContext {
    const { statistics, servers, frontends, options } = this.#parts;
    const model = this.#model;
    return {
      session,
      version: options.version,
      servers,
      frontends,
      sockets: socketsOf(model),
      environment: process.env,
      eventSinks,
      view: () => statistics.view(),
    };
  }
}

/** `operator` is what a stats socket has without a level of its own (manual section 5.1, level). */
function levelOf(level: unknown): Level {
  return LEVELS.find((each) => each === level) ?? 'operator';
}

function socketsOf({ global }: Model): CliSocket[] {
  return (global.statsSockets ?? []).map(({ address, options }) => ({
    address: addressText(address),
    level: levelOf(options.level),
  }));
}

function addressText(address: Address): string {
  if (address.family === 'unix') return `unix@${address.host}`;
  return address.text;
}
