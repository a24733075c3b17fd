/** The three forms of `show info` (management manual 9.3). */
import { type FieldValue, jsonValue, PROCESS_NUMBER, singleLine, typedValue } from './field.ts';
import { INFO_FIELDS, type InfoField } from './info-fields.ts';
import type { ProcessStats } from './view.ts';

export function infoText(stats: ProcessStats, isDescribed = false): string {
  return present(stats)
    .map(
      ({ field, value }) =>
        `${field.name}: ${singleLine(value)}${isDescribed ? `:"${field.summary}"` : ''}\n`,
    )
    .join('');
}

/** A line per value: `6.Pid.1:SGPV:u32:1234`. */
export function infoTyped(stats: ProcessStats, isDescribed = false): string {
  return present(stats)
    .map(
      ({ field, value }) =>
        `${field.position}.${field.name}.${PROCESS_NUMBER}:${typedValue(field, value, 'V')}${isDescribed ? `:"${field.summary}"` : ''}\n`,
    )
    .join('');
}

export function infoJson(stats: ProcessStats): string {
  const fields = present(stats).map(({ field, value }) => {
    const place = JSON.stringify({ pos: field.position, name: field.name });
    return `{"field":${place},"processNum":${PROCESS_NUMBER},${jsonValue(field, value)}}`;
  });
  return `[${fields.join(',')}]\n`;
}

function present(stats: ProcessStats): { field: InfoField; value: FieldValue }[] {
  return INFO_FIELDS.flatMap((each) => {
    const value = each.value(stats);
    return value === '' ? [] : [{ field: each, value }];
  });
}
