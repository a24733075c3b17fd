/**
 * Statements of the global section that change the environment while the files are read (manual section 3.1), and
 * the variables that HAProxy defines itself (manual section 2.3). The statements stay in the document.
 */
import type { Word } from '../../src/keyword/words.ts';

type Effect = (environment: Map<string, string>, words: readonly Word[]) => string | undefined;

const EFFECTS: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ['setenv', (environment, words) => assign(environment, words)],
  [
    'presetenv',
    (environment, words) => (environment.has(words[1]?.text ?? '') ? undefined : assign(environment, words)),
  ],
  ['unsetenv', (environment, words) => unset(environment, words)],
  ['resetenv', (environment, words) => keepOnly(environment, words)],
  [
    'localpeer',
    (environment, words) =>
      words.length < 2 ? undefined : void environment.set('HAPROXY_LOCALPEER', words[1]!.text),
  ],
]);

/**
 * Applies a statement of the global section. Returns what is wrong with the name of its variable; missing words
 * are not reported, they belong to the statement's own declaration.
 */
export function applyToEnvironment(
  environment: Map<string, string>,
  words: readonly Word[],
): string | undefined {
  return EFFECTS.get(words[0]?.text ?? '')?.(environment, words);
}

function assign(environment: Map<string, string>, words: readonly Word[]): string | undefined {
  const [keyword, name, value] = words;
  if (name === undefined || value === undefined) return undefined;
  if (name.text.includes('=')) return `'${keyword!.text}' cannot set '${name.text}': a name cannot have '='`;
  environment.set(name.text, value.text);
  return undefined;
}

function unset(environment: Map<string, string>, words: readonly Word[]): undefined {
  for (const name of words.slice(1)) environment.delete(name.text);
}

function keepOnly(environment: Map<string, string>, words: readonly Word[]): undefined {
  const kept = new Set(words.slice(1).map((name) => name.text));
  for (const name of [...environment.keys()]) if (!kept.has(name)) environment.delete(name);
}

/** What HAProxy's own variables are made of. */
export interface PredefinedInput {
  /** The version that the program started with: `3.5-dev5`. */
  readonly version: string;
  readonly localPeer: string;
  /** Log formats by the name of their variable: `HAPROXY_HTTP_LOG_FMT`… */
  readonly logFormats: Readonly<Record<string, string>>;
}

/** The variables of manual section 2.3 that configurations may use. */
export function predefinedVariables(input: PredefinedInput): Record<string, string> {
  return {
    ...input.logFormats,
    HAPROXY_STARTUP_VERSION: input.version,
    HAPROXY_BRANCH: /^\d+\.\d+/.exec(input.version)?.[0] ?? input.version,
    HAPROXY_LOCALPEER: input.localPeer,
  };
}
