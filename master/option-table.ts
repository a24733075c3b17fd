/**
 * HAProxy's command line options (management manual section 3), one entry each. Parsing, the usage text and the
 * manual are derived from this table.
 */

/** A command line that cannot be understood; the message says what is wrong with it. */
export class UsageError extends Error {}

/** What the options leave. Filled by the entries' `apply` while the arguments are read. */
export interface Settings {
  /** `-f` and `--`, in order: files and folders. */
  readonly files: string[];
  task: 'run' | 'check' | 'condition' | 'version' | 'detailed-version';
  /** The text behind `-cc`. */
  condition: string;
  folder: string;
  isVerbose: boolean;
  isQuiet: boolean;
  /** `-d`: stay in the foreground and show events. */
  isDebug: boolean;
  /** `-db`, `-d`: never to the background, whatever the configuration says. */
  isForeground: boolean;
  isDaemon: boolean;
  /** `-W`, `-Ws`: report and exit as HAProxy's master does. */
  isMasterWorker: boolean;
  /** `-Ws`: tell systemd. */
  isNotifying: boolean;
  /** `-S`, each with its bind options behind commas. */
  readonly masterSockets: string[];
  localPeer: string | null;
  maxconn: number | null;
  proxyMaxconn: number | null;
  memoryMegabytes: number | null;
  pidFile: string | null;
  /** Processes to stop once this one serves, and how. */
  readonly finishPids: number[];
  readonly terminatePids: number[];
  isZeroWarning: boolean;
  isDiagnostic: boolean;
  ignoresResolution: boolean;
  isServerVerifyOff: boolean;
  /** `-dK`: classes of keywords to list; null without the option. */
  keywordClasses: string | null;
  /** `-dC`: dump the configuration; with a key, without what is confidential. Null without the option. */
  dumpKey: string | null;
  /** `-4`. */
  isIpv4Only: boolean;
}

export function defaultSettings(): Settings {
  return {
    files: [],
    task: 'run',
    condition: '',
    folder: '',
    isVerbose: false,
    isQuiet: false,
    isDebug: false,
    isForeground: false,
    isDaemon: false,
    isMasterWorker: false,
    isNotifying: false,
    masterSockets: [],
    localPeer: null,
    maxconn: null,
    proxyMaxconn: null,
    memoryMegabytes: null,
    pidFile: null,
    finishPids: [],
    terminatePids: [],
    isZeroWarning: false,
    isDiagnostic: false,
    ignoresResolution: false,
    isServerVerifyOff: false,
    keywordClasses: null,
    dumpKey: null,
    isIpv4Only: false,
  };
}

export interface OptionEntry {
  readonly name: string;
  /** `none`: it stands alone. `word`: the next argument. `attached`: text right behind the name, which may be
   * empty. `list`: all arguments up to the next option. `rest`: all arguments. */
  readonly takes: 'none' | 'word' | 'attached' | 'list' | 'rest';
  /** The argument's noun in the usage text. */
  readonly noun?: string;
  /** One sentence for the usage text and the manual. */
  readonly summary: string;
  /** Accepted, and why it changes nothing here. */
  readonly noEffect?: string;
  apply?(settings: Settings, value: string): void;
}

const NO_POLLER = 'Node chooses how it waits for events';

/** A poller, an optimisation or a diagnostic of HAProxy's that has no counterpart. */
function ignored(name: string, summary: string, noEffect: string, noun?: string): OptionEntry {
  return {
    name,
    takes: noun === undefined ? 'none' : 'attached',
    ...(noun !== undefined && { noun }),
    summary,
    noEffect,
  };
}

function number(name: string, value: string, least: number): number {
  if (/^\d{1,12}$/.test(value) && Number(value) >= least) return Number(value);
  throw new UsageError(`'${value}' is not a number of ${least} or more, for ${name}`);
}

function pid(name: string, value: string): number {
  const found = number(name, value, 1);
  if (found <= 0x7fffffff) return found;
  throw new UsageError(`${value} is not a process number, for ${name}`);
}

export const options: readonly OptionEntry[] = [
  {
    name: '-f',
    takes: 'word',
    noun: 'cfgfile|cfgdir',
    summary: 'Reads a configuration file, or all .cfg files of a folder; may be repeated.',
    apply: (settings, value) => settings.files.push(value),
  },
  {
    name: '--',
    takes: 'rest',
    noun: 'cfgfile',
    summary: 'All that follows are configuration files and folders.',
    apply: (settings, value) => settings.files.push(value),
  },
  {
    name: '-c',
    takes: 'none',
    summary: 'Checks the configuration and exits: 0 when it is valid. Says so only with -V.',
    apply(settings) {
      settings.task = 'check';
    },
  },
  {
    name: '-cc',
    takes: 'word',
    noun: 'condition',
    summary: 'Evaluates a condition and exits: 0 true, 1 false, 2 error.',
    apply(settings, value) {
      settings.task = 'condition';
      settings.condition = value;
    },
  },
  {
    name: '-C',
    takes: 'word',
    noun: 'dir',
    summary: 'Changes to a folder before configuration files are read.',
    apply(settings, value) {
      settings.folder = value;
    },
  },
  {
    name: '-v',
    takes: 'none',
    summary: 'Shows the version.',
    apply(settings) {
      settings.task = 'version';
    },
  },
  {
    name: '-vv',
    takes: 'none',
    summary: 'Shows the version, what was built in and what works.',
    apply(settings) {
      settings.task = 'detailed-version';
    },
  },
  {
    name: '-V',
    takes: 'none',
    summary: 'Verbose: undoes -q, and -c says when the configuration is valid.',
    apply(settings) {
      settings.isVerbose = true;
      settings.isQuiet = false;
    },
  },
  {
    name: '-q',
    takes: 'none',
    summary: 'Quiet: prints no messages.',
    apply(settings) {
      settings.isQuiet = true;
      settings.isVerbose = false;
    },
  },
  {
    name: '-d',
    takes: 'none',
    summary: 'Debugging: stays in the foreground.',
    apply(settings) {
      settings.isDebug = true;
      settings.isForeground = true;
    },
  },
  {
    name: '-db',
    takes: 'none',
    summary: 'Stays in the foreground, whatever the configuration says.',
    apply(settings) {
      settings.isForeground = true;
    },
  },
  {
    name: '-D',
    takes: 'none',
    summary: 'Goes to the background once it serves; the command then ends with 0.',
    apply(settings) {
      settings.isDaemon = true;
    },
  },
  {
    name: '-W',
    takes: 'none',
    summary: 'Reports and exits as a master does. A master always runs here, with or without it.',
    apply(settings) {
      settings.isMasterWorker = true;
    },
  },
  {
    name: '-Ws',
    takes: 'none',
    summary: 'As -W, and tells systemd when it is ready (services of Type=notify).',
    apply(settings) {
      settings.isMasterWorker = true;
      settings.isNotifying = true;
    },
  },
  {
    name: '-S',
    takes: 'word',
    noun: 'address[,option...]',
    summary: 'Opens a master CLI on a socket; options are those of bind lines, with commas between them.',
    apply: (settings, value) => settings.masterSockets.push(value),
  },
  {
    name: '-L',
    takes: 'word',
    noun: 'name',
    summary: 'Names this instance among its peers; by default the host name.',
    apply(settings, value) {
      settings.localPeer = value;
    },
  },
  {
    name: '-n',
    takes: 'word',
    noun: 'number',
    summary: 'The most client connections of the process, instead of the global maxconn.',
    apply(settings, value) {
      settings.maxconn = number('-n', value, 0);
    },
  },
  {
    name: '-N',
    takes: 'word',
    noun: 'number',
    summary: 'The maxconn of proxies that set none.',
    apply(settings, value) {
      settings.proxyMaxconn = number('-N', value, 0);
    },
  },
  {
    name: '-m',
    takes: 'word',
    noun: 'megabytes',
    summary: "Limits the memory of the worker process's objects.",
    apply(settings, value) {
      settings.memoryMegabytes = number('-m', value, 0);
    },
  },
  {
    name: '-p',
    takes: 'word',
    noun: 'file',
    summary: "Writes the master's process number to a file.",
    apply(settings, value) {
      settings.pidFile = value;
    },
  },
  {
    name: '-sf',
    takes: 'list',
    noun: 'pid',
    summary: 'Asks older processes to finish what they do and leave, once this one serves.',
    apply: (settings, value) => settings.finishPids.push(pid('-sf', value)),
  },
  {
    name: '-st',
    takes: 'list',
    noun: 'pid',
    summary: 'Ends older processes at once, once this one serves.',
    apply: (settings, value) => settings.terminatePids.push(pid('-st', value)),
  },
  {
    name: '-x',
    takes: 'word',
    noun: 'socket',
    summary: 'Would fetch the listening sockets of an older process.',
    noEffect: 'listeners are bound beside those of the older process, so that nothing has to be fetched',
  },
  {
    name: '-4',
    takes: 'none',
    summary: 'Resolves names to IPv4 addresses only.',
    apply(settings) {
      settings.isIpv4Only = true;
    },
  },
  {
    name: '-dr',
    takes: 'none',
    summary: 'Starts although names of servers cannot be resolved.',
    apply(settings) {
      settings.ignoresResolution = true;
    },
  },
  {
    name: '-dV',
    takes: 'none',
    summary: 'Does not verify the certificates of servers.',
    apply(settings) {
      settings.isServerVerifyOff = true;
    },
  },
  {
    name: '-dW',
    takes: 'none',
    summary: 'Refuses to start, or to call a configuration valid, where there is a warning.',
    apply(settings) {
      settings.isZeroWarning = true;
    },
  },
  {
    name: '-dD',
    takes: 'none',
    summary: 'Prints extra advice about suspicious statements; changes no exit code.',
    apply(settings) {
      settings.isDiagnostic = true;
    },
  },
  {
    name: '-dK',
    takes: 'attached',
    noun: 'class[,class...]',
    summary: "Lists the known keywords of some classes, or 'all'; 'help' names the classes.",
    apply(settings, value) {
      settings.keywordClasses = value === '' ? 'help' : value;
    },
  },
  {
    name: '-dC',
    takes: 'attached',
    noun: 'key',
    summary:
      'Prints the configuration as it was read, without comments; with a key, confidential words hashed.',
    apply(settings, value) {
      settings.dumpKey = value;
    },
  },
  ignored(
    '-dM',
    'Would fill memory with a byte before its use.',
    'memory belongs to V8, which clears it',
    '[byte][,option...]',
  ),
  ignored(
    '-dI',
    'Would permit programs to be started by the worker process.',
    'nothing there starts programs',
  ),
  ignored(
    '-dA',
    'Would write an archive of the libraries in use.',
    'Fairlead loads no libraries of the system',
    'file',
  ),
  ignored('-dF', 'Would turn data fast-forward off.', 'there is one way in which data is forwarded'),
  ignored('-dG', 'Would resolve names without getaddrinfo().', 'names are resolved by getaddrinfo()'),
  ignored('-dL', 'Would list the dynamic libraries in use.', 'Fairlead loads no libraries of the system'),
  ignored(
    '-dR',
    'Would turn SO_REUSEPORT off.',
    'each worker thread has a listening socket of its own by it',
  ),
  ignored('-dS', 'Would turn splice() off.', 'splice() is not used'),
  ignored('-dT', 'Would turn kTLS off.', 'kTLS is not used'),
  ignored('-dZ', 'Would turn zero-copy forwarding off.', 'there is one way in which data is forwarded'),
  ignored('-dc', 'Would report how CPUs are chosen.', 'the system places threads on CPUs'),
  ignored('-de', 'Would turn epoll off.', NO_POLLER),
  ignored('-dk', 'Would turn kqueue off.', NO_POLLER),
  ignored('-dp', 'Would turn poll off.', NO_POLLER),
  ignored('-dv', 'Would turn event ports off.', NO_POLLER),
  ignored('-dt', 'Would print traces.', 'there are no traces yet', 'trace,...'),
];
