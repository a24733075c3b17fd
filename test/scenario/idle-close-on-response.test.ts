/** `option idle-close-on-response`: a soft stop leaves idle client connections to their next response. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { request } from '../support/programs/exchanges.ts';
import { Program } from '../support/programs/program.ts';
import { RawClient } from '../support/programs/raw-client.ts';
import { namedOrigin, TIMEOUTS } from '../support/programs/simple-site.ts';

test('an idle connection outlives a soft stop with idle-close-on-response, and one without it does not', async (t) => {
  const origin = await namedOrigin('o');
  t.after(() => origin.stop());
  const program = Program.start('fairlead', {
    listeners: ['closing', 'keeping'],
    config: `defaults
  mode http
${TIMEOUTS}frontend closing
  bind "fd@\${closing}"
  default_backend app
frontend keeping
  bind "fd@\${keeping}"
  option idle-close-on-response
  default_backend app
backend app
  server o 127.0.0.1:${origin.port}
`,
  });
  t.after(() => program.stop());
  const keeping = new RawClient(program.port('keeping'));
  const closing = net.connect(program.port('closing'), '127.0.0.1');
  keeping.send(request('GET /'));
  await keeping.responses(1);
  closing.write(request('GET /'));
  await once(closing, 'data');
  const closed = once(closing, 'end');
  program.signal('SIGUSR1');
  await closed;
  assert.equal(keeping.outcome, 'open');
  keeping.send(request('GET /again'));
  await keeping.closed();
  assert.match(keeping.received, /\r\nconnection: close\r\n\r\no$/);
  const { code } = await program.ended;
  assert.equal(code, 0);
});
