/**
 * The document: inert nodes with source positions, the common form of haproxy.cfg and YAML. Nothing in it has been
 * interpreted yet but quoting, environment variables and conditional blocks.
 */
import type { Position, Word } from '../../src/keyword/words.ts';

/** One statement of a section: all its words, the keyword's included. */
export interface Statement {
  readonly words: readonly Word[];
  /** Just past the last word. */
  readonly end: Position;
  /** The line as written, for diagnostics. */
  readonly source: string;
}

/** A section: `frontend www from base` and its statements. */
export interface Section {
  readonly kind: string;
  /** The words behind the section keyword. */
  readonly header: readonly Word[];
  readonly at: Position;
  readonly end: Position;
  readonly source: string;
  readonly statements: readonly Statement[];
}

export interface Document {
  readonly files: readonly string[];
  readonly sections: readonly Section[];
}
