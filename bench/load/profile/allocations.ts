/** Sums what the allocation probe wrote by function. */
import { readFileSync } from 'node:fs';
import { sourcePlace } from './source-places.ts';

interface HeapNode {
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

export interface AllocationShare {
  readonly name: string;
  readonly place: string;
  readonly bytes: number;
}

/** Functions by the bytes that they allocate themselves, most first. */
export function allocationShares(file: string): AllocationShare[] {
  const { head } = JSON.parse(readFileSync(file, 'utf8')) as { readonly head: HeapNode };
  const sums = new Map<string, number>();
  const visit = ({ callFrame, selfSize, children }: HeapNode): void => {
    const { functionName, url, lineNumber, columnNumber } = callFrame;
    const place = sourcePlace({ url, line: lineNumber + 1, column: columnNumber + 1 });
    const key = `${functionName || '(anonymous)'}\t${place}`;
    sums.set(key, (sums.get(key) ?? 0) + selfSize);
    for (const child of children) visit(child);
  };
  visit(head);
  return [...sums]
    .filter(([, bytes]) => bytes > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([key, bytes]) => {
      const [name = '', place = ''] = key.split('\t');
      return { name, place, bytes };
    });
}
