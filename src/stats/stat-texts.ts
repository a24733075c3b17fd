/** The three forms of `show stat`: CSV, typed lines, JSON (management manual 9.1 to 9.3). */
import { COLUMNS, type Column, CSV_HEADER } from './columns.ts';
import { csvValue, type Field, jsonValue, PROCESS_NUMBER, typedValue } from './field.ts';
import { ObjectKind, type StatRow } from './rows.ts';

export function statCsv(rows: readonly StatRow[]): string {
  const lines = rows.map((row) => `${COLUMNS.map(({ name }) => valueText(row, name)).join(',')},-,`);
  return `${[CSV_HEADER, ...lines].join('\n')}\n`;
}

function valueText(row: StatRow, name: string): string {
  const value = row.values[name];
  return value === undefined ? '' : csvValue(value);
}

/** A line per value: `F.2.0.4.scur.1:MGPV:u32:0`. */
export function statTyped(rows: readonly StatRow[]): string {
  const lines: string[] = [];
  for (const row of rows) {
    for (const { position, column, value } of presentValues(row)) {
      const place = `${row.kind.letter}.${row.proxyId}.${row.objectId}.${position}.${column.name}.${PROCESS_NUMBER}`;
      lines.push(`${place}:${typedValue(taggedFor(row, column), value, persistenceOf(column))}\n`);
    }
  }
  return lines.join('');
}

/** A list of objects, each a list of fields, without blanks. */
export function statJson(rows: readonly StatRow[]): string {
  const objects = rows.map((row) => {
    const fields = presentValues(row).map(({ position, column, value }) => {
      const field = JSON.stringify({ pos: position, name: column.name });
      const object = `"objType":"${row.kind.label}","proxyId":${row.proxyId},"id":${row.objectId},"field":${field}`;
      return `{${object},"processNum":${PROCESS_NUMBER},${jsonValue(taggedFor(row, column), value)}}`;
    });
    return `[${fields.join(',')}]`;
  });
  return `[${objects.join(',')}]\n`;
}

function presentValues(row: StatRow): { position: number; column: Column; value: number | string }[] {
  return COLUMNS.flatMap((column, position) => {
    const value = row.values[column.name];
    return value === undefined || value === '' ? [] : [{ position, column, value }];
  });
}

function taggedFor(row: StatRow, column: Column): Field {
  const own =
    row.kind === ObjectKind.SERVER
      ? column.serverTags
      : row.kind === ObjectKind.BACKEND
        ? column.backendTags
        : undefined;
  return own === undefined ? column : { ...column, tags: own };
}

/** Counters and rates may be shared between processes by a stats file: HAProxy calls these persistent. */
function persistenceOf(column: Column): 'V' | 'P' {
  return column.tags === 'MRP' || (column.tags === 'MCP' && column.type === 'u64') ? 'P' : 'V';
}
