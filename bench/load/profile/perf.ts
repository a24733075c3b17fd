/** Samples a program with perf(1) and sums by part (kernel, Node, our code) and by function. */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findProgram } from '../../support/programs.ts';
import { sourcePlace } from './source-places.ts';

export interface NamedShare {
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
}

export interface PerfShare extends NamedShare {
  /** `kernel`, `JavaScript`, or the library's name. */
  readonly part: string;
  readonly place: string;
}

export interface PerfSums {
  /** By own time. */
  readonly functions: readonly PerfShare[];
  /** Time in the kernel, by the call that led there. */
  readonly systemCalls: readonly NamedShare[];
  readonly threads: readonly NamedShare[];
}

const HERTZ = 1999;

/** Ends with the time. perf.data stays in the folder. Throws an Error when perf may not sample. */
export function perfCommand(pids: readonly number[], folder: string, seconds: number): readonly string[] {
  const where = ['-p', pids.join(','), '-o', join(folder, 'perf.data')];
  return [
    'perf',
    'record',
    '-q',
    '-g',
    '-e',
    'cpu-clock',
    '-F',
    String(HERTZ),
    ...where,
    '--',
    'sleep',
    String(seconds),
  ];
}

/** Reads perf.data. Lists are sorted, most first. */
export function readPerf(folder: string): PerfSums {
  const args = ['script', '-i', join(folder, 'perf.data'), '-F', 'comm,tid,ip,sym,dso'];
  const options: ExecFileSyncOptionsWithStringEncoding = {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
    stdio: ['ignore', 'pipe', 'ignore'],
  };
  const functions = new Map<string, number>();
  const calls = new Map<string, number>();
  const threads = new Map<string, number>();
  let samples = 0;
  for (const block of execFileSync(findProgram('perf')!, args, options).split('\n\n')) {
    const [title = '', ...frames] = block.split('\n').filter((line) => line.trim() !== '');
    if (frames.length === 0) continue;
    samples++;
    add(threads, title.trim().replace(/\s+/g, ' '));
    add(functions, functionOf(frames[0]!).join('\t'));
    if (frames[0]!.includes('[kernel')) add(calls, systemCallOf(frames));
  }
  const sorted = (sums: Map<string, number>) => [...sums].sort(([, a], [, b]) => b - a);
  return {
    functions: sorted(functions).map(([key, count]) => {
      const [part = '', name = '', place = ''] = key.split('\t');
      return { part, name, place, share: count / samples };
    }),
    systemCalls: sorted(calls).map(([name, count]) => ({ name, share: count / samples })),
    threads: sorted(threads).map(([name, count]) => ({ name, share: count / samples })),
  };
}

/** The outermost frame of the kernel that is named after a system call. */
function systemCallOf(frames: readonly string[]): string {
  for (const frame of frames.toReversed()) {
    const found = / (?:__(?:x64|arm64|do|se)_sys_|__sys_|ksys_)(\w+)/.exec(frame);
    if (found !== null) return found[1]!;
  }
  return 'interrupts, entry and exit';
}

function add(sums: Map<string, number>, key: string): void {
  sums.set(key, (sums.get(key) ?? 0) + 1);
}

/**
 * Part, name and place of a frame, `ADDRESS SYMBOL (LIBRARY)`. V8's names in its map: `JS:*'#runRules file:///…:4305:11`,
 * * for optimized code, other signs for the tiers below.
 */
function functionOf(frame: string): [string, string, string] {
  const found = /^\s*[\da-f]+ (.*) \((.*?)\)$/.exec(frame);
  const [, symbol = frame, library = ''] = found ?? [];
  if (library.startsWith('[kernel') || library.startsWith('[k')) return ['kernel', symbol, ''];
  const js = /^JS:(\S*?)'?([#$\w]*(?: [#$\w]+)*) ((?:file|node):\S+?):(\d+):(\d+)/.exec(symbol);
  if (js !== null) {
    const [, tier = '', name = '', url = '', line = '1', column = '1'] = js;
    const shown = `${name || '(anonymous)'}${tier.startsWith('*') ? '' : ` (${tier || '~'}: not optimized)`}`;
    const place = sourcePlace({ url, line: Number(line), column: Number(column) });
    return [url.startsWith('node:') ? "Node's JavaScript" : 'JavaScript', shown, place];
  }
  if (symbol.startsWith('JS:')) return ['JavaScript', symbol, ''];
  if (symbol.startsWith('Builtins_')) return ["V8's builtins", symbol, ''];
  if (library.startsWith('/tmp/perf-')) return ['generated code', symbol, ''];
  return [basename(library), symbol, ''];
}

/** V8 leaves the names of its code behind. */
export function removePerfMaps(pids: readonly number[]): void {
  for (const pid of pids) rmSync(`/tmp/perf-${pid}.map`, { force: true });
}
