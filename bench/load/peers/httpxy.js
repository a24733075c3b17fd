/** httpxy with a keep-alive agent: `node httpxy.js PORT ORIGIN_PORT`. */
import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'httpxy';

const [port, originPort] = process.argv.slice(2).map(Number);
const proxy = createProxyServer({
  target: `http://127.0.0.1:${originPort}`,
  agent: new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }),
});
const server = createServer((request, response) => {
  proxy.web(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 600_000;
server.listen({ host: '127.0.0.1', port, reusePort: true, backlog: 4096 });
