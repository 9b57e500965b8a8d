import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import Koa from 'koa';
import type { Log } from '../log.ts';
import { checkReadiness } from './health.ts';
import type { HealthParts } from './health.ts';
import { createMetrics } from './metrics.ts';

/** The HTTP side; listening once created, closed by whoever created it. */
export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens the HTTP port with `/healthz`, `/readyz` and `/metrics`. Rejects when the address is taken or not ours. */
export async function openHttpServer(
  listen: { readonly host: string; readonly port: number },
  parts: HealthParts,
  log: Log,
): Promise<HttpServer> {
  const handle = buildApp(parts, log).callback();
  // Koa settles this promise with the answer sent, whatever a handler does.
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => void handle(request, response));
  server.listen(listen.port, listen.host);
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : listen.port, close: () => closeServer(server) };
}

function buildApp(parts: HealthParts, log: Log): Koa {
  const app = new Koa();
  const metrics = createMetrics(parts);
  app.on('error', (error: unknown) => log.error('http-failed', { error }));
  app.use(async (context) => {
    if (context.method !== 'GET' && context.method !== 'HEAD') return;
    if (context.path === '/healthz') context.body = { status: 'ok' };
    if (context.path === '/metrics') {
      context.type = metrics.contentType;
      context.body = await metrics.metrics();
    }
    if (context.path === '/readyz') {
      const { isReady, ...readiness } = await checkReadiness(parts);
      context.status = isReady ? 200 : 503;
      context.body = { status: isReady ? 'ready' : 'not ready', ...readiness };
    }
  });
  return app;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
