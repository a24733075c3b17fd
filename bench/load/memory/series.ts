/** Whether memory stays flat: samples taken while work goes on, and what they say. */
import type { Memory } from '../../support/process-tree.ts';

export interface MemorySample extends Memory {
  /** Requests or clients so far. */
  readonly count: number;
}

export interface Verdict {
  /** Mean of the second quarter of the samples, in bytes of RSS: the first is the warm-up. */
  readonly early: number;
  /** Mean of the last quarter. */
  readonly late: number;
  readonly isFlat: boolean;
}

/** The later mean may be larger by this share, or by this many bytes: how much a heap breathes between collections. */
const TOLERANCE_SHARE = 0.05;
const TOLERANCE_BYTES = 8 << 20;

/** Needs four samples. */
export function judge(samples: readonly MemorySample[]): Verdict {
  const quarter = Math.max(1, samples.length >> 2);
  const early = mean(samples.slice(quarter, quarter * 2));
  const late = mean(samples.slice(-quarter));
  return { early, late, isFlat: late - early <= Math.max(TOLERANCE_BYTES, early * TOLERANCE_SHARE) };
}

function mean(samples: readonly MemorySample[]): number {
  return samples.reduce((sum, { rss }) => sum + rss, 0) / samples.length;
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
