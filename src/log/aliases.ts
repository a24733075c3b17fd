/**
 * All aliases of log formats (manual section 8.2.6, table), listed explicitly. `%o` is none of them: it sets the
 * flags of the items behind it (`parse-log-format.ts`). Examples are evaluated on the stream of the alias tests.
 */
import type { LogFormatModel } from '../keyword/language-model.ts';
import { countAliases } from './aliases/counts.ts';
import { dateAliases } from './aliases/dates.ts';
import { messageAliases } from './aliases/messages.ts';
import { placeAliases } from './aliases/places.ts';
import { timerAliases } from './aliases/timers.ts';
import type { LogAliasDeclaration } from './declare.ts';

export const logAliases: readonly LogAliasDeclaration[] = [
  ...dateAliases,
  ...timerAliases,
  ...countAliases,
  ...placeAliases,
  ...messageAliases,
];

const byName: ReadonlyMap<string, LogAliasDeclaration> = new Map(
  logAliases.map((alias) => [alias.name, alias]),
);

export function findLogAlias(name: string): LogAliasDeclaration | undefined {
  return byName.get(name);
}

export function logAliasNames(): Iterable<string> {
  return byName.keys();
}

/** The first alias of a format that `mode tcp` does not have; undefined when there is none. */
export function httpOnlyAlias(format: LogFormatModel): string | undefined {
  return aliasesOf(format).find((alias) => alias.isHttpOnly)?.name;
}

/** Whether a format tells of the connection to the server. */
export function needsServerEnds(format: LogFormatModel): boolean {
  return aliasesOf(format).some((alias) => alias.needsServerEnds);
}

function aliasesOf({ nodes }: LogFormatModel): LogAliasDeclaration[] {
  return nodes.flatMap((node) => (node.kind === 'alias' ? (byName.get(node.name) ?? []) : []));
}
