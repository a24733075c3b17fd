/**
 * The configuration at each step of the reload benchmark: a seed and a step number give its text.
 *
 * Frontend `www` with its backends never changes: the load and the tunnels go through it. Frontend `spare` has three
 * binds, `farm` three servers, and three backends are called `extra-N`; from a step to the next the oldest of each goes
 * away, the middle one changes, and a new one comes.
 */

export interface Site {
  readonly seed: number;
  readonly port: number;
  /** Ports for the binds of `spare`, more than three. */
  readonly sparePorts: readonly number[];
  readonly originPort: number;
  readonly tunnelOriginPort: number;
  readonly statsSocket: string;
  readonly workers: number;
}

/** What must be true once the step is in use. */
export interface StepFacts {
  readonly config: string;
  readonly addedPort: number;
  readonly removedPort: number;
  /** A path that goes to the backend that this step added, on every bind of `spare`. */
  readonly addedPath: string;
  /** The value of the field `x-step` in responses of `spare`. */
  readonly mark: string;
}

/** How many of each kind there are at a time. */
const WINDOW = 3;

export function variant(site: Site, step: number): StepFacts {
  const ages = Array.from({ length: WINDOW }, (_, age) => step + age);
  return {
    config: `${fixedPart(site)}
frontend spare
${ages.map((number) => `  bind 127.0.0.1:${sparePort(site, number)}${bindOptions(site, step, number)}`).join('\n')}
  http-response set-header x-step ${step}
${ages.map((number) => `  use_backend extra-${number} if { path /extra-${number} }`).join('\n')}
  default_backend farm
backend farm
${ages.map((number) => `  server s${number} 127.0.0.1:${site.originPort} weight ${weight(site, step, number)}`).join('\n')}
${ages.map((number) => extraBackend(site, step, number)).join('')}`,
    addedPort: sparePort(site, step + WINDOW - 1),
    removedPort: sparePort(site, step - 1),
    addedPath: `/extra-${step + WINDOW - 1}`,
    mark: String(step),
  };
}

function fixedPart(site: Site): string {
  return `global
  nbthread ${site.workers}
  maxconn 4000
  no strict-limits
  stats socket ${site.statsSocket} level admin
defaults
  mode http
  timeout client 1m
  timeout server 1m
  timeout connect 5s
  timeout tunnel 1h
frontend www
  bind 127.0.0.1:${site.port}
  use_backend tunnels if { path /tunnel }
  default_backend app
backend app
  http-reuse always
  server origin 127.0.0.1:${site.originPort}
backend tunnels
  server origin 127.0.0.1:${site.tunnelOriginPort}`;
}

function sparePort({ sparePorts }: Site, number: number): number {
  return sparePorts[(number + sparePorts.length) % sparePorts.length]!;
}

/** The middle one of the window is what changes in this step. */
function isChanging(step: number, number: number): boolean {
  return number === step + 1;
}

function bindOptions(site: Site, step: number, number: number): string {
  if (!isChanging(step, number)) return '';
  return [` name at-${step}`, ` maxconn ${100 + step}`, ` backlog ${128 + step}`][draw(site.seed, step) % 3]!;
}

function weight(site: Site, step: number, number: number): number {
  return isChanging(step, number) ? 1 + (draw(site.seed, step + 1000) % 200) : 1;
}

const CHANGES = [
  '  balance leastconn',
  '  timeout server 30s',
  '  retries 2',
  '  http-request set-header x-a b',
];

function extraBackend(site: Site, step: number, number: number): string {
  const change = CHANGES[draw(site.seed, step + 2000) % CHANGES.length]!;
  return `backend extra-${number}
  http-request set-path /
${isChanging(step, number) ? `${change}\n` : ''}  server a 127.0.0.1:${site.originPort}
`;
}

/** A number that depends on both and on nothing else: a step of the generator splitmix32. */
function draw(seed: number, step: number): number {
  let mixed = (seed + Math.imul(step, 0x9e3779b9)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
