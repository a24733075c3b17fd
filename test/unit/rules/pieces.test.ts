/** The pieces that actions are made of: replacements, lists, the host beside the target, arguments that exclude each other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findAction } from '../../../src/catalog.ts';
import { ArgumentError } from '../../../src/keyword/words.ts';
import { delimitedParts } from '../../../src/rules/comma-list.ts';
import { Verdict } from '../../../src/rules/declare.ts';
import { hostChanged, targetChanged } from '../../../src/rules/host-field.ts';
import { expand } from '../../../src/rules/replacement.ts';
import { compiler, parseRule, run, sent, sentReply } from '../../support/rules.ts';
import { requestHead } from '../../support/stream-view.ts';

describe('references in a replacement', () => {
  const groups = ['whole', 'one', undefined, ...Array.from({ length: 6 }, () => ''), 'nine', 'ten'];
  for (const [text, expected] of [
    ['plain', 'plain'],
    ['<\\1>', '<one>'],
    ['\\0\\9', 'wholenine'],
    ['\\2|', '|'],
    ['\\10', 'one0'],
    ['a\\\\1', 'a\\1'],
    ['\\x', 'x'],
    ['end\\', 'end\\'],
    ['', ''],
  ] as const) {
    it(`${text} becomes ${expected}`, () => assert.equal(expand(text, groups), expected));
  }
});

describe('a comma-separated list', () => {
  const upper = (value: string) => (/^[a-z]/.test(value) ? value.toUpperCase() : undefined);
  for (const [line, expected] of [
    ['a', 'A'],
    ['a, b ,c', 'A,B,C'],
    ['1, b ,, 3 ', '1,B,, 3 '],
    ['"x,y",z', '"x,y",Z'],
    ['"\\",a",b', '"\\",a",B'],
    ['1, 2', undefined],
    ['', undefined],
    [',', undefined],
  ] as const) {
    it(`${JSON.stringify(line)} becomes ${JSON.stringify(expected)}`, () =>
      assert.equal(delimitedParts(line, upper), expected));
  }
});

describe('host and target', () => {
  const head = (target: string, host = 'a') =>
    requestHead(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nX-A: 1\r\n\r\n`);

  it('of origin form do not depend on each other', () => {
    const request = head('/a?http://b/c');
    request.set(1, 'host', 'c');
    hostChanged(request);
    assert.equal(sent(request), 'GET /a?http://b/c HTTP/1.1\r\nx-a: 1\r\nhost: c');
    targetChanged(request);
    assert.match(sent(request), /host: c$/);
  });

  it('of absolute form go together, whichever changes', () => {
    const request = head('http://a/b?q');
    request.set(1, 'host', 'c:81');
    hostChanged(request);
    assert.equal(request.target(), 'http://c:81/b?q');
    request.replacedTarget = 'https://d/e';
    targetChanged(request);
    assert.deepEqual(request.values(1, 'host'), ['d']);
  });

  it('keep the place of Host when the target brings a new one, and add it when there is none', () => {
    const request = head('/x');
    request.replacedTarget = 'http://b/';
    targetChanged(request);
    assert.equal(sent(request), 'GET http://b/ HTTP/1.1\r\nhost: b\r\nx-a: 1');
    request.remove(1, 'host');
    targetChanged(request);
    assert.equal(sent(request), 'GET http://b/ HTTP/1.1\r\nx-a: 1\r\nhost: b');
  });
});

const FILES = {
  '/body': 'text',
  '/empty': '',
  '/format': '%[path] é\n',
  '/page': 'HTTP/1.1 404 Nope\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nbody',
  '/old': 'HTTP/1.0 503 Sorry\r\n\r\nold',
  '/wrong': 'no response',
  '/huge': 'x'.repeat(16 * 1024),
  '/badformat': '%nosuchalias',
};

describe('rules whose arguments do not go together are refused:', () => {
  for (const [ruleSet, text, problem] of [
    ['http-request', 'return content-type a/b string a file /body', /'file' and 'string' exclude each other/],
    ['http-request', 'return default-errorfiles lf-string a content-type a/b', /exclude each other/],
    ['http-request', 'return string a', /a body needs 'content-type'/],
    ['http-request', 'return lf-string a', /a body needs 'content-type'/],
    ['http-request', 'return file /body', /a body needs 'content-type'/],
    ['http-request', 'return lf-file /format', /a body needs 'content-type'/],
    ['http-request', 'return status 204 content-type a/b string a', /status 204 has no body/],
    ['http-request', 'return status 304 content-type a/b string a', /status 304 has no body/],
    ['http-request', 'return status 418 default-errorfiles', /418 has no error page.*403/],
    ['http-request', 'return errorfile /wrong', /'\/wrong' is not a complete HTTP response/],
    ['http-request', 'return content-type a/b file /huge', /larger than/],
    ['http-request', 'return content-type a/b file /none', /cannot read '\/none'/],
    ['http-request', 'return content-type a/b lf-file /badformat', /%nosuchalias/],
    ['http-request', 'return errorfiles mine', /not supported yet/],
    ['http-request', 'return status 199', /199 is out of range for <status>/],
    ['http-request', 'return string', /missing <string>/],
    ['http-request', 'return hdr X-A', /missing <value>/],
    ['http-request', 'return hdr "a b" c', /<name> 'a b'/],
    ['http-request', 'deny deny_status 418', /418 has no error page/],
    ['http-request', 'deny deny_status 600', /600 is out of range for <denyStatus>/],
    ['http-request', 'redirect code 301', /one of 'location', 'prefix' and 'scheme'/],
    ['http-request', 'redirect location a prefix b', /one of 'location', 'prefix' and 'scheme'/],
    ['http-response', 'redirect prefix b', /only be redirected by 'location'/],
    ['http-request', 'redirect location a set-cookie b clear-cookie c', /exclude each other/],
    ['http-request', 'redirect location a code 304', /'304' is not a redirection status for <code>/],
    ['http-request', 'redirect location', /missing <location>/],
    ['http-request', 'redirect location ""', /<location> is empty/],
    ['http-request', 'set-header Content-Length 5', /'content-length' says where the message ends/],
    ['http-response', 'add-header transfer-encoding x', /'transfer-encoding' says where/],
    ['http-request', 'replace-header content-length . 5', /'content-length' says where/],
    ['http-request', 'set-header X-A "a\nb"', /<fmt> has a control character/],
    ['http-request', 'del-header ( -m reg', /'\(' for <name> is refused/],
    ['http-request', 'del-header a -m foo', /'foo' is not a value of <method>/],
    ['http-request', 'replace-path ( x', /'\(' for <regex> is refused/],
    ['http-request', 'replace-path x', /missing <fmt>/],
    ['http-response', 'set-status 100', /100 is out of range for <status>/],
    ['http-response', 'set-status 503 reason', /missing <reason>/],
    ['http-request', 'set-log-level loud', /'loud' is not a value of <level>/],
    ['http-request', 'set-status 200', /unknown action|not support/],
    ['http-after-response', 'return', /unknown action|not support/],
  ] as const) {
    it(`${ruleSet} ${text.replace('\n', '\\n')}`, () => {
      assert.throws(
        () => parseRule(ruleSet, text, FILES),
        (error) => error instanceof ArgumentError && problem.test(error.message),
      );
    });
  }
});

describe('rules with arguments without effect are accepted with a warning:', () => {
  for (const [text, problem] of [
    ['return content-type a/b', /there is no body/],
    ['return content-type a/b file /empty', /there is no body/],
    ['return errorfile /page hdr X-A 1', /'hdr' has no effect/],
    ['return default-errorfiles content-type a/b', /error file has its own/],
    ['return hdr Content-Length 5', /'content-length' has no effect/],
  ] as const) {
    it(text, () => {
      const { warnings } = parseRule('http-request', text, FILES);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, problem);
    });
  }
});

describe('answers made here', () => {
  const request = 'GET /a?b HTTP/1.1\r\nHost: x\r\nCookie: c=1\r\n\r\n';
  const answer = (text: string, ruleSet: 'http-request' | 'http-response' = 'http-request') =>
    run(ruleSet, text, { request, response: 'HTTP/1.1 200 OK\r\nX-Up: 1\r\n\r\n' }, FILES).stream.reply!;

  it('put their own headers before the length and the type', () => {
    assert.equal(
      sentReply(answer('return content-type text/plain string "é" hdr B %[path] hdr A 2')),
      'HTTP/1.1 200 OK\r\nb: /a\r\na: 2\r\ncontent-length: 2\r\ncontent-type: text/plain\r\n\r\n\xc3\xa9',
    );
  });

  it('are one object when nothing in them depends on the stream', () => {
    const { rule } = parseRule('http-request', 'return content-type a/b string x hdr A 2');
    const execute = findAction('http-request', 'return')!.compile(
      rule.action.args as never,
      compiler,
      'http-request',
    );
    const { stream } = run('http-request', 'allow', { request });
    assert.equal(execute(stream), Verdict.REPLY);
    const first = stream.reply;
    execute(stream);
    assert.equal(stream.reply, first);
  });

  it('from error files have the file’s status, and the rule’s is logged', () => {
    const reply = answer('return status 418 errorfile /page');
    assert.deepEqual([reply.status, reply.loggedStatus, reply.reason], [404, 418, 'Nope']);
    assert.equal(answer('deny errorfile /old').version, 10);
  });

  it('have no length for 204, and formats of files are evaluated', () => {
    assert.deepEqual(answer('return status 204').headers, []);
    assert.match(sentReply(answer('return content-type a/b lf-file /format')), /\r\n\r\n\/a \xc3\xa9\n$/);
    assert.deepEqual(
      answer('return content-type a/b file /empty').headers.map(({ name }) => name),
      ['content-length'],
    );
  });

  it('tell where the stream ended, and count refusals', () => {
    assert.equal(answer('return').termination, 'LR');
    assert.equal(answer('return', 'http-response').termination, 'LH');
    assert.equal(answer('deny status 404', 'http-response').termination, 'PH');
    assert.equal(answer('redirect location /x', 'http-response').termination, 'LH');
    assert.deepEqual(run('http-request', 'deny', { request }).stream.denied, ['request']);
    assert.deepEqual(run('http-response', 'deny status 403', { request }).stream.denied, ['response']);
  });

  it('close behind a redirection of a request with a body', () => {
    const redirected = (fields: string) =>
      run('http-request', 'redirect location /x', { request: `POST / HTTP/1.1\r\nHost: x\r\n${fields}\r\n` })
        .stream.reply!.closes;
    assert.ok(redirected('Content-Length: 3\r\n'));
    assert.ok(redirected('Transfer-Encoding: chunked\r\n'));
    assert.ok(!redirected('Content-Length: 0\r\n'));
    assert.ok(!redirected(''));
  });
});

describe('edits of heads', () => {
  const request = 'GET /a?b HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\n';
  const after = (text: string, given = request) =>
    sent(run('http-request', text, { request: given }).stream.request!);

  it('encode what would end the request line early', () => {
    assert.match(
      after('set-path "%[str(/a b),concat(,,)]"'.replace(',concat(,,)', '')),
      /^GET \/a%20b\?b HTTP/,
    );
    assert.match(
      after('set-path %[path,url_dec]', 'GET /%0d%0aX:%20y HTTP/1.1\r\nHost: x\r\n\r\n'),
      /^GET \/%0D%0AX:%20y HTTP\/1\.1\r\nhost: x$/,
    );
  });

  it('leave the method alone when the new one is none', () => {
    for (const method of ['"a b"', '%[req.hdr(none)]', 'CONNECT', 'a/b'])
      assert.match(after(`set-method ${method}`), /^GET /, method);
  });

  it('leave the target of CONNECT alone', () => {
    const connect = 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n';
    for (const text of ['set-path /x', 'set-uri /x', 'replace-uri .* /x', 'set-method GET'])
      assert.match(after(text, connect), /^CONNECT a:80 /, text);
  });

  it('never remove what frames the message', () => {
    const framed = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nX-Length: 1\r\n\r\n';
    for (const text of [
      'del-header content-length',
      'del-header length -m sub',
      'del-header ^content- -m reg',
    ])
      assert.match(after(text, framed), /content-length: 3/, text);
  });

  it('replace values in place, also of headers that rules added', () => {
    const head = run('http-request', 'add-header X-A 2', { request }).stream.request!;
    head.mapValues(0, 'x-a', (value: string, suffix: string) => value + suffix, '!');
    assert.equal(sent(head), 'GET /a?b HTTP/1.1\r\nhost: x\r\nx-a: 1!\r\nx-a: 2!');
    head.mapValues(0, 'x-a', (value: string) => (value === '1!' ? 'again' : undefined), '');
    assert.deepEqual(head.values(0, 'x-a'), ['again', '2!']);
    head.reset();
    assert.deepEqual(head.replaced, []);
  });
});
