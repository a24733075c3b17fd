/** The order in which servers take turns, and who decides it. */
import {
  answers,
  type Family,
  get,
  type OracleCase,
  post,
  send,
} from '../../support/programs/oracle-case.ts';

const SIX = Array.from({ length: 6 }, (_, i) => get(`/${i}?user=u${i % 3}`, `X-User: u${i % 3}`));

const BALANCED: { readonly [line: string]: readonly string[] } = {
  'balance roundrobin': ['o weight 3', 'p weight 2', 'q weight 1'],
  'balance static-rr': ['o weight 3', 'p weight 2', 'q weight 1'],
  'balance leastconn': ['o', 'p', 'q'],
  'balance first': ['o maxconn 1', 'p', 'q'],
  'balance source': ['o', 'p', 'q'],
  'balance uri': ['o', 'p', 'q'],
  'balance uri whole': ['o', 'p', 'q'],
  'balance uri depth 1': ['o', 'p weight 7', 'q weight 2'],
  'balance url_param user': ['o', 'p', 'q'],
  'balance hdr(X-User)': ['o', 'p', 'q weight 5'],
  'balance hdr(X-None)': ['o', 'p', 'q'],
};

const cases: readonly OracleCase[] = [
  ...Object.entries(BALANCED).map(([line, servers]) => ({
    name: line,
    with: [line],
    servers,
    steps: [send(...SIX), answers(6)],
  })),
  ...['map-based', 'consistent'].map((kind) => ({
    name: `balance uri with hash-type ${kind} and weights`,
    with: ['balance uri', `hash-type ${kind}`],
    servers: ['o weight 10', 'p weight 3', 'q weight 1'],
    steps: [send(...SIX), answers(6)],
  })),
  {
    name: 'backup servers take over',
    servers: ['gone disabled', 'o backup', 'p backup'],
    steps: [send(...SIX), answers(6)],
  },
  {
    name: 'option allbackups shares between them',
    with: ['option allbackups', 'balance roundrobin'],
    servers: ['gone disabled', 'o backup', 'p backup'],
    steps: [send(...SIX), answers(6)],
  },
  {
    name: 'weight 0 gets nothing',
    with: ['balance roundrobin'],
    servers: ['o weight 0', 'p', 'q'],
    steps: [send(...SIX), answers(6)],
  },
  {
    name: 'use-server picks by rule',
    with: ['use-server q if { path /3 }', 'balance roundrobin'],
    servers: ['o', 'p', 'q weight 0'],
    steps: [send(...SIX), answers(6)],
  },
  {
    name: 'a cookie names its server',
    with: ['cookie SRV insert indirect nocache', 'balance roundrobin'],
    servers: ['o cookie one', 'p cookie two'],
    steps: [
      send(get('/'), get('/', 'Cookie: SRV=two'), get('/', 'Cookie: a=1; SRV=one; b=2'), post('/', 'x')),
      answers(4),
    ],
  },
];

export const balancing: Family = { name: 'balancing', cases };
