/** The demo servers, in a thread of their own: they answer what a client asked, and which server it came to. */
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** A server of the configuration to answer for. */
export interface DemoServer {
  /** `backend/server`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface DemoReport {
  readonly name: string;
  /** '' when it listens. */
  readonly problem: string;
}

function report(message: DemoReport): void {
  parentPort?.postMessage(message);
}

for (const { name, host, port } of workerData as readonly DemoServer[]) {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(`Hello from ${name} on ${host}:${port}: ${request.method} ${request.url}\n`);
  });
  server.once('error', (error) => report({ name, problem: error.message }));
  server.listen(port, host, () => report({ name, problem: '' }));
}
