/**
 * One statistic as monitoring tools see it: its name, its type and its tags (management manual 9.2), and the three
 * texts it is printed in: CSV or `name: value`, typed, JSON.
 */

export type FieldType = 'u32' | 's32' | 'u64' | 'str';

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Origin, nature and scope, a letter each; the fourth letter follows from them. */
  readonly tags: string;
}

export type FieldValue = number | string;

const ORIGINS: { readonly [letter: string]: string } = {
  M: 'Metric',
  S: 'Status',
  K: 'Key',
  C: 'Config',
  P: 'Product',
};
const NATURES: { readonly [letter: string]: string } = {
  A: 'Age',
  a: 'Avg',
  C: 'Counter',
  D: 'Duration',
  G: 'Gauge',
  L: 'Limit',
  M: 'Max',
  m: 'Min',
  N: 'Name',
  O: 'Output',
  R: 'Rate',
  T: 'Time',
};
const SCOPES: { readonly [letter: string]: string } = {
  C: 'Cluster',
  P: 'Process',
  S: 'Service',
  s: 'System',
};

/** The number of the worker process in every typed line: there is only one. */
export const PROCESS_NUMBER = 1;

/** `MGPV:u32:0`: tags, type and value. Newlines in texts would end the line, so they become blanks. */
export function typedValue(field: Field, value: FieldValue, persistence: 'V' | 'P'): string {
  return `${field.tags}${persistence}:${field.type}:${singleLine(value)}`;
}

/** The members `tags` and `value` of a JSON object, without braces. */
export function jsonValue(field: Field, value: FieldValue): string {
  const [origin, nature, scope] = field.tags as unknown as [string, string, string];
  const tags = { origin: ORIGINS[origin], nature: NATURES[nature], scope: SCOPES[scope] };
  return `"tags":${JSON.stringify(tags)},"value":${JSON.stringify({ type: field.type, value })}`;
}

export function singleLine(value: FieldValue): string {
  const text = String(value);
  return text.includes('\n') ? text.replaceAll('\n', ' ') : text;
}

/** Quoted only where it holds a comma, a quote or a line end (management manual 9.1). */
export function csvValue(value: FieldValue): string {
  const text = singleLine(value);
  if (!text.includes(',') && !text.includes('"')) return text;
  return `"${text.replaceAll('"', '""')}"`;
}
