/** What the link step knows of a section while it reads it: its lines as values, with where they came from. */
import type { AnyOption } from '../../src/keyword/declaration.ts';
import type { AclTestModel } from '../../src/keyword/language-model.ts';
import type { ReferenceKind } from '../../src/keyword/site.ts';
import type { Position } from '../../src/keyword/words.ts';

export type ProxyKind = 'frontend' | 'backend' | 'listen';

/** A name that a line uses and that must exist. */
export interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
  readonly at: Position;
}

/** One line that has been understood. */
export interface Entry {
  readonly declaration: AnyOption;
  /** `set` adds or replaces, `negate` is the `no` prefix, `reset` the `default` prefix. */
  readonly effect: 'set' | 'negate' | 'reset';
  /** Unused with `reset`. */
  readonly value: unknown;
  readonly references: readonly Reference[];
  readonly at: Position;
  readonly source: string;
}

export interface SectionDraft {
  readonly kind: 'global' | 'defaults' | ProxyKind;
  /** '' for global and for defaults without a name. */
  readonly name: string;
  readonly at: Position;
  readonly source: string;
  /** The defaults section that its settings begin with. */
  readonly base: SectionDraft | null;
  readonly entries: Entry[];
  /** ACLs of this section; lines below add to them. */
  readonly acls: Map<string, AclTestModel[]>;
}

export interface ProxyDraft extends SectionDraft {
  readonly kind: ProxyKind;
}

export function isProxyDraft(draft: SectionDraft): draft is ProxyDraft {
  return draft.kind !== 'global' && draft.kind !== 'defaults';
}

/** How HAProxy calls a section in messages: a `listen` is a proxy. */
export function nounOf(draft: SectionDraft): string {
  return draft.kind === 'listen' ? 'proxy' : draft.kind;
}
