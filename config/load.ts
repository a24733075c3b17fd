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

export interface LoadOptions extends ParseOptions, LinkOptions, ResolveOptions {
  /** Files and folders, in order; together they are one configuration. */
  readonly files: readonly string[];
  /** Resolves host names; by default as the system does. */
  readonly lookup?: Lookup;
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
  const diagnostics = [...parsed.diagnostics, ...linked.diagnostics];
  const { environment } = parsed;
  if (linked.model === null || diagnostics.some(isError)) return { model: null, diagnostics, environment };
  const resolved = await resolveNames(linked.model, options.lookup ?? lookupBySystem, options);
  return { model: resolved.model, diagnostics: [...diagnostics, ...resolved.diagnostics], environment };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

/** Reads and parses all files as one document; what one file sets in the environment, the next ones see. */
export async function parseFiles(options: LoadOptions): Promise<ParseResult> {
  let environment: ReadonlyMap<string, string> = options.environment;
  let predefined = options.predefined;
  const diagnostics: Diagnostic[] = [];
  const documents: Document[] = [];
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
    environment = result.environment;
    predefined = undefined;
  }
  if (options.files.length === 0) diagnostics.push(...readConfigFiles([]).diagnostics);
  const document = {
    files: documents.flatMap(({ files }) => files),
    sections: documents.flatMap(({ sections }) => sections),
  };
  return { document, diagnostics, environment };
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

type Parser = (sources: readonly Source[], options: ParseOptions) => ParseResult;

/** The YAML front-end and its library are loaded only when there is a YAML file. */
async function yamlParser(): Promise<Parser> {
  const { parseYaml } = (await import(YAML_FRONT_END)) as { parseYaml: Parser };
  return parseYaml;
}

const YAML_FRONT_END: string = './yaml/parse-yaml.ts';

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
