import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { MAX_FILE_BYTES, readConfigFiles } from '../../../../config/haproxy-cfg/read-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string | Buffer = `# ${name}\n`): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problems(paths: readonly string[]): string[] {
  return readConfigFiles(paths).diagnostics.map((diagnostic) => diagnostic.problem.replaceAll(folder, '.'));
}

describe('readConfigFiles', () => {
  it('reads files in the order given, the same one twice too', () => {
    const a = write('a.cfg');
    const b = write('b.txt');
    assert.deepEqual(readConfigFiles([b, a, b]), {
      sources: [
        { file: b, text: '# b.txt\n' },
        { file: a, text: '# a.cfg\n' },
        { file: b, text: '# b.txt\n' },
      ],
      diagnostics: [],
    });
  });
  it('reads the visible .cfg files of a folder in the order of their bytes', () => {
    const dir = join(folder, 'dir');
    mkdirSync(join(dir, 'sub.cfg'), { recursive: true });
    for (const name of [
      'b.cfg',
      'a.cfg',
      'B.cfg',
      '10.cfg',
      '9.cfg',
      'é.cfg',
      '.hidden.cfg',
      '.cfg',
      'x.txt',
      'cfg',
      'z.cfg~',
      'UP.CFG',
    ])
      write(`dir/${name}`);
    symlinkSync('../a.cfg', join(dir, 'm.cfg'));
    const { sources, diagnostics } = readConfigFiles([dir]);
    assert.deepEqual(
      sources.map((source) => source.file.slice(dir.length + 1)),
      ['10.cfg', '9.cfg', 'B.cfg', 'a.cfg', 'b.cfg', 'm.cfg', 'é.cfg'],
    );
    assert.deepEqual(diagnostics, []);
  });
  it('orders by bytes, not by UTF-16 units', () => {
    const dir = join(folder, 'order');
    mkdirSync(dir);
    for (const name of ['\u{1f642}.cfg', '\uff5e.cfg']) write(`order/${name}`);
    assert.deepEqual(
      readConfigFiles([dir]).sources.map((source) => source.file.slice(dir.length + 1)),
      ['\uff5e.cfg', '\u{1f642}.cfg'],
    );
  });
  it('reads a file whose name is no UTF-8', () => {
    const dir = join(folder, 'latin1');
    mkdirSync(dir);
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from('\xe9.cfg', 'latin1')]), '# x\n');
    assert.deepEqual(readConfigFiles([dir]).sources, [{ file: `${dir}/\udce9.cfg`, text: '# x\n' }]);
  });
  it('keeps bytes that are no UTF-8', () => {
    assert.equal(
      readConfigFiles([write('latin1.cfg', Buffer.from('# caf\xe9\n', 'latin1'))]).sources[0]!.text,
      '# caf\udce9\n',
    );
  });
  it('reports what cannot be opened and reads the rest', () => {
    const good = write('good.cfg');
    const { sources, diagnostics } = readConfigFiles([join(folder, 'missing.cfg'), good, '']);
    assert.deepEqual(
      sources.map((source) => source.file),
      [good],
    );
    assert.deepEqual(
      diagnostics.map(({ at, severity }) => [at.line, severity]),
      [
        [0, 'error'],
        [0, 'error'],
      ],
    );
    assert.deepEqual(problems([join(folder, 'missing.cfg'), '']), [
      'cannot open configuration file/directory ./missing.cfg : no such file or directory',
      "cannot open configuration file/directory '' : no such file or directory",
    ]);
  });
  it('reports a dangling link in a folder', () => {
    mkdirSync(join(folder, 'links'));
    symlinkSync('nowhere', join(folder, 'links', 'l.cfg'));
    assert.deepEqual(problems([join(folder, 'links')]), [
      'cannot open configuration file/directory ./links/l.cfg : no such file or directory',
    ]);
  });
  it('reports links that go in a circle', () => {
    symlinkSync('circle.cfg', join(folder, 'circle.cfg'));
    assert.deepEqual(problems([join(folder, 'circle.cfg')]), [
      'cannot open configuration file/directory ./circle.cfg : too many symbolic links encountered',
    ]);
  });
  it('reports a file without permission', () => {
    chmodSync(write('secret.cfg'), 0);
    chmodSync(folder, 0o755);
    assert.deepEqual(
      asNobody(() => problems([join(folder, 'secret.cfg')])),
      ['cannot open configuration file/directory ./secret.cfg : permission denied'],
    );
  });
  it('does not take - for the standard input, and says what does', () => {
    assert.match(readConfigFiles(['-']).diagnostics[0]!.remedy!, /\/dev\/stdin/);
  });
  it('refuses a file larger than the limit without reading it', () => {
    const path = write('large.cfg');
    truncateSync(path, MAX_FILE_BYTES + 1);
    assert.deepEqual(problems([path]), ['./large.cfg is larger than 32 MiB']);
    assert.deepEqual(readConfigFiles([path]).sources, []);
  });
  it('refuses an endless device', () =>
    assert.deepEqual(problems(['/dev/zero']), ['/dev/zero is larger than 32 MiB']));
  it('reads an empty file and the null device', () => {
    assert.deepEqual(
      readConfigFiles([write('empty.cfg', ''), '/dev/null']).sources.map((source) => source.text),
      ['', ''],
    );
  });
  it('says when there is nothing to read', () => {
    mkdirSync(join(folder, 'none'));
    assert.deepEqual(problems([join(folder, 'none')]), ['no file ending in .cfg in ./none']);
    assert.deepEqual(problems([]), ['no configuration file is given']);
  });
});

/** Root may read everything: for a moment, this process is nobody. */
function asNobody<T>(act: () => T): T {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(65534);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
  }
}
