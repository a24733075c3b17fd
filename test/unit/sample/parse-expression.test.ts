import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ArgumentError } from '../../../src/keyword/words.ts';
import { parseExpression } from '../../../src/sample/parse-expression.ts';
import {
  evaluate,
  expressionOf,
  REQUEST_RULE,
  samples,
  testSite,
  wordsOf,
} from '../../support/sample-site.ts';
import { createStream } from '../../support/stream-view.ts';

function errorOf(text: string, site = testSite()): ArgumentError {
  try {
    expressionOf(text, site);
  } catch (error) {
    if (error instanceof ArgumentError) return error;
    throw error;
  }
  assert.fail(`'${text}' was accepted`);
}

describe('parseExpression', () => {
  it('keeps names, arguments and the text as written', () => {
    const model = expressionOf('hdr(Host,-1),lower,field(2,.)');
    assert.deepEqual(model.fetch, { name: 'hdr', args: { name: 'host', occ: -1 } });
    assert.deepEqual(model.converters, [
      { name: 'lower', args: {} },
      { name: 'field', args: { index: 2, delimiters: '.', count: 1 } },
    ]);
    assert.equal(model.text, 'hdr(Host,-1),lower,field(2,.)');
  });

  it('resolves aliases to the declared name', () => {
    assert.equal(expressionOf('urlp(a)').fetch.name, 'url_param');
  });

  it('survives structured clone', () => {
    const model = expressionOf('int(9223372036854775807),add(1)');
    assert.deepEqual(structuredClone(model), model);
  });

  it('takes converters that stand as words of their own, and leaves other words', () => {
    const words = wordsOf('src ipmask(24) lower,length if x');
    const model = parseExpression(words, testSite(), samples);
    assert.deepEqual(
      model.converters.map((call) => call.name),
      ['ipmask', 'lower', 'length'],
    );
    assert.equal(model.text, 'src,ipmask(24),lower,length');
    assert.equal(words.peek(), 'if');
  });

  it('skips empty places between commas', () => {
    assert.equal(evaluate('str(A),,lower,', createStream()), 'a');
  });

  for (const [text, value] of [
    ['str("a,b")', 'a,b'],
    ["str('a)b')", 'a)b'],
    ["str('a\\nb')", 'a\\nb'],
    ['str("a\\nb")', 'a\nb'],
    ['str("a\\"b")', 'a"b'],
    ['str(a\\\\b)', 'a\\b'],
    ['str(a\\ b)', 'a b'],
    ['str(a\\x41)', 'a\\x41'],
    ['str(a"b,"c)', 'ab,c'],
    ['str( a )', ' a '],
    ['str(\\)', '\\'],
    ['str()', ''],
  ] as const) {
    it(`reads ${text} as ${JSON.stringify(value)}`, () => {
      assert.equal(evaluate(text, createStream()), value);
    });
  }

  for (const [text, message, column] of [
    ['', /missing fetch method/, 1],
    [',lower', /unknown sample fetch 'lower'/, 2],
    ['(a)', /missing fetch method/, 1],
    ['hdr(host', /missing '\)' behind the arguments of 'hdr'/, 9],
    ['str("a)', /missing closing " in the arguments of 'str'/, 8],
    ['hdr(host)x', /missing comma behind 'hdr\(host\)'/, 10],
    ['hdr)', /unexpected '\)' behind 'hdr'/, 4],
    ['str(a,b)', /too many arguments: 'b' in 'str'/, 7],
    ['path( )', /too many arguments: ' ' in 'path'/, 6],
    ['hdr(host,x)', /'x' is not an integer for <occ> in 'hdr'/, 10],
    ['hdr(host,-11)', /-11 is out of range/, 10],
    ['str(a),field(1)', /missing <delimiters> in 'field'/, 15],
    ['str(a),field(0,/)', /'0' is not a place/, 14],
    ['path,nope', /unknown converter 'nope'/, 6],
    ['ipv6(::1),add(1)', /converter 'add' cannot be applied to an IPv6 address/, 11],
    ['bool(1),ipmask(24)', /converter 'ipmask' cannot be applied to a boolean/, 9],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} with a message and its place`, () => {
      const error = errorOf(text);
      assert.match(error.message, message);
      assert.equal(error.at.column, column);
    });
  }

  it('suggests the nearest name', () => {
    assert.equal(errorOf('paht').remedy, "did you mean 'path'?");
    assert.equal(errorOf('path,lowr').remedy, "did you mean 'lower'?");
  });

  it('says of a name that HAProxy has that it is not supported yet', () => {
    const registry = {
      ...samples,
      isUnsupported: (_family: string, name: string) => name === 'ssl_fc_cipher',
    };
    assert.throws(
      () => parseExpression(wordsOf('ssl_fc_cipher'), testSite(), registry),
      /sample fetch 'ssl_fc_cipher' is not supported yet/,
    );
  });
});

describe('validity of a fetch', () => {
  const requestRule = testSite({ provides: REQUEST_RULE });

  it('refuses a response fetch in a request rule and says where it is valid', () => {
    const error = errorOf('status', requestRule);
    assert.equal(error.message, "sample fetch 'status' is not valid in this http-request rule");
    assert.match(error.reason ?? '', /it needs the response's head: valid in http-response/);
  });

  it('accepts hdr on both sides and req.hdr on one', () => {
    const responseRule = testSite({ provides: ['client-connection', 'stream', 'response-head'] });
    assert.doesNotThrow(() => expressionOf('hdr(a)', responseRule));
    assert.doesNotThrow(() => expressionOf('hdr(a)', requestRule));
    assert.throws(() => expressionOf('req.hdr(a)', responseRule), ArgumentError);
  });

  it('accepts constants where nothing is there', () => {
    assert.doesNotThrow(() => expressionOf('str(a)', testSite({ provides: [] })));
  });
});

describe('hdr', () => {
  it('reads the response once there is one', () => {
    const request = 'GET / HTTP/1.1\r\nx: request\r\n\r\n';
    assert.equal(evaluate('hdr(x)', createStream({ request })), 'request');
    assert.equal(
      evaluate('hdr(x)', createStream({ request, response: 'HTTP/1.1 200 OK\r\nx: response\r\n\r\n' })),
      'response',
    );
  });

  it('sees what rules added and removed', () => {
    const stream = createStream({ request: 'GET / HTTP/1.1\r\nx: a, b\r\ny: 1\r\n\r\n' });
    stream.request!.add('x', 'c');
    assert.equal(evaluate('req.hdr(x)', stream), 'c');
    assert.equal(evaluate('req.hdr_cnt(x)', stream), '3');
    assert.equal(evaluate('req.hdr_names', stream), 'x,y,x');
    stream.request!.remove(0, 'x');
    assert.equal(evaluate('req.hdr(x)', stream), null);
    assert.equal(evaluate('req.fhdr_cnt', stream), '1');
  });
});

describe('fetches on a stream without what they need', () => {
  for (const text of [
    'path',
    'hdr(a)',
    'req.cook(a)',
    'url_param(a)',
    'base',
    'method',
    'status',
    'res.hdr(a)',
    'req.hdr_cnt(a)',
    'req.hdr_names',
    'req.ver',
    'query',
  ]) {
    it(`${text} has no sample`, () => {
      assert.equal(evaluate(text, createStream()), null);
    });
  }

  it('src and src_port have none on a unix socket', () => {
    const stream = createStream({ source: { ip: null, text: 'unix', port: 0 } });
    assert.equal(evaluate('src', stream), null);
    assert.equal(evaluate('src_port', stream), null);
  });
});
