// Room: the listener: health, metrics, REST. In: requests. Out: answers. May enter: app.
import Koa from 'koa';
import type { Log } from '../log/log.ts';
import { checkReadiness } from './health.ts';
import type { HealthParts } from './health.ts';
import { openListener, type HttpServer, type ListenerOptions } from './listener.ts';
import { parseTarget } from './request-target.ts';
import { buildRest } from './rest/rest.ts';
import type { RestParts } from './rest/rest.ts';

export type { HttpServer } from './listener.ts';

export type HttpParts = HealthParts & Omit<RestParts, 'log'> & Pick<ListenerOptions, 'keeper'>;

/** Opens the HTTP port with `/healthz`, `/readyz`, `/metrics` and the REST handlers. Rejects when the address is taken or not ours. */
export function openHttpServer(listen: ListenerOptions['listen'], parts: HttpParts, log: Log): Promise<HttpServer> {
  const answer = buildApp(parts, log).callback();
  const { keeper, trustProxy } = parts;
  // Koa settles this promise with the answer sent, whatever a handler does.
  return openListener({ listen, keeper, trustProxy, handle: (request, response) => void answer(request, response) }, log);
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
