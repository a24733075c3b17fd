import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Diagnostic } from '../../../../config/diagnostics/diagnostic.ts';
import {
  renderDiagnostic,
  renderHaproxyLine,
  renderHaproxyReport,
} from '../../../../config/diagnostics/render.ts';

function diagnostic(source: string | undefined, column: number, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    severity: 'error',
    at: { file: 'site.cfg', line: 2, column },
    problem: 'wrong',
    ...(source !== undefined && { source }),
    ...more,
  };
}

/** The source line and caret as rendered. */
function excerpt(source: string, column: number, width?: number): string[] {
  return renderDiagnostic(diagnostic(source, column), width === undefined ? {} : { width })
    .split('\n')
    .slice(1);
}

describe('renderDiagnostic', () => {
  it('has place, severity, problem, line, caret, reason and remedy', () => {
    const text = renderDiagnostic(
      diagnostic('  description "abc', 15, {
        problem: 'unmatched quote',
        reason: 'it never ends',
        remedy: 'close it',
      }),
    );
    assert.equal(
      text,
      [
        'site.cfg:2:15: error: unmatched quote',
        '  |   description "abc',
        '  |               ^',
        '  why: it never ends',
        '  try: close it',
      ].join('\n'),
    );
  });
  it('names every severity', () => {
    for (const severity of ['error', 'warning', 'notice', 'diag'] as const)
      assert.equal(
        renderDiagnostic(diagnostic(undefined, 1, { severity })),
        `site.cfg:2:1: ${severity}: wrong`,
      );
  });
  it('of a whole file has no line', () => {
    assert.equal(
      renderDiagnostic({
        severity: 'error',
        at: { file: 'a.cfg', line: 0, column: 0 },
        problem: 'too large',
      }),
      'a.cfg: error: too large',
    );
    assert.equal(
      renderDiagnostic({ severity: 'error', at: { file: '', line: 0, column: 0 }, problem: 'no file' }),
      'error: no file',
    );
  });
  it('expands tabs to stops of eight, and the caret follows', () => {
    assert.deepEqual(excerpt('\tbind\t:80', 7), ['  |         bind    :80', '  |                 ^']);
    assert.deepEqual(excerpt('\tbind', 2), ['  |         bind', '  |         ^']);
  });
  it('points behind the line where a word is missing', () => {
    assert.deepEqual(excerpt('  mode', 7), ['  |   mode', '  |       ^']);
    assert.deepEqual(excerpt('  mode', 70), ['  |   mode', '  |       ^']);
    assert.deepEqual(excerpt('', 1), ['  |', '  | ^']);
  });
  it('shows control bytes, hidden characters and bytes that are no text', () => {
    assert.deepEqual(excerpt('a\x1b[31m\x7f\x80\udcff\u202eb', 11), [
      '  | a␛[31m␡<U+0080>\\xff<U+202E>b',
      `  | ${' '.repeat(27)}^`,
    ]);
  });
  it('does not show the carriage return of CRLF', () =>
    assert.deepEqual(excerpt('a b\r', 3), ['  | a b', '  |   ^']));
  it('counts wide characters as two columns and marks as none', () => {
    assert.deepEqual(excerpt('日本 x', 4), ['  | 日本 x', '  |      ^']);
    assert.deepEqual(excerpt('🙂 x', 4), ['  | 🙂 x', '  |    ^']);
    assert.deepEqual(excerpt('e\u0301 x', 4), ['  | e\u0301 x', '  |   ^']);
  });
  it('cuts a long line around the caret', () => {
    const line = 'abcdefghijklmnopqrstuvwxyz0123456789';
    assert.deepEqual(excerpt(line, 1, 24), ['  | abcdefghijklmnopqr…', '  | ^']);
    assert.deepEqual(excerpt(line, 19, 24), ['  | …jklmnopqrstuvwxyz0…', '  |           ^']);
    assert.deepEqual(excerpt(line, 36, 24), ['  | …stuvwxyz0123456789', '  |                   ^']);
    assert.deepEqual(excerpt(line, 37, 24), ['  | …stuvwxyz0123456789', '  |                    ^']);
  });
  it('leaves a line that fits whole', () =>
    assert.deepEqual(excerpt('a'.repeat(96), 96)[0], `  | ${'a'.repeat(96)}`));
  it('never exceeds the width, and the caret is below its character, wherever it points', () => {
    const line = `\t${'x'.repeat(50)}日本\x01Y${'z'.repeat(300)}`;
    for (let column = 1; column <= line.length; column++) {
      const [text, caret] = excerpt(line, column, 40) as [string, string];
      assert.ok(text.length <= 42 && caret.length <= 40, `column ${column}: ${text}`);
      if (line[column - 1] === 'Y') assert.equal([...text][caret.length - 1 - 2], 'Y');
    }
  });
  it('makes the texts it quotes harmless', () => {
    assert.equal(
      renderDiagnostic(diagnostic(undefined, 1, { problem: "unknown keyword '\x1b]0;x\x07'" })),
      "site.cfg:2:1: error: unknown keyword '␛]0;x␇'",
    );
  });
});

describe('the form of HAProxy', () => {
  it('has level, process, file and line', () => {
    const lines = (['error', 'warning', 'notice', 'diag'] as const).map((severity) =>
      renderHaproxyLine(diagnostic(undefined, 3, { severity }), 12),
    );
    assert.deepEqual(lines, [
      '[ALERT]    (12) : config : parsing [site.cfg:2]: wrong.',
      '[WARNING]  (12) : config : parsing [site.cfg:2]: wrong.',
      '[NOTICE]   (12) : config : parsing [site.cfg:2]: wrong.',
      '[DIAG]     (12) : config : parsing [site.cfg:2]: wrong.',
    ]);
  });
  it('keeps reason and remedy on the same line', () => {
    assert.equal(
      renderHaproxyLine(diagnostic('x', 1, { reason: 'why\nnot', remedy: 'did you mean x?' }), 1),
      '[ALERT]    (1) : config : parsing [site.cfg:2]: wrong; why not; did you mean x?',
    );
  });
  it('of a check names version and program before the first warning, and the files with errors at the end', () => {
    const all: Diagnostic[] = [
      diagnostic(undefined, 1, { severity: 'notice', problem: "'hi'" }),
      diagnostic(undefined, 1),
      { severity: 'error', at: { file: 'no', line: 0, column: 0 }, problem: 'cannot open no' },
    ];
    const options = { pid: 5, version: '3.5-dev5', executable: '/usr/sbin/haproxy' };
    assert.equal(
      renderHaproxyReport(all, options),
      [
        "[NOTICE]   (5) : config : parsing [site.cfg:2]: 'hi'.",
        '[NOTICE]   (5) : haproxy version is 3.5-dev5',
        '[NOTICE]   (5) : path to executable is /usr/sbin/haproxy',
        '[ALERT]    (5) : config : parsing [site.cfg:2]: wrong.',
        '[ALERT]    (5) : config : cannot open no.',
        '[ALERT]    (5) : config : Error(s) found in configuration file : site.cfg',
        '[ALERT]    (5) : config : Fatal errors found in configuration.',
        '',
      ].join('\n'),
    );
    assert.equal(renderHaproxyReport([], options), '');
    assert.equal(renderHaproxyReport(all.slice(0, 1), options).split('\n').length, 2);
  });
});
