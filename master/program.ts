/** The whole program: what serves as HAProxy and what serves people part here. */
import { usage } from './command-line.ts';
import { haproxyCommand, type Invocation } from './haproxy-command.ts';
import { generalHelp, isPeopleCommand } from './people-command-line.ts';

/** Called by this name it takes HAProxy's options only. */
const HAPROXY = 'haproxy';

/** Resolves to the exit status. */
export async function program(invocation: Invocation): Promise<number> {
  const { programName, args } = invocation;
  if (programName === HAPROXY) return haproxyCommand(invocation);
  if (args[0] === '-h' || args[0] === '--help') {
    const options = `\nHAProxy's options:\n\n${usage(programName)}`;
    process.stdout.write(`${generalHelp(programName)}${args[0] === '-h' ? options : ''}`);
    return 0;
  }
  if (args.length === 0) {
    process.stderr.write(generalHelp(programName));
    return 1;
  }
  if (!isPeopleCommand(args)) return haproxyCommand(invocation);
  return (await import('./people-command.ts')).peopleCommand(invocation);
}
