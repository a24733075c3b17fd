/** Address arguments of bind, server, log and socket lines (manual section 2.9). */
import { type Arg, arg } from '../keyword/arg.ts';
import { ArgumentError, type Word } from '../keyword/words.ts';
import {
  type Address,
  type AddressRules,
  BIND_ADDRESS,
  LOG_ADDRESS,
  parseAddress,
  SERVER_ADDRESS,
  splitAddresses,
} from '../net/address.ts';

/** `bind` and `stats socket`: one or more addresses with commas between them. */
export function bindAddressesArg(): Arg<readonly Address[]> {
  return arg.custom({
    what: 'address',
    good: [':8080', '127.0.0.1:8000-8002,[::1]:9000', '/run/app.sock', 'fd@5', 'abns@name'],
    bad: ['127.0.0.1', ':99999', ':8010-8009', '300.1.1.1:80', ''],
    read: (word, _site, name) =>
      splitAddresses(word.text).map((text) => readAddress(text, BIND_ADDRESS, word, name)),
  });
}

/** `server`: one address or name; without a port, the port the client connected to. */
export function serverAddressArg(): Arg<Address> {
  return arg.custom({
    what: 'address',
    good: ['10.0.0.1:80', 'app.example.com:8080', '10.0.0.1', '10.0.0.1:+100', '/run/app.sock', '[::1]:80'],
    bad: ['10.0.0.1:80-90', '10.0.0.1:99999', '10.0.0.1,10.0.0.2:80', ''],
    read: (word, _site, name) => readAddress(word.text, SERVER_ADDRESS, word, name),
  });
}

const STANDARD_STREAMS: ReadonlyMap<string, string> = new Map([
  ['stdout', 'fd@1'],
  ['stderr', 'fd@2'],
]);

/** `log`: an address with the syslog port by default, a socket path, `stdout`, `stderr` or `fd@<number>`. */
export function logAddressArg(): Arg<Address> {
  return arg.custom({
    what: 'target',
    good: ['127.0.0.1', '127.0.0.1:10514', '/dev/log', 'stdout', 'stderr', 'fd@1', 'localhost'],
    bad: ['127.0.0.1:500-600', 'relative/path', 'ring@buffer', 'backend@logs', 'tcp@127.0.0.1:80', ''],
    read(word, _site, name) {
      refuseOtherTargets(word);
      return {
        ...readAddress(STANDARD_STREAMS.get(word.text) ?? word.text, LOG_ADDRESS, word, name),
        text: word.text,
      };
    },
  });
}

/** Log targets of HAProxy that Fairlead does not have: they are valid, so the error says that. */
function refuseOtherTargets(word: Word): void {
  const prefix = /^(ring|backend|tcp|tcp4|tcp6)@/.exec(word.text)?.[0];
  if (prefix === undefined) return;
  throw new ArgumentError(
    word.at,
    `log target '${word.text}': ${prefix} is something Fairlead does not support yet`,
    {
      remedy: 'send to a UDP address, a socket path, stdout, stderr or fd@<number>',
    },
  );
}

function readAddress(text: string, rules: AddressRules, word: Word, name: string): Address {
  const address = parseAddress(text, rules);
  if (typeof address === 'string') throw new ArgumentError(word.at, `${address}, for <${name}>`);
  if (address.protocol === null || address.protocol === 'tcp' || address.protocol === 'udp') return address;
  throw new ArgumentError(
    word.at,
    `${address.protocol} in '${text}' is something Fairlead does not support yet`,
  );
}
