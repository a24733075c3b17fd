/** The signals of management manual section 4, as calls on whoever obeys them. */

export interface SignalTarget {
  reload(): void;
  stopSoftly(): void;
  stopHard(signal: 'SIGINT' | 'SIGTERM'): void;
  pause(): void;
  resume(): void;
}

/** Obeys signals from now on. Signals that HAProxy answers with a dump are taken and do nothing. */
export function obeySignals(target: SignalTarget): void {
  process.on('SIGUSR2', () => target.reload());
  process.on('SIGHUP', () => target.reload());
  process.on('SIGUSR1', () => target.stopSoftly());
  process.on('SIGTERM', () => target.stopHard('SIGTERM'));
  process.on('SIGINT', () => target.stopHard('SIGINT'));
  process.on('SIGTTOU', () => target.pause());
  process.on('SIGTTIN', () => target.resume());
  process.on('SIGQUIT', () => {});
}
