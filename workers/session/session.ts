/** A client connection's session, whatever its protocol, and the home it reports to. */
import type { Placed } from '../connection/placed-list.ts';
import type { ListenerPlan } from '../plan/plan.ts';

export interface Session extends Placed {
  /** Soft stop: end when idle. */
  drain(): void;
  /** Ends what runs on the server of this slot; `letter` begins the termination state. */
  endOn(serverSlot: number, letter: 'D' | 'U'): void;
  /** Ends at once. */
  abort(): void;
}

/** The listener, as its sessions see it. */
export interface SessionHome {
  /** In force now: a reload replaces it. */
  readonly plan: ListenerPlan;
  /** A reload has removed the bind: sessions end when they come to rest. */
  readonly isLeaving: boolean;
  sessionClosed(session: Session): void;
}
