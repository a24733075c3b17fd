/** Registers tests that play cases through HAProxy and Fairlead and compare all that was seen of them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Arena, type ArenaOptions } from './arena.ts';
import type { Case } from './exchanges.ts';

/** The runtime API of both programs, in a `global` section of its own. */
const CLI = 'side_by_side_cli';

/** What a connection to the runtime API counts for itself. */
const OWN_CONNECTIONS = { haproxy: 1, fairlead: 0 } as const;

export interface Site extends ArenaOptions {
  /** Logs tell how many requests the program has had (`%rt`): nothing is asked of it but what cases ask. */
  readonly tellsRequests?: boolean;
}

/** To be called within a `describe` that is skipped without HAProxy. */
export function playSideBySide(site: Site, cases: readonly Case[]): void {
  const isAsked = site.tellsRequests !== true;
  const options = isAsked ? withRuntimeApi(site) : site;
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
      if (isAsked) await Promise.all([undisturbed(haproxy), undisturbed(fairlead)]);
      const [expected, actual] = await Promise.all([haproxy.play(play, lines), fairlead.play(play, lines)]);
      if (differsBecause === undefined) assert.deepEqual(comparable(actual), comparable(expected));
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

/**
 * Of `actconn/feconn/…` in a log line the first, and the second while it is small, depend on when a connection that the
 * client has ended is gone. Tests of the counters themselves compare them (counters, logs).
 */
function comparable<T extends { readonly log: readonly string[] }>(outcome: T): T {
  const log = outcome.log.map((line) =>
    line
      .replace(/ \d+(\/\d+\/\d+\/\d+\/\+?\d+ \d+\/\d+ )/, ' C$1')
      .replace(/ C\/[12](\/\d+\/\d+\/\+?\d+ \d+\/\d+ )/, ' C/C$1'),
  );
  return { ...outcome, log };
}

function withRuntimeApi(site: Site): Site {
  return {
    ...site,
    listeners: [...site.listeners, CLI],
    config: (ports) => `global\n  stats socket "fd@\${${CLI}}"\n${site.config(ports)}`,
  };
}

/**
 * Resolves when the connections of the case before are gone from the program's counts, which logs tell: a program that
 * has closed its side first keeps a connection until it has read the end of the client's.
 */
async function undisturbed(arena: Arena): Promise<void> {
  for (;;) {
    const client = arena.connect(CLI);
    client.send('show info\n');
    await client.closed();
    client.finish();
    const connections = /^CurrConns: (\d+)$/m.exec(client.received)?.[1];
    if (connections === undefined)
      throw new Error(`${arena.subject} tells no connections:\n${client.received}`);
    if (Number(connections) <= OWN_CONNECTIONS[arena.subject]) return;
  }
}
