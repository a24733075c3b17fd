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
  const value = report.attempt(subject, name, () => readValue(found, statement, site));
  if (!isAllowedHere(found.declaration, subject, place)) return undefined;
  tellAbout(found.declaration, subject, report);
  if (value === undefined) return undefined;
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
  if (effect === 'set')
    return { effect, value: declaration.value(parseArgs(declaration.args, words, site) as never, site) };
  if (!words.isEmpty)
    throw new ArgumentError(words.at, `'${statement.words[0]!.text} ${declaration.name}' takes no argument`, {
      remedy: 'remove what stands behind it',
    });
  return { effect, value: declaration.negated?.value };
}

function isAllowedHere(declaration: AnyOption, subject: Subject, { draft, report }: StatementPlace): boolean {
  if (draft.kind === 'global') return true;
  if (declaration.sections.includes(draft.kind))
    return isAllowedInDefaults(declaration, subject, { draft, report });
  if (!isProxyDraft(draft) || declaration.misplaced === 'refused') {
    report.error(subject, `'${declaration.name}' cannot stand in a ${draft.kind} section`, {
      remedy: `move it to ${sectionsOf(declaration)}`,
    });
    return false;
  }
  const capability = draft.kind === 'frontend' ? 'backend' : 'frontend';
  report.warning(
    subject,
    `'${declaration.name}' ignored because ${nounOf(draft)} '${draft.name}' has no ${capability} capability`,
    {
      remedy: `move it to ${sectionsOf(declaration)}`,
    },
  );
  return false;
}

function isAllowedInDefaults(
  declaration: AnyOption,
  subject: Subject,
  place: Pick<StatementPlace, 'draft' | 'report'>,
): boolean {
  if (place.draft.kind !== 'defaults' || place.draft.name !== '' || declaration.needsNamedDefaults !== true)
    return true;
  place.report.error(subject, `'${declaration.name}' cannot stand in a defaults section without a name`, {
    remedy: "give the section a name, 'defaults <name>', and take it with 'from <name>'",
  });
  return false;
}

/** What is accepted for the sake of older files, or without effect, is said. */
function tellAbout({ name, obsolete, noEffect }: AnyOption, subject: Subject, report: Report): void {
  if (obsolete !== undefined)
    report.notice(subject, `'${name}' is an old keyword`, {
      remedy: obsolete.startsWith('nothing') ? 'remove the line' : `use ${obsolete}`,
    });
  if (noEffect !== undefined) report.diag(subject, `'${name}' has no effect`, { reason: noEffect });
}
