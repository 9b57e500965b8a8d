import type { Context } from 'koa';
import { readClient } from '../http/client-address.ts';
import { parseTarget, type RequestTarget } from '../http/request-target.ts';
import { readBody } from '../http/rest/read-body.ts';
import type { Log } from '../log/log.ts';
import { DatabaseUnavailable } from '../registry/registry.ts';
import type { Gate } from './gate/gate.ts';
import { protect } from './gate/headers.ts';
import type { PageFile } from './page-files.ts';
import { ApiRefusal, type AdminRequest, type AdminRoute } from './routes/route.ts';

export interface AnsweringParts {
  readonly gate: Gate;
  readonly routes: readonly AdminRoute[];
  /** By path. */
  readonly files: ReadonlyMap<string, PageFile>;
  readonly log: Log;
}

const usualBytes = 16 * 1024;

/** Every request of the listener: its door, its route, its answer. Refusals are JSON with `error` in words. */
export function buildAnswering(parts: AnsweringParts): (context: Context) => Promise<void> {
  return async (context) => {
    protect(context.res);
    try {
      await answer(context, parts);
    } catch (error) {
      const { status, message } = explain(error, parts.log);
      refuse(context, status, message);
    }
  };
}

async function answer(context: Context, parts: AnsweringParts): Promise<void> {
  const { gate, files } = parts;
  const { path, query } = parseTarget(context.req.url);
  const stranger = gate.checkHost(context.req);
  if (stranger !== undefined) refuse(context, stranger.status, stranger.words);
  else if (path.startsWith('/api/')) await answerApi(context, { path, query }, parts);
  else sendFile(context, files.get(path));
}

async function answerApi(context: Context, { path, query }: RequestTarget, { gate, routes }: AnsweringParts): Promise<void> {
  const client = readClient(context.req, false);
  const refusal = gate.checkToken(context.req, client);
  if (refusal !== undefined) {
    if (refusal.status === 401) context.set('WWW-Authenticate', 'Bearer realm="reveille"');
    if (refusal.retryAfterMs !== undefined) context.set('Retry-After', String(Math.ceil(refusal.retryAfterMs / 1_000)));
    refuse(context, refusal.status, refusal.words);
    return;
  }
  const route = findRoute(context, path, routes);
  const body = route.method === 'POST' ? await readJson(context, route.maxBytes ?? usualBytes) : {};
  await send(context, route, { query, body, client });
}

async function send(context: Context, route: AdminRoute, request: AdminRequest): Promise<void> {
  const answered = await route.handle(request);
  if ('stream' in answered) {
    context.respond = false;
    answered.stream(context.res);
    return;
  }
  context.body = answered.body;
  context.status = answered.status ?? 200;
}

function findRoute(context: Context, path: string, routes: readonly AdminRoute[]): AdminRoute {
  const ofPath = routes.filter((route) => route.path === path);
  const route = ofPath.find(({ method }) => method === context.method);
  if (route !== undefined) return route;
  const [other] = ofPath;
  if (other === undefined) throw new ApiRefusal(404, 'there is nothing at this path; docs/admin-api.md lists what there is');
  context.set('Allow', other.method);
  throw new ApiRefusal(405, `this path is for ${other.method}`);
}

/** JSON only: a browser asks first before it sends that for a foreign page. */
async function readJson(context: Context, maxBytes: number): Promise<AdminRequest['body']> {
  const body = await readBody(context.req, maxBytes);
  if (body.kind === 'aborted') throw new ApiRefusal(400, 'the request broke off');
  if (body.kind === 'too-large') throw new ApiRefusal(413, `the body is longer than ${maxBytes / 1024} KiB`);
  if (!/^application\/json\s*(?:;|$)/i.test(context.get('content-type')))
    throw new ApiRefusal(415, 'expected Content-Type: application/json');
  const { value } = body;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as AdminRequest['body'];
  throw new ApiRefusal(400, 'expected a JSON object');
}

function sendFile(context: Context, file: PageFile | undefined): void {
  if (file === undefined) {
    refuse(context, 404, 'there is nothing at this path');
    return;
  }
  if (!['GET', 'HEAD'].includes(context.method)) {
    context.set('Allow', 'GET, HEAD');
    refuse(context, 405, 'this path is for GET');
    return;
  }
  context.set({ ETag: file.etag, 'Cache-Control': 'no-cache' });
  context.type = file.type;
  context.status = 200;
  if (context.fresh) {
    context.status = 304;
    return;
  }
  context.body = file.bytes;
}

function refuse(context: Context, status: number, words: string): void {
  // Whatever body came along is not read: it would be taken for the next request.
  if (!['GET', 'HEAD'].includes(context.method)) context.set('Connection', 'close');
  context.body = { error: words };
  context.status = status;
}

/** A bug says nothing of itself to the outside. */
function explain(error: unknown, log: Log): { readonly status: number; readonly message: string } {
  if (error instanceof ApiRefusal) return error;
  if (error instanceof DatabaseUnavailable) return { status: 503, message: 'the database can not be asked now; try again in a moment' };
  log.error('admin-failed', { error });
  return { status: 500, message: 'this failed by a bug of Reveille; its log says more' };
}
