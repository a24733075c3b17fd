/** The states of a server as HAProxy numbers and prints them (management manual 9.3, `show servers state`). */

/** srv_op_state. */
export const Operational = { STOPPED: 0, STARTING: 1, RUNNING: 2, STOPPING: 3 } as const;
export type Operational = (typeof Operational)[keyof typeof Operational];

/** srv_admin_state: a mask. */
export const Admin = {
  FORCED_MAINT: 1,
  INHERITED_MAINT: 2,
  CONFIG_MAINT: 4,
  FORCED_DRAIN: 8,
  INHERITED_DRAIN: 16,
  RESOLUTION_MAINT: 32,
  FQDN_CHANGED: 64,
} as const;

/** In maintenance, for whatever reason. CONFIG_MAINT only says why FORCED_MAINT was set at the start. */
export function isInMaintenance(admin: number): boolean {
  return (admin & (Admin.FORCED_MAINT | Admin.INHERITED_MAINT | Admin.RESOLUTION_MAINT)) !== 0;
}

export function isDraining(admin: number): boolean {
  return (admin & (Admin.FORCED_DRAIN | Admin.INHERITED_DRAIN)) !== 0;
}

/** True when balancers may give it new traffic. */
export function isUsable(operational: number, admin: number, weight: number): boolean {
  if (operational !== Operational.RUNNING && operational !== Operational.STARTING) return false;
  return weight > 0 && !isInMaintenance(admin) && !isDraining(admin);
}

/** What the `status` column of `show stat` prints of a server. */
export function statusOf(server: ServerCondition): string {
  const { operational, admin, health, rise, fall } = server;
  if (admin & Admin.RESOLUTION_MAINT) return 'MAINT (resolution)';
  if (admin & Admin.INHERITED_MAINT) return `MAINT (via ${server.tracked})`;
  if (isInMaintenance(admin)) return 'MAINT';
  const { hasAgent } = server;
  if (operational === Operational.STOPPED) {
    if (hasAgent && server.agentHealth === 0) return 'DOWN (agent)';
    return server.isChecked && health > 0 ? `DOWN ${health}/${rise}` : 'DOWN';
  }
  const rising = server.isChecked && health < rise + fall - 1 ? ` ${health - rise + 1}/${fall}` : '';
  if (operational === Operational.STOPPING) return `NOLB${rising}`;
  if (isDraining(admin)) return hasAgent ? 'DRAIN (agent)' : `DRAIN${rising}`;
  return server.isChecked ? `UP${rising}` : 'no check';
}

export interface ServerCondition {
  readonly operational: number;
  readonly admin: number;
  readonly isChecked: boolean;
  readonly health: number;
  readonly rise: number;
  readonly fall: number;
  /** `backend/server` that it follows, whose checks are told; '' for none. */
  readonly tracked: string;
  /** Its agent, while that is not disabled. */
  readonly hasAgent: boolean;
  readonly agentHealth: number;
}
