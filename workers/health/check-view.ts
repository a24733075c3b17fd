/** The stream that formats and expressions of checks are evaluated on: there is none, but the server has a name. */
import { hostname } from 'node:os';
import type { LogSite } from '../../src/log/declare.ts';
import type { Endpoint, SessionView, StreamView } from '../../src/sample/stream-view.ts';
import { StreamRecord } from '../stream/stream-record.ts';

/** What formats of checks tell of this process. */
export const CHECK_SITE: LogSite = {
  pid: process.pid,
  hostName: hostname(),
  requestLineMaxBytes: 0,
  isEarly: false,
};

export function checkView(backendName: string, serverName: string): StreamView {
  return {
    session: NO_SESSION,
    request: null,
    response: null,
    requestBytes: null,
    backendName,
    serverName,
    facts: new StreamRecord({ ofProcess: 0, ofFrontend: 0, ofBackend: 0, ofServer: 0 }),
  };
}

const NOWHERE: Endpoint = { ip: null, text: '', port: 0 };

const NO_SESSION: SessionView = {
  source: NOWHERE,
  destination: NOWHERE,
  acceptedAtMs: 0,
  listenerId: 0,
  frontendName: '',
};
