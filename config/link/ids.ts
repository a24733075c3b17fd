/** Numbers for proxies, listeners and servers, as HAProxy gives them. */

/**
 * The id of each item: its own where one is written, else the next number that no item has. Items with an id of
 * their own move the counting on as well, which is why numbers are skipped.
 */
export function assignIds(explicit: readonly (number | undefined)[], first = 1): number[] {
  const used = new Set(explicit);
  let next = first;
  return explicit.map((own) => {
    if (own === undefined) while (used.has(next)) next++;
    const id = own ?? next;
    used.add(id);
    next++;
    return id;
  });
}
