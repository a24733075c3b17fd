/**
 * The statuses that a health check can end with, by HAProxy's numbers (`srv_check_status` of `show servers state`),
 * with the code and the description that `show stat` prints (management manual 9.1, column 36).
 */

/** srv_check_result of `show servers state`. */
export const CheckResult = { UNKNOWN: 0, NEUTRAL: 1, FAILED: 2, PASSED: 3, CONDITIONAL: 4 } as const;
export type CheckResult = (typeof CheckResult)[keyof typeof CheckResult];

/** srv_check_state and srv_agent_state of `show servers state`: a mask. */
export const CheckState = { IN_PROGRESS: 1, CONFIGURED: 2, ENABLED: 4, PAUSED: 8, AGENT: 16 } as const;

export const CheckStatus = {
  UNKNOWN: 0,
  INITIALIZING: 1,
  CHECKED: 3,
  OBSERVED: 4,
  SOCKET_ERROR: 5,
  L4_OK: 6,
  L4_TIMEOUT: 7,
  L4_ERROR: 8,
  L6_OK: 9,
  L6_TIMEOUT: 10,
  L6_RESPONSE: 11,
  L7_TIMEOUT: 12,
  L7_RESPONSE: 13,
  L7_OK: 15,
  L7_OK_CONDITIONAL: 16,
  L7_STATUS: 17,
} as const;
export type CheckStatus = (typeof CheckStatus)[keyof typeof CheckStatus];

export interface StatusText {
  readonly code: string;
  readonly description: string;
  readonly result: CheckResult;
}

const { UNKNOWN, NEUTRAL, FAILED, PASSED, CONDITIONAL } = CheckResult;

export const STATUS_TEXTS: { readonly [status in CheckStatus]: StatusText } = {
  [CheckStatus.UNKNOWN]: { code: 'UNK', description: 'Unknown', result: UNKNOWN },
  [CheckStatus.INITIALIZING]: { code: 'INI', description: 'Initializing', result: UNKNOWN },
  [CheckStatus.CHECKED]: { code: 'CHECKED', description: 'No status change', result: NEUTRAL },
  [CheckStatus.OBSERVED]: { code: 'HANA', description: 'Health analyze', result: FAILED },
  [CheckStatus.SOCKET_ERROR]: { code: 'SOCKERR', description: 'Socket error', result: FAILED },
  [CheckStatus.L4_OK]: { code: 'L4OK', description: 'Layer4 check passed', result: PASSED },
  [CheckStatus.L4_TIMEOUT]: { code: 'L4TOUT', description: 'Layer4 timeout', result: FAILED },
  [CheckStatus.L4_ERROR]: { code: 'L4CON', description: 'Layer4 connection problem', result: FAILED },
  [CheckStatus.L6_OK]: { code: 'L6OK', description: 'Layer6 check passed', result: PASSED },
  [CheckStatus.L6_TIMEOUT]: { code: 'L6TOUT', description: 'Layer6 timeout', result: FAILED },
  [CheckStatus.L6_RESPONSE]: { code: 'L6RSP', description: 'Layer6 invalid response', result: FAILED },
  [CheckStatus.L7_TIMEOUT]: { code: 'L7TOUT', description: 'Layer7 timeout', result: FAILED },
  [CheckStatus.L7_RESPONSE]: { code: 'L7RSP', description: 'Layer7 invalid response', result: FAILED },
  [CheckStatus.L7_OK]: { code: 'L7OK', description: 'Layer7 check passed', result: PASSED },
  [CheckStatus.L7_OK_CONDITIONAL]: {
    code: 'L7OKC',
    description: 'Layer7 check conditionally passed',
    result: CONDITIONAL,
  },
  [CheckStatus.L7_STATUS]: { code: 'L7STS', description: 'Layer7 wrong status', result: FAILED },
};

/** The texts of a status read from shared memory; an unknown number reads as unknown. */
export function statusText(status: number): StatusText {
  return STATUS_TEXTS[status as CheckStatus] ?? STATUS_TEXTS[CheckStatus.UNKNOWN];
}

/** True for statuses that come with a code such as an HTTP status. */
export function hasCode(status: number): boolean {
  return status >= CheckStatus.L7_OK;
}
