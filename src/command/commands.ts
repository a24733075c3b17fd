/** The commands of the worker process's runtime API, listed explicitly. The master CLI takes `sessionCommands` and its own. */
import type { AnyCommand } from './declare.ts';
import { frontendCommands } from './frontend-commands.ts';
import type { ProcessContext } from './process-context.ts';
import { serverCommands } from './server-commands.ts';
import { sessionCommands } from './session.ts';
import { showCommands } from './show-commands.ts';
import { showEventsCommand } from './show-events-command.ts';

export const commands: readonly AnyCommand<ProcessContext>[] = [
  ...sessionCommands,
  ...showCommands,
  showEventsCommand,
  ...serverCommands,
  ...frontendCommands,
];
