/**
 * A YAML text to values with places, or to what is wrong with it. The language is YAML 1.2 without what a
 * configuration has no use for: tags of one's own, merge keys, keys that are no scalars, several documents.
 */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
  type Document as YamlDocument,
} from 'yaml';
import type { Position, Word } from '../../src/keyword/words.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { placesOf } from './scalar-places.ts';
import type { SourceText } from './source-text.ts';
import type { YamlEntry, YamlValue } from './value.ts';

/** The largest YAML file that is read, in UTF-16 units. The tree of a file takes some hundred times its size. */
export const MAX_YAML_LENGTH = 4 * 1024 * 1024;
/** How deep lists and maps may stand in one another; no keyword needs more than eight. */
export const MAX_DEPTH = 32;
/** How many values one file may have once its aliases are followed. */
export const MAX_VALUES = 500_000;
/** Errors of syntax that are reported: the later ones mostly follow from the first. */
const MAX_SYNTAX_ERRORS = 10;

export interface Tree {
  /** Null for an empty file, and where there are errors. */
  readonly root: YamlValue | null;
  readonly diagnostics: readonly Diagnostic[];
}

type Advice = Pick<Diagnostic, 'reason' | 'remedy'>;

/** Never throws. */
export function readTree(source: SourceText): Tree {
  const reader = new TreeReader(source);
  const root = reader.read();
  return { root: reader.diagnostics.length > 0 ? null : root, diagnostics: reader.diagnostics };
}

/** Stops the reading of a file that is too large or too deep: one message is enough. */
class Stop extends Error {}

class TreeReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: SourceText;
  #values = 0;
  /** Aliases that are being followed: one that meets itself has no end. */
  readonly #following = new Set<Node>();
  #document: YamlDocument | null = null;

  constructor(source: SourceText) {
    this.#source = source;
  }

  read(): YamlValue | null {
    try {
      return this.#readDocument();
    } catch (error) {
      if (!(error instanceof Stop)) this.#failed(error);
      return null;
    }
  }

  #readDocument(): YamlValue | null {
    if (this.#isUnreadable()) return null;
    const document = parseDocument(this.#source.text, {
      prettyErrors: false,
      uniqueKeys: false,
      strict: true,
      version: '1.2',
      schema: 'core',
      merge: false,
      logLevel: 'error',
    });
    this.#document = document as YamlDocument;
    for (const error of [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_ERRORS))
      this.#syntaxError(error);
    if (this.diagnostics.length > 0 || document.contents === null) return null;
    return this.#value(document.contents as Node, 0);
  }

  /** What the library need not be asked about. */
  #isUnreadable(): boolean {
    const { text } = this.#source;
    const nul = text.indexOf('\0');
    if (nul >= 0)
      this.#error(this.#source.at(nul), 'NUL byte in the file', {
        reason: 'a configuration file is text; this one is binary or damaged',
      });
    else if (text.length > MAX_YAML_LENGTH)
      this.#error(
        this.#source.at(0),
        `the file has more than ${MAX_YAML_LENGTH / 1024 / 1024} million characters`,
        {
          reason: 'no configuration in YAML is that large',
          remedy: 'move long lists to map and pattern files, or split the file',
        },
      );
    return this.diagnostics.length > 0;
  }

  /** The library is deep in recursion, or has a defect: the file is refused all the same. */
  #failed(error: unknown): void {
    const isDeep = error instanceof RangeError;
    this.#error(
      this.#source.at(0),
      isDeep ? 'lists and maps are nested too deeply' : 'the file cannot be read as YAML',
      {
        reason: isDeep ? `at most ${MAX_DEPTH} levels are read` : String(error),
      },
    );
  }

  #syntaxError({ code, pos, message }: YAMLError): void {
    const known = SYNTAX_ADVICE[mistakeOf(code, message)];
    const at = this.#source.at(Math.min(pos[0], this.#source.text.length));
    const problem = known?.problem ?? lowered(message);
    const last = this.diagnostics.at(-1);
    if (last?.problem !== problem || last.at.line !== at.line) this.#error(at, problem, known);
  }

  #value(node: Node | null | undefined, depth: number): YamlValue {
    if (node === null || node === undefined) return this.#nothing(0);
    const start = node.range?.[0] ?? 0;
    if (++this.#values > MAX_VALUES)
      this.#stop(start, `the file has more than ${MAX_VALUES} values once its aliases are followed`);
    if (depth > MAX_DEPTH)
      this.#stop(start, 'lists and maps are nested too deeply', {
        reason: `at most ${MAX_DEPTH} levels are read`,
      });
    if (isAlias(node)) return this.#alias(node, depth);
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) return this.#list(node, depth);
    return this.#scalar(node as Scalar);
  }

  #alias(node: Alias, depth: number): YamlValue {
    const target = node.resolve(this.#document!);
    const start = node.range?.[0] ?? 0;
    if (target === undefined) this.#stop(start, `the alias '*${node.source}' has no anchor above it`);
    if (this.#following.has(target))
      this.#stop(start, `the alias '*${node.source}' stands in what it stands for`);
    this.#following.add(target);
    const value = this.#value(target, depth + 1);
    this.#following.delete(target);
    return value;
  }

  #list(node: YAMLSeq, depth: number): YamlValue {
    const items = node.items.map((item) => this.#value(item as Node | null, depth + 1));
    return { kind: 'list', items, ...this.#extent(node) };
  }

  #map(node: YAMLMap, depth: number): YamlValue {
    const entries: YamlEntry[] = [];
    const seen = new Map<string, Word>();
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const key = this.#key(pair.key, node);
      const value =
        pair.value === null || pair.value === undefined
          ? this.#nothing(pair.key?.range?.[1] ?? 0)
          : this.#value(pair.value, depth + 1);
      if (key === null || this.#isRepeated(key, seen)) continue;
      entries.push({ key, value });
    }
    return { kind: 'map', entries, ...this.#extent(node) };
  }

  #key(node: Node | null, map: YAMLMap): Word | null {
    const at = this.#source.at(node?.range?.[0] ?? map.range?.[0] ?? 0);
    const text = isScalar(node) ? textOf(node) : null;
    if (text === null || text === '') {
      this.#error(at, 'a key that is no name', {
        remedy: 'write the name of a keyword, an argument or a section before the colon',
      });
      return null;
    }
    if (text !== '<<') return { text, at };
    this.#error(at, "merge keys ('<<') are not supported", {
      remedy: "put what sections share in a defaults section and take it with 'from'",
    });
    return null;
  }

  #isRepeated(key: Word, seen: Map<string, Word>): boolean {
    const first = seen.get(key.text);
    if (first === undefined) seen.set(key.text, key);
    else
      this.#error(key.at, `the key '${key.text}' is written twice`, {
        reason: `it stands in this map at line ${first.at.line} already`,
        remedy: 'put both values in one list, or remove one',
      });
    return first !== undefined;
  }

  #scalar(node: Scalar): YamlValue {
    const { value } = node;
    if (value === null) return { kind: 'nothing', ...this.#extent(node) };
    if (typeof value === 'boolean') return { kind: 'switch', isOn: value, ...this.#extent(node) };
    const text = textOf(node) ?? '';
    const range: readonly [number, number] = [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
    const source = this.#source;
    let places: number[] | null = null;
    return {
      kind: 'text',
      text,
      number: typeof value === 'string' ? null : Number(value),
      ...this.#extent(node),
      placeOf(index) {
        places ??= placesOf(source.text, range, text);
        return source.at(places[index] ?? range[1]);
      },
    };
  }

  #nothing(offset: number): YamlValue {
    const at = this.#source.at(offset);
    return { kind: 'nothing', at, end: at };
  }

  #extent(node: Node): { at: Position; end: Position } {
    const [start, end] = node.range ?? [0, 0, 0];
    return { at: this.#source.at(start), end: this.#source.at(end) };
  }

  #stop(offset: number, problem: string, advice: Advice = {}): never {
    this.#error(this.#source.at(offset), problem, advice);
    throw new Stop();
  }

  #error(at: Position, problem: string, advice: Advice = {}): void {
    const line = this.#source.line(at.line);
    this.diagnostics.push({
      severity: 'error',
      at,
      problem,
      ...(advice.reason !== undefined && { reason: advice.reason }),
      ...(advice.remedy !== undefined && { remedy: advice.remedy }),
      ...(line !== undefined && { source: line.slice(0, MAX_SHOWN) }),
    });
  }
}

/** Of a line longer than this, in characters, no more is kept for the message. */
const MAX_SHOWN = 4096;

/** The text of a scalar; numbers as they are written. Null for what is no text. */
function textOf(node: Scalar): string | null {
  const { value, source } = node;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return source ?? String(value);
  return typeof value === 'boolean' ? String(value) : null;
}

function lowered(message: string): string {
  return message === '' ? 'wrong YAML' : message[0]!.toLowerCase() + message.slice(1);
}

/** The library's code, told apart further where it has one for several mistakes. */
function mistakeOf(code: string, message: string): string {
  if (code === 'BAD_INDENT' && message.startsWith('Flow')) return 'OPEN_BRACKET';
  return code === 'MISSING_CHAR' && message.endsWith('quote') ? 'OPEN_QUOTE' : code;
}

/** Our own words for the mistakes that people make. */
const SYNTAX_ADVICE: { readonly [code: string]: Advice & { readonly problem: string } } = {
  TAB_AS_INDENT: {
    problem: 'a tab in the indentation',
    remedy: 'indent with blanks: YAML takes no tabs there',
  },
  MULTIPLE_DOCS: {
    problem: 'a second document begins here',
    reason: 'a file is one configuration',
    remedy: "remove the line '---', or make two files",
  },
  TAG_RESOLVE_FAILED: {
    problem: 'a tag that is not known',
    remedy: 'remove it: texts, numbers, true, false, lists and maps need none',
  },
  BAD_INDENT: {
    problem: 'the indentation does not fit',
    remedy: 'give the keys of one map the same indentation',
  },
  RESOURCE_EXHAUSTION: {
    problem: 'lists and maps are nested too deeply',
    reason: `at most ${MAX_DEPTH} levels are read`,
  },
  OPEN_QUOTE: {
    problem: 'a quote is not closed',
    reason: 'the file ends in a text that began with one',
    remedy: 'close it, or remove it',
  },
  OPEN_BRACKET: {
    problem: 'a list or map in brackets is not closed here',
    remedy: 'close it with ] or }, with what it goes over indented deeper than its key',
  },
  MULTILINE_IMPLICIT_KEY: {
    problem: 'a key goes over several lines',
    reason: 'a colon is missing, or the line before is indented wrongly',
    remedy: "write 'key: value'",
  },
};
