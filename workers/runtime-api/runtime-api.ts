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

export class RuntimeApi {
  readonly #parts: RuntimeApiParts;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<CliConnection>();
  /** Unread, first come first served. */
  readonly #waiting: Arrival[] = [];

  constructor(parts: RuntimeApiParts) {
    this.#parts = parts;
  }

  start(): void {
    for (const handle of this.#parts.listeners) this.#listen(handle);
  }

  /** No new connections; those that are open go on until the process ends. */
  stopListening(): void {
    for (const server of this.#servers) server.close();
    this.#servers.length = 0;
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
      .map((words) => runCommand(commands, words, context))
      .join('');
  }

  #listen(handle: ListenerHandle): void {
    const settings = this.#settingsOf(handle);
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      this.#arrive({ socket, settings }),
    );
    server.on('error', () => {});
    server.listen({ fd: handle.fd });
    this.#servers.push(server);
  }

  #arrive(arrival: Arrival): void {
    const { statsMaxconn = MAXCONN_DEFAULT } = this.#parts.model.global;
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
    const { model, options } = this.#parts;
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
    const { statistics, servers, frontends, options, model } = this.#parts;
    return {
      session,
      version: options.version,
      servers,
      frontends,
      sockets: socketsOf(model),
      environment: process.env,
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
