/**
 * First-come-first-served lists over a typed array: who waits for which server, and who of two has waited longer.
 *
 * Nodes and lists are places in memory that the caller lays out, shared between threads or not; whoever calls holds
 * the lock that guards them. A node is in one list at most.
 *
 * ```
 *   list:  head ─▶ node ─▶ node ─▶ node ◀─ tail        length, longest
 *                   1  ◀──  4  ◀──  7                  sequence numbers only grow
 * ```
 */

/** Where the fields of nodes and lists stand, as words relative to the node's or list's first. */
export interface WaitingLayout {
  readonly node: { readonly next: number; readonly previous: number; readonly sequence: number };
  readonly list: {
    readonly head: number;
    readonly tail: number;
    readonly length: number;
    readonly longest: number;
  };
}

/** Nodes and lists are given as the index of their first word; 0 is no node, so no node may stand at word 0. */
export class WaitingLists {
  readonly #words: Int32Array;
  readonly #next: number;
  readonly #previous: number;
  readonly #sequence: number;
  readonly #head: number;
  readonly #tail: number;
  readonly #length: number;
  readonly #longest: number;

  constructor(words: Int32Array, layout: WaitingLayout) {
    this.#words = words;
    this.#next = layout.node.next;
    this.#previous = layout.node.previous;
    this.#sequence = layout.node.sequence;
    this.#head = layout.list.head;
    this.#tail = layout.list.tail;
    this.#length = layout.list.length;
    this.#longest = layout.list.longest;
  }

  /** The node that has waited longest, or 0. */
  first(list: number): number {
    return this.#words[list + this.#head]!;
  }

  length(list: number): number {
    return this.#words[list + this.#length]!;
  }

  /** Puts a node at the end. `sequence` is the next number of a counter that all lists to be compared share. */
  append(list: number, node: number, sequence: number): void {
    const words = this.#words;
    const last = words[list + this.#tail]!;
    words[node + this.#sequence] = sequence;
    words[node + this.#next] = 0;
    words[node + this.#previous] = last;
    words[list + this.#tail] = node;
    if (last === 0) words[list + this.#head] = node;
    else words[last + this.#next] = node;
    const length = words[list + this.#length]! + 1;
    words[list + this.#length] = length;
    if (length > words[list + this.#longest]!) words[list + this.#longest] = length;
  }

  /** Takes a node out, wherever it stands. It must be in this list. */
  remove(list: number, node: number): void {
    const words = this.#words;
    const next = words[node + this.#next]!;
    const previous = words[node + this.#previous]!;
    if (previous === 0) words[list + this.#head] = next;
    else words[previous + this.#next] = next;
    if (next === 0) words[list + this.#tail] = previous;
    else words[next + this.#previous] = previous;
    words[node + this.#next] = 0;
    words[node + this.#previous] = 0;
    words[list + this.#length]! -= 1;
  }

  clear(list: number): void {
    this.#words[list + this.#head] = 0;
    this.#words[list + this.#tail] = 0;
    this.#words[list + this.#length] = 0;
  }

  /** Of two nodes, either may be 0, the one that has waited longer. */
  earlier(one: number, other: number): number {
    if (one === 0) return other;
    if (other === 0) return one;
    return isBefore(this.#words[one + this.#sequence]!, this.#words[other + this.#sequence]!) ? one : other;
  }
}

/** Compares sequence numbers of 32 bits that wrap around: right while they are less than 2^31 apart. */
export function isBefore(one: number, other: number): boolean {
  return ((one - other) | 0) < 0;
}
