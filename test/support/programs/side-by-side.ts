/** Registers tests that play cases through HAProxy and Fairlead and compare all that was seen of them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Arena, type ArenaOptions } from './arena.ts';
import type { Case } from './exchanges.ts';

/** To be called within a `describe` that is skipped without HAProxy. */
export function playSideBySide(options: ArenaOptions, cases: readonly Case[]): void {
  let haproxy: Arena;
  let fairlead: Arena;
  before(async () => {
    [haproxy, fairlead] = await Promise.all([
      Arena.start('haproxy', options),
      Arena.start('fairlead', options),
    ]);
  });
  after(async () => {
    await Promise.all([haproxy.stop(), fairlead.stop()]);
  });
  for (const { name, play, lines, differsBecause } of cases) {
    test(differsBecause === undefined ? name : `${name} (Fairlead differs: ${differsBecause})`, async () => {
      const [expected, actual] = await Promise.all([haproxy.play(play, lines), fairlead.play(play, lines)]);
      if (differsBecause === undefined) assert.deepEqual(actual, expected);
      else assert.notDeepEqual(actual, expected);
      assert.ok(
        !expected.clients.some((text) => text.endsWith('<stalled>')),
        'HAProxy left a client waiting',
      );
      assert.equal(
        expected.log.length,
        lines,
        `HAProxy logged otherwise than this test says:\n${expected.log.join('')}`,
      );
    });
  }
}
