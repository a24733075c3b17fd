/** `fairlead check --against-running`: what a reload of the running instance would change. */
import { deserialize } from 'node:v8';
import type { Model } from '../config/model/model.ts';
import type { RunningState } from './cli/context.ts';
import { keywordNames } from './keyword-names.ts';
import { describeChanges, diffModels } from './model-diff.ts';
import { FULL_VERSION } from './product.ts';
import { askRunning } from './reload-command.ts';

/** Prints the changes. Resolves to 0, or to 1 when no running instance can be asked. */
export async function compareWithRunning(model: Model, file: string): Promise<number> {
  const answer = await askRunning(file, 'show running-model\n');
  if (answer === null) return 1;
  const running = readState(answer);
  if (running === null) {
    process.stderr.write('the running instance is of another version and cannot be compared with\n');
    return 1;
  }
  const { changes, replaceReason } = diffModels(running.model, model, keywordNames);
  const lines = describeChanges(changes, running.counts);
  if (changes.length === 0) lines.push('a reload would change nothing');
  else if (replaceReason === '') lines.push('a reload would change this in place');
  else lines.push(`a reload would replace the worker process: ${replaceReason}`);
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

/** The answer is of our own program, over a socket that only its user can open. */
function readState(answer: string): RunningState | null {
  try {
    const state = deserialize(Buffer.from(answer.trim(), 'base64')) as RunningState;
    return state.version === FULL_VERSION ? state : null;
  } catch {
    return null;
  }
}
