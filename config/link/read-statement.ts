/** Reads one statement into an entry of its section: keyword found, arguments parsed, place checked. */
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { parseArgs } from '../../src/keyword/parse-args.ts';
import { ArgumentError, Words } from '../../src/keyword/words.ts';
import type { Statement } from '../document/document.ts';
import { type Entry, isProxyDraft, nounOf, type SectionDraft } from './draft.ts';
import type { ReadFile } from './read-file.ts';
import { type Recognised, recognise, sectionsOf } from './recognise.ts';
import type { Report, Subject } from './report.ts';
import { StatementSite } from './statement-site.ts';

export interface StatementPlace {
  readonly draft: SectionDraft;
  readonly report: Report;
  /** What relative file names start from. */
  readonly basePath: string;
  readonly readFile: ReadFile;
}

/** The entry, or undefined for a line that is wrong or that is ignored where it stands; the report says why. */
export function readStatement(statement: Statement, place: StatementPlace): Entry | undefined {
  const { draft, report } = place;
  const first = statement.words[0]!;
  const subject: Subject = { at: first.at, source: statement.source };
  const family = draft.kind === 'global' ? 'global' : 'proxy';
  const found = report.attempt(subject, '', () => recognise(statement.words, family, draft.kind));
  if (found === undefined) return undefined;
  const { name, evaluatedIn } = found.declaration;
  const site = new StatementSite({ ...place, source: statement.source, place: evaluatedIn, keyword: name });
  const verdict = verdictOf(found.declaration, draft);
  if (verdict === 'refused') {
    reportRefusal(found.declaration, subject, place);
    return undefined;
  }
  const value = report.attempt(subject, name, () => readValue(found, statement, site));
  if (verdict === 'ignored') {
    reportIgnored(found.declaration, subject, place);
    return undefined;
  }
  if (value === undefined) return undefined;
  tellAbout(found.declaration, subject, report);
  return {
    ...value,
    declaration: found.declaration,
    references: site.references,
    ...subject,
    source: statement.source,
  };
}

type Value = Pick<Entry, 'effect' | 'value'>;

function readValue(
  { declaration, effect, taken }: Recognised,
  statement: Statement,
  site: StatementSite,
): Value {
  const words = new Words(statement.words.slice(taken), statement.end);
  if (effect === 'set') {
    const args = parseArgs(declaration.args, words, site) as never;
    const wrong = declaration.check?.(args);
    if (wrong !== undefined) throw new ArgumentError(statement.words[0]!.at, wrong);
    return { effect, value: declaration.value(args, site) };
  }
  if (!words.isEmpty)
    throw new ArgumentError(words.at, `'${statement.words[0]!.text} ${declaration.name}' takes no argument`, {
      remedy: 'remove what stands behind it',
    });
  return { effect, value: declaration.negated?.value };
}

type Verdict = 'allowed' | 'ignored' | 'refused';

function verdictOf({ sections, misplaced, needsNamedDefaults }: AnyOption, draft: SectionDraft): Verdict {
  if (draft.kind === 'global') return 'allowed';
  if (sections.includes(draft.kind))
    return isNameless(draft) && needsNamedDefaults === true ? 'refused' : 'allowed';
  return isProxyDraft(draft) && misplaced !== 'refused' ? 'ignored' : 'refused';
}

function isNameless({ kind, name }: SectionDraft): boolean {
  return kind === 'defaults' && name === '';
}

type Telling = Pick<StatementPlace, 'draft' | 'report'>;

function reportRefusal(declaration: AnyOption, subject: Subject, { draft, report }: Telling): void {
  if (declaration.sections.includes(draft.kind)) {
    report.error(subject, `'${declaration.name}' not allowed in anonymous 'defaults' section`, {
      remedy: "give the section a name, 'defaults <name>', and take it with 'from <name>'",
    });
    return;
  }
  const problem =
    draft.kind === 'frontend' || draft.kind === 'backend'
      ? `'${declaration.name}' not allowed because ${draft.kind} '${draft.name}' has no ${otherSide(draft.kind)} capability`
      : `'${declaration.name}' not allowed in '${draft.kind}' section`;
  report.error(subject, problem, {
    remedy: `move it to ${sectionsOf(declaration)}`,
  });
}

function reportIgnored(declaration: AnyOption, subject: Subject, { draft, report }: Telling): void {
  report.warning(
    subject,
    `'${declaration.name}' ignored because ${nounOf(draft)} '${draft.name}' has no ${otherSide(draft.kind)} capability`,
    { remedy: `move it to ${sectionsOf(declaration)}` },
  );
}

function otherSide(kind: SectionDraft['kind']): 'frontend' | 'backend' {
  return kind === 'frontend' ? 'backend' : 'frontend';
}

/** What is accepted for the sake of older files, or without effect, is said. */
function tellAbout({ name, obsolete, noEffect }: AnyOption, subject: Subject, report: Report): void {
  if (obsolete !== undefined)
    report.notice(subject, `'${name}' is an old keyword`, {
      remedy: obsolete.startsWith('nothing') ? 'remove the line' : `use ${obsolete}`,
    });
  if (noEffect !== undefined) report.diag(subject, `'${name}' has no effect`, { reason: noEffect });
}
