/**
 * Replacing a text that a regular expression matches (manual section 4.4, replace-header): the whole text becomes the
 * value of a format in which `\0` to `\9` stand for what the groups matched.
 */
import { byteStringOf } from '../bytes/byte-text.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import type { StreamView } from '../sample/stream-view.ts';
import { compileUserRegex } from '../sample/user-regex.ts';
import type { Compiler } from './declare.ts';

/** The new text, or undefined when the old one does not match. */
export type Replace = (text: string, stream: StreamView) => string | undefined;

/** Throws an Error for an expression that parsing would have refused. */
export function compileReplacement(pattern: string, format: LogFormatModel, compiler: Compiler): Replace {
  const compiled = compileUserRegex(byteStringOf(pattern), { ignoreCase: false, captures: true });
  if (typeof compiled === 'string') throw new Error(`regular expression '${pattern}': ${compiled}`);
  const { regex } = compiled;
  const text = compiler.logFormat(format);
  return (value, stream) => {
    const match = regex.exec(value);
    return match === null ? undefined : expand(text(stream), match);
  };
}

/** Puts groups in the place of their references; a backslash before anything else goes. */
export function expand(text: string, groups: readonly (string | undefined)[]): string {
  let at = text.indexOf('\\');
  if (at < 0) return text;
  let result = '';
  let from = 0;
  for (; at >= 0 && at + 1 < text.length; at = text.indexOf('\\', from)) {
    const next = text.charCodeAt(at + 1) - ZERO;
    result += text.slice(from, at);
    const isReference = next >= 0 && next <= 9;
    result += isReference ? (groups[next] ?? '') : text[at + 1]!;
    from = at + 2;
  }
  return result + text.slice(from);
}

const ZERO = 48;
