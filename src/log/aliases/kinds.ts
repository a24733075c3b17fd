/**
 * The kinds of aliases: numbers, texts, addresses and dates. Each compiles to a function that writes one item; the
 * flags Q, X and E are decided there, once.
 */
import type { LineBuffer } from '../../bytes/line-buffer.ts';
import type { Example } from '../../keyword/declaration.ts';
import type { Endpoint, StreamView } from '../../sample/stream-view.ts';
import {
  type AliasUse,
  defineLogAlias,
  type LogAliasDeclaration,
  type LogSite,
  type WriteItem,
} from '../declare.ts';
import {
  type ByteRules,
  ESCAPED_SAMPLE_RULES,
  ESCAPED_TEXT_RULES,
  SAMPLE_RULES,
  TEXT_RULES,
  writeByRules,
} from '../unsafe-bytes.ts';

const QUOTE = 34;
const PLUS = 43;

interface AliasInput {
  readonly name: string;
  readonly summary: string;
  /** What `%name` prints for the stream that the examples are evaluated on. */
  readonly example?: string;
  /** More examples, or those of an alias that prints another text in every process. */
  readonly examples?: readonly Example[];
  readonly isHttpOnly?: boolean;
  readonly needsServerEnds?: boolean;
  readonly differences?: readonly string[];
}

function declared(
  { example, examples = [], ...input }: AliasInput,
  compile: (use: AliasUse) => WriteItem,
): LogAliasDeclaration {
  const own = example === undefined ? [] : [{ text: `%${input.name}`, result: example }];
  return defineLogAlias({ ...input, examples: [...own, ...examples], compile });
}

/** What an item without a value prints. */
function absentText({ flags, isLine }: AliasUse): string {
  if (flags.quote) return '""';
  return isLine ? '-' : '';
}

export function textRules({ flags }: AliasUse): ByteRules {
  return flags.escape ? ESCAPED_TEXT_RULES : TEXT_RULES;
}

/** Puts quotes around what `write` writes, with the flag Q. */
export function quotedIf(isQuoted: boolean, write: WriteItem): WriteItem {
  if (!isQuoted) return write;
  return (stream, out) => {
    out.byte(QUOTE);
    write(stream, out);
    out.byte(QUOTE);
  };
}

interface NumberInput extends AliasInput {
  /** With the flag X it prints in hexadecimal. */
  readonly isHexable?: boolean;
  /** It still grows when a line is written early. */
  readonly grows?: boolean;
  /** Null: there is none. */
  read(stream: StreamView, site: LogSite): number | null;
}

export function numberAlias({ read, isHexable, grows, ...input }: NumberInput): LogAliasDeclaration {
  return declared(input, (use) => {
    const { flags, site, isLine } = use;
    const write = isHexable && flags.hex ? writeHex : writeInt;
    const absent = absentText(use);
    const isGrowing = grows === true && site.isEarly && isLine;
    return (stream, out) => {
      const value = read(stream, site);
      if (value === null) {
        out.text(absent);
        return;
      }
      if (isGrowing) out.byte(PLUS);
      write(out, value);
    };
  });
}

function writeInt(out: LineBuffer, value: number): void {
  out.int(value);
}

function writeHex(out: LineBuffer, value: number): void {
  out.text(value.toString(16).toUpperCase().padStart(4, '0'));
}

interface TextInput extends AliasInput {
  /** A byte string; null where there is none. */
  read(stream: StreamView, site: LogSite): string | null;
}

export function textAlias({ read, ...input }: TextInput): LogAliasDeclaration {
  return declared(input, (use) => {
    const { site } = use;
    const rules = use.flags.escape ? ESCAPED_SAMPLE_RULES : SAMPLE_RULES;
    const absent = absentText(use);
    const isQuoted = use.flags.quote;
    return (stream, out) => {
      const value = read(stream, site);
      if (value === null) {
        out.text(absent);
        return;
      }
      if (isQuoted) out.byte(QUOTE);
      writeByRules(out, value, rules);
      if (isQuoted) out.byte(QUOTE);
    };
  });
}

interface AddressInput extends AliasInput {
  read(stream: StreamView): Endpoint | null;
}

export function addressAlias({ read, ...input }: AddressInput): LogAliasDeclaration {
  return declared(input, (use) => {
    const { quote, hex } = use.flags;
    const absent = absentText(use);
    return (stream, out) => {
      const end = read(stream);
      if (end === null) {
        out.text(absent);
      } else if (hex && end.ip !== null) {
        out.text(hexOf(end));
      } else {
        if (quote) out.byte(QUOTE);
        out.text(end.text);
        if (quote) out.byte(QUOTE);
      }
    };
  });
}

/** The bytes of an address in hexadecimal. */
function hexOf({ ip }: Endpoint): string {
  if (ip === null) return '';
  const digits =
    ip.v6 === '' ? ip.v4.toString(16).padStart(8, '0') : Buffer.from(ip.v6, 'latin1').toString('hex');
  return digits.toUpperCase();
}

/** An alias that writes by itself and that no flag changes: dates, states. */
export function plainAlias({
  write,
  ...input
}: AliasInput & { readonly write: WriteItem }): LogAliasDeclaration {
  return declared(input, () => write);
}

/** An alias with a compiler of its own. */
export function ownAlias({
  compile,
  ...input
}: AliasInput & { compile(use: AliasUse): WriteItem }): LogAliasDeclaration {
  return declared(input, compile);
}
