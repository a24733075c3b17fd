/** The origin behind every proxy: nginx with a small answer at `/` and 1 MiB at `/bulk`. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cores } from '../support/cores.ts';
import { findProgram, PACKAGES, versionOf } from '../support/programs.ts';
import type { Contender } from './contenders.ts';
import { RunningProgram } from './running-program.ts';

export const BULK_BYTES = 1024 * 1024;
const SMALL_BODY = 'Hello from the origin. '.repeat(6);

export interface OriginRequest {
  /** Connections it must allow. */
  readonly maxconn: number;
  readonly cores?: Cores;
}

/** Ends this process with a message where nginx is missing. */
export async function startOrigin({ maxconn, cores = '' }: OriginRequest): Promise<RunningProgram> {
  const source = origin();
  if (source.missing !== '') {
    process.stderr.write(`The origin cannot run, it is missing: ${source.missing}\n`);
    process.exit(1);
  }
  return RunningProgram.start(source, { mode: 'http', originPort: 0, workers: 1, maxconn, cores });
}

function origin(): Contender {
  const path = findProgram('nginx');
  return {
    name: 'the origin',
    modes: ['http'],
    missing: path === null ? `package ${PACKAGES['nginx']}: apt-get install ${PACKAGES['nginx']}` : '',
    version: path === null ? '' : versionOf(path, ['-v']),
    prepare: ({ port, maxconn, folder }) => {
      mkdirSync(join(folder, 'temp'), { recursive: true });
      // nginx drops root's rights and must still read the file.
      chmodSync(folder, 0o755);
      writeFileSync(join(folder, 'bulk'), Buffer.alloc(BULK_BYTES, 'b'));
      const file = join(folder, 'nginx.conf');
      writeFileSync(file, config(port, maxconn, folder));
      return { path: path!, args: ['-c', file, '-p', folder, '-e', 'stderr'] };
    },
  };
}

function config(port: number, maxconn: number, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/temp/${kind};`)
    .join(' ');
  return `daemon off;
pid ${folder}/pid;
error_log stderr crit;
worker_processes 1;
events { worker_connections ${maxconn}; }
http {
  access_log off; ${temporary}
  keepalive_requests 100000000; keepalive_timeout 600s;
  sendfile on; tcp_nopush on; open_file_cache max=10;
  server {
    listen 127.0.0.1:${port} reuseport backlog=4096;
    default_type text/plain;
    location = / { return 200 "${SMALL_BODY}"; }
    location = /bulk { root ${folder}; }
  }
}
`;
}
