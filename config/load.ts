/**
 * Configuration files to the model: read, parsed by the front-end of their kind, linked, names resolved. Everything
 * that is wrong comes back as diagnostics; nothing is printed here.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import type { Document } from './document/document.ts';
import { type ParseOptions, type ParseResult, parseHaproxyCfg, type Source } from './haproxy-cfg/parse.ts';
import { readConfigFiles } from './haproxy-cfg/read-files.ts';
import { type LinkOptions, linkDocument } from './link/link.ts';
import { type Lookup, type ResolveOptions, resolveNames } from './link/resolve-names.ts';
import type { Model } from './model/model.ts';
import type { YamlResult } from './yaml/parse-yaml.ts';

export interface LoadOptions extends ParseOptions, LinkOptions, ResolveOptions {
  /** Files and folders, in order; together they are one configuration. */
  readonly files: readonly string[];
  /** Resolves host names; by default as the system does. */
  readonly lookup?: Lookup;
  /**
   * Leaves out the JSON Schema of YAML files, whose library takes about 100 ms to load and compile: for a start that
   * cannot wait. The front-end takes nothing that the schema refuses (test/fuzz/yaml.test.ts), so it costs no safety.
   */
  readonly skipsSchema?: boolean;
}

export interface LoadResult {
  /** Null when there is an error. */
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
  /** The environment as the files leave it, for the processes that are started. */
  readonly environment: ReadonlyMap<string, string>;
}

/** Never throws for what is in the files: that is all diagnostics. */
export async function loadConfiguration(options: LoadOptions): Promise<LoadResult> {
  const parsed = await parseFiles(options);
  const linked = linkDocument(parsed.document, options);
  const diagnostics = [...parsed.diagnostics, ...linked.diagnostics].map((one) => withLine(one, parsed.yaml));
  const { environment } = parsed;
  if (linked.model === null || diagnostics.some(isError)) return { model: null, diagnostics, environment };
  if (options.skipsSchema !== true)
    for (const yaml of parsed.yaml) diagnostics.push(...(await yaml.checkSchema()));
  if (diagnostics.some(isError)) return { model: null, diagnostics, environment };
  const resolved = await resolveNames(linked.model, options.lookup ?? lookupBySystem, options);
  return { model: resolved.model, diagnostics: [...diagnostics, ...resolved.diagnostics], environment };
}

/** A statement of YAML may go over several lines: the one to show is that of the word that is wrong. */
function withLine(diagnostic: Diagnostic, yaml: readonly YamlResult[]): Diagnostic {
  const line = yaml.map((result) => result.lineAt(diagnostic.at)).find((text) => text !== undefined);
  return line === undefined ? diagnostic : { ...diagnostic, source: line };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

export interface ParsedFiles extends ParseResult {
  /** What the YAML front-end has to add when all is linked. */
  readonly yaml: readonly YamlResult[];
}

/** Reads and parses all files as one document; what one file sets in the environment, the next ones see. */
export async function parseFiles(options: LoadOptions): Promise<ParsedFiles> {
  let environment: ReadonlyMap<string, string> = options.environment;
  let predefined = options.predefined;
  const diagnostics: Diagnostic[] = [];
  const documents: Document[] = [];
  const yaml: YamlResult[] = [];
  for (const paths of runsOfOneKind(options.files)) {
    const read = readConfigFiles(paths);
    diagnostics.push(...read.diagnostics);
    const parse = isYaml(paths[0]!) ? await yamlParser() : parseHaproxyCfg;
    const result = parse(read.sources, {
      ...options,
      environment,
      ...(predefined !== undefined && { predefined }),
    });
    diagnostics.push(...result.diagnostics);
    documents.push(result.document);
    if ('checkSchema' in result) yaml.push(result);
    environment = result.environment;
    predefined = undefined;
  }
  if (options.files.length === 0) diagnostics.push(...readConfigFiles([]).diagnostics);
  const document = {
    files: documents.flatMap(({ files }) => files),
    sections: documents.flatMap(({ sections }) => sections),
  };
  return { document, diagnostics, environment, yaml };
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** Neighbours of one kind are parsed together, so that their front-end sees them as one configuration. */
function runsOfOneKind(files: readonly string[]): string[][] {
  const runs: string[][] = [];
  for (const file of files) {
    const last = runs.at(-1);
    if (last !== undefined && isYaml(last[0]!) === isYaml(file)) last.push(file);
    else runs.push([file]);
  }
  return runs;
}

type Parser = (sources: readonly Source[], options: ParseOptions) => ParseResult | YamlResult;

/** The YAML front-end and its library are loaded only when there is a YAML file. */
async function yamlParser(): Promise<Parser> {
  return (await import('./yaml/parse-yaml.ts')).parseYaml;
}

async function lookupBySystem(name: string, family: 'ipv4' | 'ipv6' | undefined): Promise<string | null> {
  try {
    const { address } = await systemLookup(name, {
      family: family === undefined ? 0 : family === 'ipv4' ? 4 : 6,
    });
    return address;
  } catch {
    return null;
  }
}
