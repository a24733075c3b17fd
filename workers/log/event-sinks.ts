/** The receivers of events that `show events` lists: HAProxy's own three. */

import type { EventReader } from '../../src/command/session.ts';
import type { EventSink } from '../../src/command/show-events-command.ts';
import { builtInRing, type EventRing } from './event-ring.ts';

/** A watcher looks again after this long even if nobody called, in ms. */
const PATIENCE_MS = 1000;

export function eventSinks(): readonly EventSink[] {
  const ring = builtInRing();
  return [
    { ...descriptor('stdout'), description: 'standard output (fd#1)' },
    // HAProxy's own words.
    { ...descriptor('stderr'), description: 'standard output (fd#2)' },
    {
      name: 'buf0',
      type: 'buffer',
      dropped: ring.dropped,
      description: 'in-memory ring buffer',
      open: (from) => readerOf(ring, from === 'oldest' ? 0 : ring.end()),
    },
  ];
}

function descriptor(name: string): Omit<EventSink, 'description'> {
  return { name, type: 'fd', dropped: 0, open: () => null };
}

function readerOf(ring: EventRing, start: number): EventReader {
  let position = start;
  return {
    read() {
      const { text, next } = ring.readFrom(position);
      position = next;
      return text;
    },
    changed: () => ring.changed(position, PATIENCE_MS),
  };
}
