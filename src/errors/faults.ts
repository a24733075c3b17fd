/**
 * What can go wrong with a stream: who caused it, whether the request may be sent again, how far it reaches, and what
 * the client and the log see (manual section 8.5 for the letters).
 */

export type Cause = 'client' | 'server' | 'proxy';
/** `on-reused`: only when the server connection had carried requests before and gave no byte for this one. */
export type RetryRule = 'no' | 'yes' | 'on-reused';
/** What ends with it: only the request, the stream with its server connection, or the client's connection too. */
export type Reach = 'request' | 'stream' | 'connection';

export interface Fault {
  readonly cause: Cause;
  readonly retry: RetryRule;
  readonly reach: Reach;
  /** The answer's status, as long as none has been sent. */
  readonly status: number;
  /** The first two letters of the termination state. */
  readonly termination: string;
  readonly meaning: string;
}

function fault(
  termination: string,
  status: number,
  rest: Pick<Fault, 'cause' | 'retry' | 'reach' | 'meaning'>,
): Fault {
  return Object.freeze({ termination, status, ...rest });
}

export const FAULTS = {
  BAD_REQUEST: fault('PR', 400, {
    cause: 'client',
    retry: 'no',
    reach: 'connection',
    meaning: 'the request is not HTTP',
  }),
  BAD_BODY: fault('PR', 400, {
    cause: 'client',
    retry: 'no',
    reach: 'connection',
    meaning: 'the chunks of the request are broken',
  }),
  REQUEST_TIMEOUT: fault('cR', 408, {
    cause: 'client',
    retry: 'no',
    reach: 'connection',
    meaning: 'the head was not complete in time',
  }),
  REQUEST_ABORTED: fault('CR', 400, {
    cause: 'client',
    retry: 'no',
    reach: 'connection',
    meaning: 'the client left before its request was complete',
  }),
  REQUEST_GREW: fault('PR', 500, {
    cause: 'proxy',
    retry: 'no',
    reach: 'request',
    meaning: 'rules made the request larger than a buffer',
  }),
  NO_SERVER: fault('SC', 503, {
    cause: 'server',
    retry: 'no',
    reach: 'request',
    meaning: 'no server is usable',
  }),
  QUEUE_FULL: fault('SQ', 503, {
    cause: 'server',
    retry: 'no',
    reach: 'request',
    meaning: 'the queue of the only server that may be used is full',
  }),
  QUEUE_TIMEOUT: fault('sQ', 503, {
    cause: 'server',
    retry: 'no',
    reach: 'request',
    meaning: 'no place on a server became free in time',
  }),
  CONNECT_FAILED: fault('SC', 503, {
    cause: 'server',
    retry: 'yes',
    reach: 'stream',
    meaning: 'the server refused the connection',
  }),
  CONNECT_TIMEOUT: fault('sC', 503, {
    cause: 'server',
    retry: 'yes',
    reach: 'stream',
    meaning: 'the server did not accept in time',
  }),
  SERVER_SILENT: fault('sH', 504, {
    cause: 'server',
    retry: 'no',
    reach: 'stream',
    meaning: 'the server did not answer in time',
  }),
  SERVER_LEFT: fault('SH', 502, {
    cause: 'server',
    retry: 'on-reused',
    reach: 'stream',
    meaning: 'the server closed before its answer',
  }),
  BAD_RESPONSE: fault('PH', 502, {
    cause: 'server',
    retry: 'no',
    reach: 'stream',
    meaning: 'the answer is not HTTP',
  }),
  RESPONSE_GREW: fault('PH', 502, {
    cause: 'proxy',
    retry: 'no',
    reach: 'stream',
    meaning: 'rules made the response larger than a buffer',
  }),
} as const;
