/** The argument of `-S`: an address, and options of bind lines with commas between them. */
import type { BindSettings } from '../../config/model/model.ts';
import type { Level } from '../../src/command/session.ts';
import { nearest } from '../../src/keyword/nearest.ts';
import { parseSomeArgs } from '../../src/keyword/parse-args.ts';
import type { ParseSite } from '../../src/keyword/site.ts';
import { ArgumentError, Words } from '../../src/keyword/words.ts';
import { type Address, BIND_ADDRESS, parseAddress } from '../../src/net/address.ts';
import { bindOptions } from '../../src/settings/bind-options.ts';
import { UsageError } from '../option-table.ts';

export interface CliAddress {
  readonly address: Address;
  readonly options: BindSettings;
  readonly level: Level;
}

const PLACE = { file: '-S', line: 1, column: 1 };

/** Options of sockets take words and numbers only. */
function refuse(): never {
  throw new ArgumentError(PLACE, 'expressions are not available here');
}

const SITE: ParseSite = {
  basePath: '',
  provides: [],
  placeName: '-S',
  parseExpression: refuse,
  parseLogFormat: refuse,
  parseCondition: refuse,
  parseRule: refuse,
  parseOptions: refuse,
  parseCall: refuse,
  parseAcl: refuse,
  readFile: refuse,
  refer: () => {},
  warn: () => {},
};

/** Parses `/run/master.sock,level,user,mode,600`. Throws UsageError. */
export function parseCliAddress(text: string): CliAddress {
  const [first, ...rest] = text.split(',');
  const address = parseAddress(first!, BIND_ADDRESS);
  if (typeof address === 'string') throw new UsageError(`${address}, for -S`);
  const words = new Words(
    rest.map((word) => ({ text: word, at: PLACE })),
    PLACE,
  );
  const options: { [key: string]: unknown } = {};
  try {
    while (!words.isEmpty) readOption(words, options);
  } catch (error) {
    if (error instanceof ArgumentError) throw new UsageError(`${error.message}, for -S`);
    throw error;
  }
  const settings = options as BindSettings;
  // HAProxy gives the master CLI all rights unless a level is set.
  return { address, options: settings, level: settings.level ?? 'admin' };
}

function readOption(words: Words, options: { [key: string]: unknown }): void {
  const { text: name } = words.take('<option>');
  const option = bindOptions.find((candidate) => candidate.name === name);
  if (option === undefined) {
    const close = nearest(
      name,
      bindOptions.map((candidate) => candidate.name),
    );
    throw new UsageError(
      `'${name}' is not an option of sockets${close === undefined ? '' : `; did you mean '${close}'?`}, for -S`,
    );
  }
  const values = parseSomeArgs(option.args, words, SITE);
  options[option.key] = option.value(values as never, SITE);
}
