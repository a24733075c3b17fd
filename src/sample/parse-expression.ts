/**
 * Parses `fetch(args),converter(args)` (manual sections 7.3 and 7.3.1) to its model: names looked up, arguments
 * read by their declarations, types checked along the chain, and validity of the fetch where it stands.
 */

import { textOfByteString } from '../bytes/byte-text.ts';
import type { CallModel, ExpressionModel } from '../keyword/language-model.ts';
import { nearest } from '../keyword/nearest.ts';
import { type ParsedArgs, parseCallArgs } from '../keyword/parse-args.ts';
import type { Need, ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Word, type Words } from '../keyword/words.ts';
import { type CallSyntax, cutCalls } from './call-syntax.ts';
import { findCast } from './cast.ts';
import type { ConverterDeclaration, FetchDeclaration } from './declare.ts';
import type { SampleRegistry } from './registry.ts';
import type { SampleType } from './sample.ts';

/**
 * Takes the words of one expression: one word, and following words that are converters (the older way of writing
 * `src ipmask(24)`). Throws ArgumentError for what is unknown, wrong, or not valid at this site.
 */
export function parseExpression(words: Words, site: ParseSite, registry: SampleRegistry): ExpressionModel {
  const first = words.take('<sample>');
  const parsed = parseCalls(cutCalls(first), { first, site, registry });
  const wrong = needProblem(parsed.fetch, site);
  if (wrong !== null) throw new ArgumentError(first.at, wrong.problem, { reason: wrong.reason });
  const chain: Chain = { type: parsed.output, converters: [...parsed.model.converters] };
  let { text } = parsed.model;
  for (let next = words.peek(); next !== undefined && isConverterWord(next, registry); next = words.peek()) {
    const word = words.take('<converter>');
    appendConverters(chain, cutCalls(word), site, registry);
    text = `${text},${word.text}`;
  }
  return { ...parsed.model, converters: chain.converters, text };
}

/** An expression together with what an ACL must know of it. */
export interface ParsedExpression {
  readonly model: ExpressionModel;
  readonly fetch: FetchDeclaration;
  /** The type of its samples. */
  readonly output: SampleType;
}

/** Where calls stand: the word they were cut from, the site and the catalogue. */
export interface CallPlace {
  readonly first: Word;
  readonly site: ParseSite;
  readonly registry: SampleRegistry;
}

/**
 * Parses cut calls, the fetch first. Does not look at validity: an ACL may be declared before it is known where it
 * is used.
 */
export function parseCalls(calls: readonly CallSyntax[], place: CallPlace): ParsedExpression {
  const { first, site, registry } = place;
  const head = calls[0];
  if (head === undefined || head.name.text === '') {
    throw new ArgumentError(first.at, 'missing fetch method', {
      remedy: "write a sample fetch such as 'path' or 'hdr(host)'",
    });
  }
  const fetch = registry.fetch(head.name.text) ?? unknown('fetch', head.name, registry);
  const call: CallModel = { name: fetch.name, args: argsOf(fetch.args, head, site) };
  const chain: Chain = { type: fetch.output, converters: [] };
  appendConverters(chain, calls.slice(1), site, registry);
  const model = { fetch: call, converters: chain.converters, text: first.text, at: first.at };
  return { model, fetch, output: chain.type };
}

interface Chain {
  type: SampleType;
  readonly converters: CallModel[];
}

function appendConverters(
  chain: Chain,
  calls: readonly CallSyntax[],
  site: ParseSite,
  registry: SampleRegistry,
): void {
  for (const call of calls) {
    const converter = registry.converter(call.name.text) ?? unknown('converter', call.name, registry);
    checkInput(chain.type, converter, call.name);
    chain.converters.push({ name: converter.name, args: argsOf(converter.args, call, site) });
    chain.type = converter.output;
  }
}

function isConverterWord(text: string, registry: SampleRegistry): boolean {
  return registry.converter(/^[^(,]*/.exec(text)![0]) !== undefined;
}

function argsOf(args: FetchDeclaration['args'], call: CallSyntax, site: ParseSite): CallModel['args'] {
  try {
    return parseCallArgs(args, call.args, site) as ParsedArgs & CallModel['args'];
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(error.at, `${textOfByteString(error.message)} in '${call.name.text}'`, {
      ...(error.reason !== undefined && { reason: error.reason }),
      ...(error.remedy !== undefined && { remedy: error.remedy }),
    });
  }
}

function checkInput(type: SampleType, converter: ConverterDeclaration, name: Word): void {
  if (findCast(type, converter.input) !== null) return;
  throw new ArgumentError(name.at, `converter '${name.text}' cannot be applied to ${TYPE_NOUNS[type]}`, {
    reason: `it takes ${TYPE_NOUNS[converter.input]}`,
  });
}

function unknown(family: 'fetch' | 'converter', name: Word, registry: SampleRegistry): never {
  const noun = family === 'fetch' ? 'sample fetch' : 'converter';
  if (registry.isUnsupported?.(family, name.text))
    throw new ArgumentError(name.at, `${noun} '${name.text}' is not supported yet`, {
      reason: 'HAProxy has it, Fairlead does not implement it so far',
    });
  const names = family === 'fetch' ? registry.fetchNames() : registry.converterNames();
  const close = nearest(name.text, names);
  throw new ArgumentError(
    name.at,
    `unknown ${noun} '${name.text}'`,
    close === undefined ? {} : { remedy: `did you mean '${close}'?` },
  );
}

/** Why a fetch is not valid at a site, or null when it is. */
export function needProblem(
  fetch: FetchDeclaration,
  site: Pick<ParseSite, 'provides' | 'placeName'>,
): { readonly problem: string; readonly reason: string } | null {
  if (isProvided(fetch.needs, site) || (fetch.orNeeds !== undefined && isProvided(fetch.orNeeds, site)))
    return null;
  const needs =
    fetch.orNeeds === undefined
      ? NEED_NOUNS[fetch.needs].noun
      : `${NEED_NOUNS[fetch.needs].noun} or ${NEED_NOUNS[fetch.orNeeds].noun}`;
  return {
    problem: `sample fetch '${fetch.name}' is not valid in this ${site.placeName}`,
    reason: `it needs ${needs}: valid in ${NEED_NOUNS[fetch.needs].places}`,
  };
}

function isProvided(need: Need, site: Pick<ParseSite, 'provides'>): boolean {
  return need === 'nothing' || site.provides.includes(need);
}

const TYPE_NOUNS: { readonly [T in SampleType]: string } = {
  bool: 'a boolean',
  sint: 'an integer',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  addr: 'an IP address',
  str: 'a string',
  bin: 'binary data',
  meth: 'an HTTP method',
  any: 'any type',
};

const NEED_NOUNS: { readonly [N in Need]: { readonly noun: string; readonly places: string } } = {
  nothing: { noun: 'nothing', places: 'every rule' },
  'client-connection': { noun: "the client's connection", places: 'every rule of a proxy' },
  session: { noun: "the client's session", places: 'tcp-request session rules and everything behind them' },
  'request-bytes': { noun: 'bytes of the request', places: 'tcp-request content rules' },
  'request-head': {
    noun: "the request's head",
    places: 'http-request rules, use_backend and other request rules',
  },
  'request-body': {
    noun: "the request's body",
    places: 'http-request rules with option http-buffer-request',
  },
  stream: { noun: 'a stream', places: 'content rules, http rules and logs' },
  backend: { noun: 'the chosen backend', places: 'rules of a backend, response rules and logs' },
  'server-connection': { noun: 'the connection to a server', places: 'response rules and logs' },
  'response-bytes': { noun: 'bytes of the response', places: 'tcp-response content rules' },
  'response-head': { noun: "the response's head", places: 'http-response and http-after-response rules' },
  'response-body': { noun: "the response's body", places: 'http-response rules' },
  'finished-stream': { noun: 'a finished stream', places: 'logs' },
  check: { noun: 'a health check', places: 'tcp-check and http-check rules' },
  configuration: { noun: 'the configuration parser', places: 'the global section' },
  'command-line': { noun: 'the runtime API', places: 'runtime API commands' },
};
