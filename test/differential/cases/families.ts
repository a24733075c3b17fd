/** All families of the oracle suite. */
import type { Family } from '../../support/programs/oracle-case.ts';
import { aborts } from './aborts.ts';
import { balancing } from './balancing.ts';
import { closeModes } from './close-modes.ts';
import { withDifferences } from './differences.ts';
import { errors } from './errors.ts';
import { fields } from './fields.ts';
import { framing } from './framing.ts';
import { keepAlive } from './keep-alive.ts';
import { logs } from './logs.ts';
import { messages } from './messages.ts';
import { replies } from './replies.ts';
import { retries } from './retries.ts';
import { reuse } from './reuse.ts';
import { timeouts } from './timeouts.ts';

const tables: readonly Family[] = [
  timeouts,
  retries,
  aborts,
  errors,
  framing,
  keepAlive,
  reuse,
  closeModes,
  messages,
  fields,
  replies,
  logs,
  balancing,
];

export const families: readonly Family[] = tables.map(withDifferences);
