/** Global keywords about health checks that change nothing here (manual section 3.2). */
import { arg } from '../keyword/arg.ts';
import { defineGlobalOption } from '../keyword/declaration.ts';
import { withoutEffect } from './without-effect.ts';

export const checkTuningOptions = [
  defineGlobalOption(
    withoutEffect({
      name: 'tune.max-checks-per-thread',
      summary: 'How many checks a thread runs before it looks for a thread with fewer.',
      why: 'checks run in a thread of their own, which serves no traffic',
      args: { number: arg.int({ min: 0 }) },
      example: 'tune.max-checks-per-thread 100',
    }),
  ),
] as const;
