/** The http-proxy family's maintained member, with a keep-alive agent: `node http-proxy-3.js PORT ORIGIN_PORT`. */
import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'http-proxy-3';

const [port, originPort] = process.argv.slice(2).map(Number);
const proxy = createProxyServer({
  target: `http://127.0.0.1:${originPort}`,
  agent: new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }),
});
proxy.on('error', (_error, _request, response) => {
  response?.destroy();
});
const server = createServer((request, response) => proxy.web(request, response));
server.keepAliveTimeout = 600_000;
server.listen({ host: '127.0.0.1', port, reusePort: true, backlog: 4096 });
