/** YAML as the front-end reads it: values that know where they stand. Aliases are followed, and nothing is interpreted. */
import type { Position, Word } from '../../src/keyword/words.ts';

interface Placed {
  readonly at: Position;
  /** Just past it. */
  readonly end: Position;
}

/** A string or number. A number has the text it is written with: `0660` stays `0660`. */
export interface YamlText extends Placed {
  readonly kind: 'text';
  readonly text: string;
  /** Null for what is no number in YAML. */
  readonly number: number | null;
  /** Where the character at an index of `text` stands in the file. */
  placeOf(index: number): Position;
}

/** `true` or `false`. */
export interface YamlSwitch extends Placed {
  readonly kind: 'switch';
  readonly isOn: boolean;
}

/** `null`, or nothing behind a colon. */
export interface YamlNothing extends Placed {
  readonly kind: 'nothing';
}

export interface YamlList extends Placed {
  readonly kind: 'list';
  readonly items: readonly YamlValue[];
}

export interface YamlEntry {
  readonly key: Word;
  readonly value: YamlValue;
}

export interface YamlMap extends Placed {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
}

export type YamlValue = YamlText | YamlSwitch | YamlNothing | YamlList | YamlMap;

const NOUNS: { readonly [K in YamlValue['kind']]: string } = {
  text: 'a text',
  switch: 'true or false',
  nothing: 'nothing',
  list: 'a list',
  map: 'a map',
};

/** For messages: "a list". */
export function nounOf(value: YamlValue): string {
  return value.kind === 'switch' ? String(value.isOn) : NOUNS[value.kind];
}
