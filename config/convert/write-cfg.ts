/** A document as haproxy.cfg. */
import type { Word } from '../../src/keyword/words.ts';
import type { Document, Section } from '../document/document.ts';
import { quoteWord } from '../haproxy-cfg/quote.ts';

/** Ends with a line feed, as HAProxy wants the last line to. Throws a RangeError for a word with a NUL byte. */
export function writeCfg({ sections }: Document): string {
  return sections.map(sectionText).join('\n');
}

function sectionText({ kind, header, statements }: Section): string {
  const lines = statements.map(({ words }) => `    ${lineText(words)}\n`);
  return `${[kind, ...header.map(({ text }) => quoteWord(text))].join(' ')}\n${lines.join('')}`;
}

/** The words as on one line. */
export function lineText(words: readonly Word[]): string {
  return words.map(({ text }) => quoteWord(text)).join(' ');
}
