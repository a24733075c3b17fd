/**
 * The layer check: which folder may import which, no cycles at run time, type cycles only inside a folder, and no
 * folder or file under a name that says nothing. It has no exceptions; a wish to make one is a reason to move code.
 *
 * Run as a program it checks the whole repository and ends with 1 when something is wrong.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The rows of src, from the ground up: a row imports only what stands above it in this list. */
export const ROWS: readonly (readonly string[])[] = [
  ['src/system'],
  ['src/bytes', 'src/errors', 'src/time'],
  ['src/net'],
  ['src/keyword', 'src/http'],
  ['src/http1', 'src/http2', 'src/tls', 'src/dns'],
  ['src/sample', 'src/lb', 'src/health', 'src/queue', 'src/sticktable'],
  ['src/acl', 'src/log', 'src/stats', 'src/filters'],
  ['src/rules', 'src/command', 'src/settings'],
  ['src/catalog.ts'],
];

/** What the folders outside src may import, besides themselves. A file name permits that file alone. */
export const ABOVE_SRC: { readonly [folder: string]: readonly string[] } = {
  config: ['src'],
  workers: ['src', 'config/model'],
  master: ['config', 'src', 'workers/messages.ts'],
  bin: ['config', 'src', 'workers', 'master'],
  test: ['bin', 'src', 'config', 'workers', 'master', 'bench'],
  bench: ['src', 'config', 'workers', 'master', 'test'],
};

/** Names that say nothing about what is inside. */
export const FORBIDDEN_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager'];

/** An import of one file of the repository by another. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

/** All that is wrong, one line each. Paths are relative to the repository, with `/`. */
export function checkLayers(files: readonly string[], imports: readonly Import[]): string[] {
  return [
    ...files.flatMap(nameProblems),
    ...imports.flatMap(layerProblems),
    ...knots(imports.filter(({ isTypeOnly }) => !isTypeOnly)).map(
      (knot) =>
        `import cycle at run time between ${knot.join(', ')}; move what both sides need to a file above them`,
    ),
    ...knots(imports)
      .filter((knot) => new Set(knot.map((file) => dirname(file))).size > 1)
      .map(
        (knot) =>
          `import cycle over folders between ${knot.join(', ')}; even types may form cycles only inside one folder`,
      ),
  ];
}

function nameProblems(file: string): string[] {
  const parts = file.split('/');
  const wrong = parts.find((part) => FORBIDDEN_NAMES.includes(part.replace(/(\.test)?\.(d\.)?ts$/, '')));
  return wrong === undefined ? [] : [`${file}: '${wrong}' says nothing; name it after the one thing inside`];
}

function layerProblems({ from, to }: Import): string[] {
  const allowed = allowedFor(from);
  if (allowed === null) return [`${from}: no layer is known for it; add its folder to test/gate/layers.ts`];
  if (allowed.some((layer) => isWithin(to, layer))) return [];
  return [`${from} imports ${to}; it may import ${allowed.join(', ')}`];
}

/** Its own layer and those above; null for a file of no layer. */
export function allowedFor(file: string): readonly string[] | null {
  const top = file.split('/')[0]!;
  if (top === 'src') {
    const row = ROWS.findIndex((layers) => layers.some((layer) => isWithin(file, layer)));
    if (row < 0) return null;
    return [...ROWS[row]!.filter((layer) => isWithin(file, layer)), ...ROWS.slice(0, row).flat()];
  }
  const others = ABOVE_SRC[top];
  return others === undefined ? null : [top, ...others];
}

function isWithin(file: string, layer: string): boolean {
  return file === layer || file.startsWith(`${layer}/`);
}

/** Groups of files that all reach one another by imports (Tarjan's strongly connected components), sorted. */
export function knots(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const knot = stack.splice(stack.indexOf(file));
    if (knot.length > 1 || targets.get(file)?.includes(file)) found.push(knot.sort());
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** The imports in a source text: `specifier` as written, of other files only. */
export function importsOf(source: string): { readonly specifier: string; readonly isTypeOnly: boolean }[] {
  const statements = /(?:^|\n)\s*(?:import|export)\s+(type\s)?([^'";]*?from\s*)?['"](\.{1,2}\/[^'"]+)['"]/g;
  const dynamic = /\bimport\(\s*['"](\.{1,2}\/[^'"]+)['"]\s*\)/g;
  const text = withoutComments(source);
  const found = [...text.matchAll(statements)].map(([, type, names, specifier]) => ({
    specifier: specifier!,
    isTypeOnly: type !== undefined || isAllTypes(names ?? ''),
  }));
  return [
    ...found,
    ...[...text.matchAll(dynamic)].map(([, specifier]) => ({ specifier: specifier!, isTypeOnly: false })),
  ];
}

/** `{ type A, type B } from`: nothing of it is left at run time. */
function isAllTypes(names: string): boolean {
  const list = /^\s*\{([^}]*)\}\s*from\s*$/.exec(names)?.[1];
  if (list === undefined) return false;
  const parts = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length > 0 && parts.every((part) => part.startsWith('type '));
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function sourceFiles(root: string): string[] {
  return ['bin', 'src', 'workers', 'master', 'config', 'test', 'bench'].flatMap((folder) => {
    try {
      return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.split(sep).includes('node_modules'))
        .map((name) => `${folder}/${name.split(sep).join('/')}`);
    } catch {
      return [];
    }
  });
}

function readImports(root: string, files: readonly string[]): Import[] {
  return files.flatMap((from) =>
    importsOf(readFileSync(join(root, from), 'utf8')).map(({ specifier, isTypeOnly }) => ({
      from,
      to: normalize(join(dirname(from), specifier))
        .split(sep)
        .join('/'),
      isTypeOnly,
    })),
  );
}

/** Checks the repository at `root`. */
export function checkRepository(root: string): string[] {
  const files = sourceFiles(root);
  return checkLayers(files, readImports(root, files));
}

if (process.argv[1] !== undefined && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  const problems = checkRepository(fileURLToPath(new URL('../..', import.meta.url)));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
