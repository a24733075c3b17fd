/** The proxies that are compared, each with how to start it for a given kind of work. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, PACKAGES, versionOf } from '../support/programs.ts';
import { haproxyConfig } from './haproxy-files.ts';

/** `site` is HTTP with rules, ACLs and a log. */
export type Mode = 'http' | 'tcp' | 'site';

export interface Placement {
  readonly mode: Mode;
  /** Where it listens, with SO_REUSEPORT. */
  readonly port: number;
  readonly originPort: number;
  /** UDP, of the log sink; 0 where nothing is logged. */
  readonly logPort: number;
  readonly workers: number;
  readonly maxconn: number;
  /** A folder of its own. */
  readonly folder: string;
  /** Another haproxy.cfg than that of the mode. */
  readonly config: ((placement: Placement) => string) | null;
}

export interface Command {
  readonly path: string;
  readonly args: readonly string[];
}

export interface Contender {
  readonly name: string;
  readonly modes: readonly Mode[];
  /** '' when it can run, else what is missing and how it is installed. */
  readonly missing: string;
  readonly version: string;
  /** Writes what it needs into the folder. */
  prepare(placement: Placement): Command;
}

/** What the others are compared with. */
export const BASE = 'HAProxy';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PEERS = fileURLToPath(new URL('peers', import.meta.url));

/** One file for HAProxy and Fairlead. */
function writeHaproxyConfig(placement: Placement): string {
  const file = join(placement.folder, 'haproxy.cfg');
  writeFileSync(file, placement.config === null ? haproxyConfig(placement) : placement.config(placement));
  return file;
}

export function fairleadLauncher(): string {
  return process.env['FAIRLEAD_PROGRAM'] ?? join(ROOT, 'bin/fairlead');
}

/** Another build beside the usual one, to see what a change is worth. */
export function otherFairlead(path: string): Contender {
  return { ...fairlead(path), name: 'Fairlead, other build' };
}

/** FAIRLEAD_PROGRAM names the launcher of another build. */
export function fairlead(path: string = fairleadLauncher()): Contender {
  const isBuilt = existsSync(join(path, '../../dist/master.js'));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return {
    name: 'Fairlead',
    modes: ['http', 'tcp', 'site'],
    missing: isBuilt ? '' : 'it is not built: npm run build',
    version: `${version}, Node ${process.versions.node}`,
    prepare: (placement) => ({ path, args: ['-f', writeHaproxyConfig(placement), '-db'] }),
  };
}

export function haproxy(): Contender {
  const path = findProgram('haproxy');
  return {
    name: BASE,
    modes: ['http', 'tcp', 'site'],
    missing: missingProgram('haproxy'),
    version: path === null ? '' : versionOf(path, ['-v']),
    prepare: (placement) => ({ path: path!, args: ['-f', writeHaproxyConfig(placement), '-db'] }),
  };
}

const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';

export function nginx(): Contender {
  const path = findProgram('nginx');
  return {
    name: 'nginx',
    modes: existsSync(STREAM_MODULE) ? ['http', 'tcp'] : ['http'],
    missing: missingProgram('nginx'),
    version: path === null ? '' : versionOf(path, ['-v']),
    prepare: (placement) => {
      const file = join(placement.folder, 'nginx.conf');
      writeFileSync(file, nginxConfig(placement));
      return { path: path!, args: ['-c', file, '-p', placement.folder, '-e', 'stderr'] };
    },
  };
}

function nginxConfig({ mode, port, originPort, workers, maxconn, folder }: Placement): string {
  mkdirSync(join(folder, 'temp'), { recursive: true });
  const common = `daemon off;
pid ${folder}/pid;
error_log stderr crit;
worker_processes ${workers};
events { worker_connections ${maxconn + 500}; }
`;
  if (mode === 'tcp')
    return `load_module ${STREAM_MODULE};
${common}stream { server { listen 127.0.0.1:${port} reuseport backlog=4096; proxy_pass 127.0.0.1:${originPort}; } }
`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/temp/${kind};`)
    .join(' ');
  return `${common}http {
  access_log off; ${temporary}
  keepalive_requests 100000000; keepalive_timeout 600s;
  upstream origin { server 127.0.0.1:${originPort}; keepalive 128; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} reuseport backlog=4096;
    location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`;
}

function nodePeer(name: string, packageName: string, file: string): Contender {
  const manifest = join(PEERS, 'node_modules', packageName, 'package.json');
  const isInstalled = existsSync(manifest);
  return {
    name,
    modes: ['http'],
    missing: isInstalled ? '' : `npm package ${packageName}: npm ci --prefix bench/load/peers`,
    version: isInstalled
      ? (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
      : '',
    prepare: ({ port, originPort }) => ({
      path: process.execPath,
      args: [join(PEERS, file), String(port), String(originPort)],
    }),
  };
}

function missingProgram(name: string): string {
  return findProgram(name) === null ? `package ${PACKAGES[name]}: apt-get install ${PACKAGES[name]}` : '';
}

/** HAProxy first: the others are compared with it. */
export function contenders(): Contender[] {
  return [
    haproxy(),
    fairlead(),
    nginx(),
    nodePeer('http-proxy-3', 'http-proxy-3', 'http-proxy-3.js'),
    nodePeer('@fastify/http-proxy', '@fastify/http-proxy', 'fastify-http-proxy.js'),
    nodePeer('httpxy', 'httpxy', 'httpxy.js'),
  ];
}
