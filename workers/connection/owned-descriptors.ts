/**
 * The descriptors that a thread has opened by system calls of its own. Node closes what it knows when a thread dies;
 * these are closed by the main thread, which reads them out of shared memory: a bit each, set behind opening and
 * cleared before closing.
 */

/** Descriptors up to this number are noted; those above, which few systems permit, end with the process. */
const DESCRIPTORS_MOST = 1 << 20;

/** Memory for one thread's bits; pages that are not used take none. */
export function createDescriptorBits(): SharedArrayBuffer {
  return new SharedArrayBuffer(DESCRIPTORS_MOST / 8);
}

let bits: Int32Array = new Int32Array(0);

/** Notes this thread's descriptors there from now on. */
export function noteDescriptorsIn(memory: SharedArrayBuffer): void {
  bits = new Int32Array(memory);
}

export function noteOpened(fd: number): void {
  const word = fd >> 5;
  if (word < bits.length) bits[word]! |= 1 << (fd & 31);
}

export function noteClosed(fd: number): void {
  const word = fd >> 5;
  if (word < bits.length) bits[word]! &= ~(1 << (fd & 31));
}

/** Calls back with each descriptor that a dead thread has left, and forgets them. */
export function takeLeftDescriptors(memory: SharedArrayBuffer, take: (fd: number) => void): void {
  const left = new Int32Array(memory);
  for (let word = 0; word < left.length; word++) {
    for (let set = left[word]!; set !== 0; set &= set - 1) take(word * 32 + 31 - Math.clz32(set & -set));
    left[word] = 0;
  }
}
