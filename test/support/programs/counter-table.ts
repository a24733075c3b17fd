/** Rows of `show stat` as comparable lines. */

/** Counters that depend on what was sent and done alone; times, rates and gauges of the moment are left out. */
const COUNTERS: readonly string[] = [
  'stot',
  'dreq',
  'dresp',
  'ereq',
  'econ',
  'eresp',
  'wretr',
  'wredis',
  'lbtot',
  'hrsp_1xx',
  'hrsp_2xx',
  'hrsp_3xx',
  'hrsp_4xx',
  'hrsp_5xx',
  'hrsp_other',
  'req_tot',
  'cli_abrt',
  'srv_abrt',
  'dcon',
  'dses',
  'connect',
  'reuse',
  'intercepted',
];

/** Rows of the proxies of this name and of its backend `<name>-back`: `proxy/server column=value …`, zeros left out. */
export function countersOf(text: string, name: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const columns = (lines[0] ?? '').replace(/^# /, '').split(',');
  return lines
    .slice(1)
    .map((line) => line.split(','))
    .filter(([proxy]) => proxy === name || proxy === `${name}-back`)
    .map((fields) => {
      const counted = COUNTERS.map((column) => [column, fields[columns.indexOf(column)]] as const).filter(
        ([, value]) => value !== undefined && value !== '' && value !== '0',
      );
      return [`${fields[0]}/${fields[1]}`, ...counted.map(([column, value]) => `${column}=${value}`)].join(
        ' ',
      );
    });
}
