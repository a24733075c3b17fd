/**
 * A list of things that come and go all the time, each of which knows its own place. A Set would do the same, but V8's
 * leaves a chain of outgrown tables behind when entries come and go in turn, and each keeps alive what was in it until a
 * full collection: closed sessions then survive every collection of the young.
 */

/** An element; `place` belongs to the list and is -1 outside of one. */
export interface Placed {
  place: number;
}

export class PlacedList<T extends Placed> {
  #elements: T[] = [];

  get size(): number {
    return this.#elements.length;
  }

  add(element: T): void {
    element.place = this.#elements.length;
    this.#elements.push(element);
  }

  /** False when it is not in the list. The last element takes its place. */
  delete(element: T): boolean {
    const { place } = element;
    if (place < 0 || this.#elements[place] !== element) return false;
    element.place = -1;
    const last = this.#elements.pop()!;
    if (last === element) return true;
    this.#elements[place] = last;
    last.place = place;
    return true;
  }

  /** As they are now, for who ends some of them meanwhile. */
  snapshot(): T[] {
    return this.#elements.slice();
  }

  /** All of them, which are in no list from now on. */
  takeAll(): T[] {
    const taken = this.#elements;
    this.#elements = [];
    for (const element of taken) element.place = -1;
    return taken;
  }
}
