/** @fastify/http-proxy with its pool of undici: `node fastify-http-proxy.js PORT ORIGIN_PORT`. */
import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';

const [port, originPort] = process.argv.slice(2).map(Number);
const server = fastify({ keepAliveTimeout: 600_000 });
await server.register(httpProxy, {
  upstream: `http://127.0.0.1:${originPort}`,
  undici: { connections: 128, pipelining: 1 },
});
await server.ready();
server.server.listen({ host: '127.0.0.1', port, reusePort: true, backlog: 4096 });
