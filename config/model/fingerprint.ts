/** A text by which parts of two models are compared: equal texts mean equal configuration. */

/**
 * Everything in the value but the places in files that it was read from (`at`). Bytes are written as base64; the order
 * of keys counts, since it follows from the declarations.
 */
export function fingerprintOf(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === 'at') return undefined;
    if (part instanceof Uint8Array) return { bytes: Buffer.from(part).toString('base64') };
    if (part instanceof Map) return { map: [...part] };
    if (part instanceof Set) return { set: [...part] };
    if (typeof part === 'bigint') return { bigint: String(part) };
    return part;
  });
}
