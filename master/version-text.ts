/** What `-v`, `-vv` and `fairlead version` print. */
import { version as kernel, release } from 'node:os';
import { featureList } from './features.ts';
import { FULL_VERSION, VERSION } from './product.ts';

/** `-v`: the first line's third word is the version, as tools that drive HAProxy read it. */
export function shortVersion(): string {
  return [
    `HAProxy version ${FULL_VERSION} - Fairlead ${VERSION}, compatible with HAProxy's configuration and tools`,
    'Status: Fairlead is a program of its own, not made by the HAProxy project.',
    `Running on: ${process.platform} ${release()} ${kernel()} ${process.arch}, Node ${process.versions.node}`,
    '',
  ].join('\n');
}

/** `-vv`: build, features, defaults. */
export function detailedVersion(threads: number): string {
  return `${shortVersion()}Build options :
  TARGET  = ${process.platform === 'linux' ? 'linux-glibc' : process.platform}
  CPU     = ${process.arch}
  CC      = Node ${process.versions.node}, V8 ${process.versions.v8}, libuv ${process.versions.uv}

Feature list : ${featureList()}

Default settings :
  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200

Built with multi-threading support (MAX_THREADS=64, default=${threads}).
Regular expressions: V8, with its backtracking bounded

Available polling systems :
${pollers()}
Available multiplexer protocols :
(protocols marked as <default> cannot be specified using 'proto' keyword)
  <default> : mode=HTTP  side=FE|BE  mux=H1    flags=HTX
         h1 : mode=HTTP  side=FE|BE  mux=H1    flags=HTX|NO_UPG
  <default> : mode=TCP   side=FE|BE  mux=PASS  flags=
       none : mode=TCP   side=FE|BE  mux=PASS  flags=NO_UPG

`;
}

function pollers(): string {
  const name = process.platform === 'darwin' ? 'kqueue' : 'epoll';
  return `${name.padStart(11)} : pref=300,  test result OK
Total: 1 (1 usable), will use ${name}.
`;
}
