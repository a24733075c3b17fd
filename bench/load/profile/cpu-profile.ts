/** Sums a .cpuprofile of V8 by function, within a window of time. */
import { readFileSync } from 'node:fs';
import { sourcePlace } from './source-places.ts';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  /** Monotonic clock, microseconds. */
  readonly startTime: number;
}

export interface FunctionShare {
  readonly name: string;
  /** File and line. */
  readonly place: string;
  /** Of all time that was not idle, 0 to 1. */
  readonly share: number;
}

/** Functions by their own time, most first. The window is of the monotonic clock in microseconds. */
export function functionShares(
  file: string,
  window: { readonly from: number; readonly to: number },
): FunctionShare[] {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const sums = new Map<string, number>();
  let atUs = profile.startTime;
  let total = 0;
  for (let i = 0; i < profile.samples.length; i++) {
    const tookUs = profile.timeDeltas[i]!;
    atUs += tookUs;
    const name = names.get(profile.samples[i]!) ?? '';
    if (atUs < window.from || atUs > window.to || name.startsWith('(idle)')) continue;
    sums.set(name, (sums.get(name) ?? 0) + tookUs);
    total += tookUs;
  }
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(([key, sum]) => {
      const [name = '', place = ''] = key.split('\t');
      return { name, place, share: sum / total };
    });
}

function nameOf(frame: CpuProfile['nodes'][number]['callFrame']): string {
  const place = sourcePlace({ url: frame.url, line: frame.lineNumber + 1, column: frame.columnNumber + 1 });
  return `${frame.functionName || '(anonymous)'}\t${place}`;
}
