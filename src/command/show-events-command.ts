/** `show events`: what ring buffers hold, and what comes to them (management manual 9.3). */
import { arg } from '../keyword/arg.ts';
import { commandsOn } from './declare.ts';
import { type Answer, failure, information } from './message.ts';
import type { ProcessContext } from './process-context.ts';
import type { EventReader } from './session.ts';

/** A receiver of events, as the list shows it. */
export interface EventSink {
  readonly name: string;
  readonly type: 'fd' | 'buffer';
  readonly dropped: number;
  readonly description: string;
  /** Reads what a buffer holds and what comes to it, from its beginning or its end; null for the others. */
  open(from: 'oldest' | 'newest'): EventReader | null;
}

const HEADING = 'Supported events sinks are listed below. Add -w(wait), -n(new). Any key to stop\n';

function list(sinks: readonly EventSink[]): string {
  return sinks.reduce(
    (text, { name, type, dropped, description }) =>
      `${text}    ${name.padEnd(10)} : type=${type}, ${dropped} dropped, ${description}\n`,
    HEADING,
  );
}

interface Wish {
  readonly waits: boolean;
  readonly isNewOnly: boolean;
}

/** `-w`, `-n` or both in one word; undefined when a word is neither. */
function readOptions(words: readonly string[]): Wish | undefined {
  let letters = '';
  for (const word of words) {
    if (!/^-[wn]+$/.test(word)) return undefined;
    letters += word.slice(1);
  }
  return { waits: letters.includes('w'), isNewOnly: letters.includes('n') };
}

function show(words: readonly string[], { eventSinks, session }: ProcessContext): Answer {
  const [name, ...options] = words;
  const sinks = eventSinks();
  if (name === undefined) return list(sinks);
  const sink = sinks.find((each) => each.name === name);
  if (sink === undefined) return failure('No such event sink');
  const wish = readOptions(options);
  if (wish === undefined) return failure('unknown option');
  const reader = sink.open(wish.isNewOnly ? 'newest' : 'oldest');
  if (reader === null) return information('Nothing to report for this sink');
  if (!wish.waits) return reader.read();
  session.follows = reader;
  return '';
}

const define = commandsOn<ProcessContext>();

export const showEventsCommand = define({
  name: 'show events',
  usage: 'show events [<sink>] [-w] [-n]',
  help: 'show event sink state',
  summary: 'Lists the receivers of events, or shows what a ring buffer holds and, with -w, what comes to it.',
  differences: ["HAProxy's option -0, which parts events by NUL, is not there."],
  args: { words: arg.optional(arg.rest('word'), []) },
  run: ({ words }, context) => show(words, context),
});
