/** What the commands of the master CLI work on. */
import type { Model } from '../../config/model/model.ts';
import type { SessionContext } from '../../src/command/session.ts';
import type { ConnectionCounts } from '../../workers/messages.ts';

/** A process of this instance, as `show proc` lists it. */
export interface ListedProcess {
  readonly pid: number;
  readonly kind: 'master' | 'worker' | 'old worker';
  /** A worker process: reloads that it has lived through. The master: reloads since its start. */
  readonly reloads: number;
  readonly startedAtMs: number;
}

/** The configuration in use and the connections there are. */
export interface RunningState {
  readonly version: string;
  readonly model: Model;
  readonly threads: number;
  readonly counts: ConnectionCounts;
}

/** The master, as far as its CLI needs it. */
export interface MasterView {
  /** The master first. */
  processes(): readonly ListedProcess[];
  readonly failedReloads: number;
  /** What was printed since the last start or reload began. */
  startupLines(): string;
  /** The master CLI's sockets and their levels. */
  sockets(): readonly { readonly address: string; readonly level: string }[];
  reload(style: 'soft' | 'hard'): Promise<boolean>;
  /** What runs now, for `fairlead check --against-running`. */
  running(): Promise<RunningState>;
  /** One line for the runtime API of a worker process; null when there is no such process. */
  command(pid: number, line: string, level: 'user' | 'operator' | 'admin'): Promise<string> | null;
}

/** Modes that the prompt shows by their first letters: `master(xed)>`. */
export interface CliModes {
  isExperimental: boolean;
  isExpert: boolean;
  isDebug: boolean;
}

export interface MasterContext extends SessionContext {
  readonly master: MasterView;
  readonly modes: CliModes;
  readonly nowMs: number;
  /** Set by `reload`: it ends the session with its own answer. */
  reloadStyle: 'soft' | 'hard' | null;
  /** Set by a command whose answer takes time; it ends the session. */
  laterAnswer: Promise<string> | null;
}
