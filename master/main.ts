/**
 * Entry of the master, and of every command: the launcher passes the name it was called by, then the arguments.
 * What serves as HAProxy and what serves people part here.
 */
import { basename } from 'node:path';
import { usage } from './command-line.ts';
import { haproxyCommand, type Invocation } from './haproxy-command.ts';
import { generalHelp, isPeopleCommand } from './people-command-line.ts';

/** Called by this name it takes HAProxy's options only. */
const HAPROXY = 'haproxy';

async function main(invocation: Invocation): Promise<number> {
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

const [programPath = 'fairlead', ...args] = process.argv.slice(2);
process.exit(await main({ programName: basename(programPath), programPath, args }));
