// Room: the listener: health, metrics, REST. In: requests. Out: answers. May enter: app.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Koa from 'koa';
import type { Log } from '../log/log.ts';
import { answerClientErrors } from './answer-client-error.ts';
import { checkReadiness } from './health.ts';
import type { HealthParts } from './health.ts';
import { parseTarget } from './request-target.ts';
import { Keeping, RequestConnections, type ConnectionKeeper } from './kept-connections.ts';
import { buildRest } from './rest/rest.ts';
import type { RestParts } from './rest/rest.ts';

/** Bounds of one connection: time for the header and for the whole request, idle time, bytes of the header. */
const bounds = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8 * 1024,
};
const maxConnections = 1_000;

export type HttpParts = HealthParts &
  Omit<RestParts, 'log'> & {
    /** Absent: no connection outlives its requests. */
    readonly keeper?: ConnectionKeeper | undefined;
  };

/** The HTTP side; listening once created, closed by whoever created it. */
export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens the HTTP port with `/healthz`, `/readyz`, `/metrics` and the REST handlers. Rejects when the address is taken or not ours. */
export async function openHttpServer(
  listen: { readonly host: string; readonly port: number },
  parts: HttpParts,
  log: Log,
): Promise<HttpServer> {
  const handle = buildApp(parts, log).callback();
  // Koa settles this promise with the answer sent, whatever a handler does.
  const connections = new RequestConnections(maxConnections);
  const keeping = new Keeping(parts.keeper, connections, parts.trustProxy);
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    if (!keeping.request(request, response)) void handle(request, response);
  };
  // What wants to speak something else, and not to the keeper, is answered like a request that does not.
  const server = createServer({ ...bounds, shouldUpgradeCallback: (request) => keeping.wants(request) }, listener);
  connections.watch(server);
  if (parts.keeper !== undefined) server.on('upgrade', (request, socket, head) => keeping.upgrade(request, socket, head));
  // An `Expect` that Node doesn't know is answered like a request without it.
  server.on('checkExpectation', listener);
  answerClientErrors(server);
  server.listen(listen.port, listen.host);
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : listen.port, close: () => closeServer(server) };
}

function buildApp(parts: HttpParts, log: Log): Koa {
  const app = new Koa();
  const answerRest = buildRest({ ...parts, log });
  app.on('error', (error: unknown) => log.error('http-failed', { error }));
  app.use(async (context) => {
    if (['GET', 'HEAD'].includes(context.method)) await answerState(context, parts);
    if (context.body === undefined) await answerRest(context);
    if (context.status === 404 && context.body === undefined) answerEmpty(context);
  });
  return app;
}

/** Leaves the body undefined where the path is another. */
async function answerState(context: Koa.Context, parts: HttpParts): Promise<void> {
  const { path } = parseTarget(context.req.url);
  if (path === '/healthz') context.body = { status: 'ok' };
  if (path === '/metrics') {
    context.type = parts.metrics.contentType;
    context.body = await parts.metrics.render();
  }
  if (path === '/readyz') {
    const { isReady, ...readiness } = await checkReadiness(parts);
    context.status = isReady ? 200 : 503;
    context.body = { status: isReady ? 'ready' : 'not ready', ...readiness };
  }
}

/** What nobody answers has no body, whatever it was. */
function answerEmpty(context: Koa.Context): void {
  context.body = null;
  context.status = 404;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
