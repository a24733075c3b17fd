/**
 * The place of one statement: gives its arguments the languages of samples, conditions, rules and options, and
 * keeps what they refer to.
 */
import { resolve } from 'node:path';
import { parseAcl } from '../../src/acl/parse-acl.ts';
import { parseCondition } from '../../src/acl/parse-condition.ts';
import { findAction, findAlgorithm, keywords, samples } from '../../src/catalog.ts';
import { arg } from '../../src/keyword/arg.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { haproxyActions, haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import type {
  AclTestModel,
  CallModel,
  ConditionModel,
  ExpressionModel,
  LogFormatModel,
  Plain,
  RuleModel,
  SettingsModel,
} from '../../src/keyword/language-model.ts';
import { nearest } from '../../src/keyword/nearest.ts';
import { parseArgs, parseSomeArgs } from '../../src/keyword/parse-args.ts';
import type { Need, ParseSite, Place, ReferenceKind, RuleSetName } from '../../src/keyword/site.ts';
import { ArgumentError, type Position, type Word, Words } from '../../src/keyword/words.ts';
import { parseLogFormat } from '../../src/log/parse-log-format.ts';
import { parseExpression } from '../../src/sample/parse-expression.ts';
import type { Reference, SectionDraft } from './draft.ts';
import { placeName, providedAt } from './places.ts';
import { type ReadFile, readProblem } from './read-file.ts';
import type { Report } from './report.ts';

export interface SiteOptions {
  readonly draft: SectionDraft;
  readonly report: Report;
  readonly source: string;
  readonly basePath: string;
  readonly readFile: ReadFile;
  /** Where the keyword's expressions are evaluated. */
  readonly place: Place | undefined;
  /** The keyword, for messages. */
  readonly keyword: string;
}

export class StatementSite implements ParseSite {
  readonly basePath: string;
  readonly provides: readonly Need[];
  readonly placeName: string;
  readonly references: Reference[];
  readonly #options: SiteOptions;

  constructor(options: SiteOptions, references: Reference[] = []) {
    this.#options = options;
    this.basePath = options.basePath;
    this.provides = providedAt(options.place, options.draft.kind);
    this.placeName = options.place === undefined ? `'${options.keyword}' line` : placeName(options.place);
    this.references = references;
  }

  parseExpression(words: Words): ExpressionModel {
    return parseExpression(words, this, samples);
  }

  parseLogFormat(word: Word): LogFormatModel {
    return parseLogFormat(word, this);
  }

  parseCondition(words: Words): ConditionModel {
    return parseCondition(words, this, samples, this.#options.draft.acls);
  }

  parseAcl(words: Words): AclTestModel {
    return parseAcl(words, this, samples);
  }

  parseRule(ruleSet: RuleSetName, words: Words): RuleModel {
    const word = words.take('<action>');
    const action = findAction(ruleSet, word.text);
    if (action === undefined) throw unknownAction(ruleSet, word);
    const site = new StatementSite({ ...this.#options, place: ruleSet }, this.references);
    const { [RULE_CONDITION]: condition, ...args } = parseArgs(
      { ...action.args, [RULE_CONDITION]: arg.condition() },
      words,
      site,
    );
    const wrong = action.check?.(args as never, {
      ruleSet,
      warn: (problem) => site.warn(word.at, problem),
    });
    if (wrong !== undefined) throw new ArgumentError(word.at, wrong);
    return {
      action: { name: action.name, args: args as CallModel['args'] },
      condition: condition as ConditionModel | null,
      at: word.at,
    };
  }

  parseOptions(family: 'bind' | 'server', words: Words): SettingsModel {
    const settings: { [key: string]: Plain } = {};
    while (!words.isEmpty) this.#parseOption(family, words, settings);
    return settings;
  }

  #parseOption(family: 'bind' | 'server', words: Words, settings: { [key: string]: Plain }): void {
    const word = words.take('<option>');
    const option = keywords.find(family, word.text) as AnyOption | undefined;
    if (option === undefined) throw unknownOption(family, word);
    const value = readValue(option, words, this, word);
    this.#tellAbout(option, word);
    if (option.noEffect === undefined) settings[option.key] = value as Plain;
  }

  /** Old names and options without effect are accepted, and said. */
  #tellAbout(option: AnyOption, word: Word): void {
    const subject = { at: word.at, source: this.#options.source };
    if (option.obsolete !== undefined)
      this.#options.report.notice(subject, `'${option.name}' is an old option`, {
        remedy: `use ${option.obsolete}`,
      });
    if (option.noEffect !== undefined)
      this.#options.report.diag(subject, `'${option.name}' has no effect`, { reason: option.noEffect });
  }

  parseCall(family: 'balance', words: Words): CallModel {
    const word = words.take('<algorithm>');
    const { name, inner } = splitParentheses(word);
    const algorithm = findAlgorithm(name);
    if (algorithm === undefined) throw unknownAlgorithm(family, word, name);
    const all = inner === null ? words : new Words([...inner, ...words.takeRest()], words.at);
    return { name: algorithm.name, args: parseArgs(algorithm.args, all, this) as CallModel['args'] };
  }

  readFile(path: string, at: Position): Uint8Array {
    try {
      return this.#options.readFile(resolve(this.basePath, path));
    } catch (error) {
      throw new ArgumentError(at, `cannot read '${path}'`, { reason: readProblem(error) });
    }
  }

  refer(kind: ReferenceKind, name: string, at: Position): void {
    this.references.push({ kind, name, at });
  }

  warn(at: Position, problem: string, advice?: { reason?: string; remedy?: string }): void {
    this.#options.report.warning({ at, source: this.#options.source }, problem, advice);
  }
}

/** A key that no action's argument has. */
const RULE_CONDITION = 'if or unless';

function readValue(option: AnyOption, words: Words, site: ParseSite, word: Word): unknown {
  try {
    return option.value(parseSomeArgs(option.args, words, site) as never, site);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(error.at, `'${word.text}': ${error.message}`, adviceOf(error));
  }
}

function adviceOf({ reason, remedy }: ArgumentError): { reason?: string; remedy?: string } {
  return { ...(reason !== undefined && { reason }), ...(remedy !== undefined && { remedy }) };
}

/** `random(2)` and `hdr(host)`: the words in parentheses come before those behind. */
function splitParentheses(word: Word): { name: string; inner: Word[] | null } {
  const match = /^([^(]+)\((.*)\)$/.exec(word.text);
  if (match === null) return { name: word.text, inner: null };
  const column = word.at.column + match[1]!.length + 1;
  const inner = match[2]!.split(',').map((text) => ({ text, at: { ...word.at, column } }));
  return { name: match[1]!, inner };
}

function notSupported(word: Word, what: string): ArgumentError {
  return new ArgumentError(word.at, `'${what}' is a HAProxy keyword that Fairlead does not support yet`);
}

function unknownAction(ruleSet: RuleSetName, word: Word): ArgumentError {
  const bare = word.text.replace(/\(.*$/, '');
  if (haproxyActions(ruleSet).has(bare)) return notSupported(word, `${ruleSet} ${bare}`);
  const close = nearest(bare, haproxyActions(ruleSet));
  return new ArgumentError(
    word.at,
    `unknown action '${word.text}'`,
    close === undefined ? {} : { remedy: `did you mean '${close}'?` },
  );
}

function unknownOption(family: 'bind' | 'server', word: Word): ArgumentError {
  if (haproxyKeywords(family).has(word.text)) return notSupported(word, word.text);
  const close = nearest(word.text, [...keywords.names(family), ...haproxyKeywords(family)]);
  return new ArgumentError(
    word.at,
    `unknown keyword '${word.text}' of a ${family} line`,
    close === undefined ? {} : { remedy: `did you mean '${close}'?` },
  );
}

function unknownAlgorithm(family: 'balance', word: Word, name: string): ArgumentError {
  if (haproxyKeywords(family).has(name)) return notSupported(word, `${family} ${name}`);
  const close = nearest(name, haproxyKeywords(family));
  return new ArgumentError(word.at, `unknown balance algorithm '${word.text}'`, {
    remedy:
      close === undefined ? `known: ${[...keywords.names(family)].join(', ')}` : `did you mean '${close}'?`,
  });
}
