/** What exists at each place where expressions are evaluated (the columns of HAProxy's table of sample fetches). */
import type { Need, Place } from '../../src/keyword/site.ts';
import type { SectionDraft } from './draft.ts';

const CONNECTION: readonly Need[] = ['client-connection'];
const SESSION: readonly Need[] = [...CONNECTION, 'session'];
const REQUEST: readonly Need[] = [...SESSION, 'stream', 'request-bytes', 'request-head', 'request-body'];
const RESPONSE: readonly Need[] = [
  ...SESSION,
  'stream',
  'backend',
  'server-connection',
  'response-bytes',
  'response-head',
  'response-body',
];
const LOG: readonly Need[] = [...SESSION, 'stream', 'backend', 'server-connection', 'finished-stream'];

interface PlaceFacts {
  /** How messages call it. */
  readonly name: string;
  readonly provides: readonly Need[];
  /** In sections that choose servers, requests have their backend. */
  readonly knowsBackend?: boolean;
  /** Rules are processed in the order of these numbers, wherever their lines stand; absent for what has no order. */
  readonly order?: number;
}

const PLACES: { readonly [P in Place]: PlaceFacts } = {
  'tcp-request connection': { name: 'tcp-request connection rule', provides: CONNECTION, order: 1 },
  'tcp-request session': { name: 'tcp-request session rule', provides: SESSION, order: 2 },
  'tcp-request content': {
    name: 'tcp-request content rule',
    provides: REQUEST,
    knowsBackend: true,
    order: 3,
  },
  'http-request': { name: 'http-request rule', provides: REQUEST, knowsBackend: true, order: 4 },
  'redirect rule': { name: 'redirect rule', provides: REQUEST, knowsBackend: true, order: 5 },
  'use_backend rule': { name: 'use_backend rule', provides: REQUEST, order: 6 },
  'use-server rule': { name: 'use-server rule', provides: REQUEST, knowsBackend: true },
  'balance algorithm': { name: 'balance algorithm', provides: REQUEST, knowsBackend: true },
  'unique identifier': { name: 'unique identifier', provides: REQUEST },
  'tcp-response content': { name: 'tcp-response content rule', provides: RESPONSE },
  'http-response': { name: 'http-response rule', provides: RESPONSE },
  'http-after-response': { name: 'http-after-response rule', provides: RESPONSE },
  'log line': { name: 'log line', provides: LOG },
};

/** What may be asked for at a place in a section. */
export function providedAt(place: Place | undefined, section: SectionDraft['kind']): readonly Need[] {
  if (place === undefined) return [];
  const { provides, knowsBackend } = PLACES[place];
  const hasBackend = section === 'backend' || section === 'listen' || section === 'defaults';
  return knowsBackend === true && hasBackend ? [...provides, 'backend'] : provides;
}

export function placeName(place: Place): string {
  return PLACES[place].name;
}

/** Where a place stands in the order of processing; 0 for what has none. */
export function orderOf(place: Place | undefined): number {
  return place === undefined ? 0 : (PLACES[place].order ?? 0);
}
