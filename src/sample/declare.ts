/** Declarations of fetches and converters. */
import type { Args, ValuesOf } from '../keyword/arg.ts';
import type { Declaration, Example } from '../keyword/declaration.ts';
import type { Need } from '../keyword/site.ts';
import type { SampleType, SampleValue, TypedSample } from './sample.ts';
import type { StreamView } from './stream-view.ts';

export type FetchRun = (stream: StreamView) => SampleValue | TypedSample | undefined;
/**
 * Hands each occurrence of a repeated sample (header values, cookies, URL parameters) to `visit` until one is
 * accepted; tells whether one was. ACLs match this way, other uses take one occurrence.
 */
export type FetchEach = (stream: StreamView, visit: SampleVisit) => boolean;
export type SampleVisit = (value: SampleValue | TypedSample, stream: StreamView) => boolean;

/** `undefined` means that the conversion failed: the expression yields nothing. */
export type ConvertRun = (value: never, stream: StreamView) => SampleValue | TypedSample | undefined;

export interface FetchDeclaration<A extends Args = Args> extends Declaration<'fetch', A> {
  readonly output: SampleType;
  /** What must exist where it is evaluated; validity in rule sets follows from it. */
  readonly needs: Need;
  /** A second place where it is valid: `hdr` needs a request head, or a response head. */
  readonly orNeeds?: Need;
  /** Match method of the derived ACL name without `-m`, by default the type's own. */
  readonly match?: string;
  compile(args: ValuesOf<A>): FetchRun;
  /** For fetches that may have several occurrences; undefined when these arguments name one. */
  compileEach?(args: ValuesOf<A>): FetchEach | undefined;
}

export interface ConverterDeclaration<A extends Args = Args> extends Declaration<'converter', A> {
  readonly input: SampleType;
  readonly output: SampleType;
  compile(args: ValuesOf<A>): ConvertRun;
}

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

export function defineFetch<const A extends Args>(
  input: Optional<Omit<FetchDeclaration<A>, 'family'>, 'aliases' | 'differences'>,
): FetchDeclaration<A> {
  return Object.freeze({ aliases: [], differences: [], ...input, family: 'fetch' as const });
}

export function defineConverter<const A extends Args>(
  input: Optional<Omit<ConverterDeclaration<A>, 'family'>, 'aliases' | 'differences'>,
): ConverterDeclaration<A> {
  return Object.freeze({ aliases: [], differences: [], ...input, family: 'converter' as const });
}

export type { Example };
