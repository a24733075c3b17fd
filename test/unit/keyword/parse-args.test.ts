import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arg } from '../../../src/keyword/arg.ts';
import { parseArgs, parseCallArgs, parseSomeArgs } from '../../../src/keyword/parse-args.ts';
import { ArgumentError, type Words } from '../../../src/keyword/words.ts';
import { testSite, wordsOf } from '../../support/sample-site.ts';

const site = testSite();

function errorOf(run: () => unknown): ArgumentError {
  try {
    run();
  } catch (error) {
    if (error instanceof ArgumentError) return error;
    throw error;
  }
  assert.fail('it was accepted');
}

/** Words of a text cut at commas, empty ones included: as arguments in parentheses come. */
function callWords(text: string): Words {
  const at = { file: 'test.cfg', line: 1, column: 1 };
  return new (wordsOf('').constructor as typeof Words)(
    text.split(',').map((part) => ({ text: part, at })),
    at,
  );
}

describe('parseArgs', () => {
  it('reads positional arguments in order', () => {
    const args = { name: arg.word(), weight: arg.int() };
    assert.deepEqual(parseArgs(args, wordsOf('a 5'), site), { name: 'a', weight: 5 });
  });

  it('names a missing argument, and points behind the last word', () => {
    const error = errorOf(() => parseArgs({ name: arg.word(), weight: arg.int() }, wordsOf('abc'), site));
    assert.equal(error.message, 'missing <weight>');
    assert.equal(error.at.column, 4);
  });

  it('leaves an optional argument out where the words end, with its fallback', () => {
    const args = { name: arg.word(), weight: arg.optional(arg.int(), 7), label: arg.optional(arg.word()) };
    assert.deepEqual(parseArgs(args, wordsOf('a'), site), { name: 'a', weight: 7, label: undefined });
  });

  it('leaves an optional argument out where a condition begins, if the keyword takes one', () => {
    const args = { name: arg.optional(arg.word()), condition: arg.condition() };
    const values = parseArgs(args, wordsOf('if TRUE'), site);
    assert.equal(values['name'], undefined);
    assert.equal((values['condition'] as { text: string }).text, 'if TRUE');
    assert.deepEqual(parseArgs({ name: arg.optional(arg.word()) }, wordsOf('if'), site), { name: 'if' });
  });

  it('leaves an optional argument out where a named one begins', () => {
    const args = { path: arg.optional(arg.word()), status: arg.named(arg.int()) };
    assert.deepEqual(parseArgs(args, wordsOf('status 404'), site), { path: undefined, status: 404 });
  });

  it('reads named and flag arguments in any order, by their words', () => {
    const args = {
      status: arg.named(arg.int()),
      isLazy: arg.flag('lazy'),
      kind: arg.named(arg.word(), 'content-type'),
    };
    const expected = { status: 404, isLazy: true, kind: 'text/plain' };
    assert.deepEqual(parseArgs(args, wordsOf('status 404 lazy content-type text/plain'), site), expected);
    assert.deepEqual(parseArgs(args, wordsOf('content-type text/plain lazy status 404'), site), expected);
    assert.deepEqual(parseArgs(args, wordsOf(''), site), {
      status: undefined,
      isLazy: false,
      kind: undefined,
    });
  });

  it('lets the last of a repeated named argument win', () => {
    assert.deepEqual(parseArgs({ status: arg.named(arg.int()) }, wordsOf('status 1 status 2'), site), {
      status: 2,
    });
  });

  it('collects arguments that may stand several times', () => {
    const args = {
      hdr: arg.repeated(arg.named(arg.group({ name: arg.word(), value: arg.word() }))),
      status: arg.named(arg.int()),
    };
    assert.deepEqual(parseArgs(args, wordsOf('hdr a 1 status 200 hdr b 2'), site), {
      hdr: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ],
      status: 200,
    });
    assert.deepEqual(parseArgs(args, wordsOf(''), site), { hdr: [], status: undefined });
  });

  it('takes the rest last, and demands it unless it is optional', () => {
    const args = { name: arg.word(), words: arg.rest() };
    assert.deepEqual(parseArgs(args, wordsOf('a b c'), site), { name: 'a', words: ['b', 'c'] });
    assert.equal(errorOf(() => parseArgs(args, wordsOf('a'), site)).message, 'missing <words>');
  });

  it('names an unexpected word with the nearest that is allowed', () => {
    const args = { status: arg.named(arg.int()), lazy: arg.flag(), condition: arg.condition() };
    const error = errorOf(() => parseArgs(args, wordsOf('status 404 lasy'), site));
    assert.equal(error.message, "cannot handle unexpected argument 'lasy'");
    assert.equal(error.at.column, 12);
    assert.match(error.remedy ?? '', /did you mean 'lazy'\?.*status, lazy, if, unless/);
  });

  it('says so when a keyword takes no argument', () => {
    assert.match(errorOf(() => parseArgs({}, wordsOf('x'), site)).remedy ?? '', /takes no argument/);
  });
});

describe('parseSomeArgs', () => {
  it('leaves the words of others', () => {
    const words = wordsOf('100 check inter 2s');
    assert.deepEqual(parseSomeArgs({ weight: arg.int() }, words, site), { weight: 100 });
    assert.equal(words.peek(), 'check');
  });
});

describe('parseCallArgs', () => {
  const args = { name: arg.word(), occ: arg.optional(arg.int(), 0), flag: arg.optional(arg.word()) };

  it('takes an empty optional argument for absent', () => {
    assert.deepEqual(parseCallArgs(args, callWords('a,,i'), site), { name: 'a', occ: 0, flag: 'i' });
  });

  it('refuses more arguments than there are', () => {
    assert.match(
      errorOf(() => parseCallArgs(args, callWords('a,1,i,x'), site)).message,
      /too many arguments: 'x'/,
    );
    assert.match(errorOf(() => parseCallArgs({}, callWords('a'), site)).remedy ?? '', /takes none/);
  });
});
