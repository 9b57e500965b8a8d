// Room: REST handlers: found, loaded, bounded, run. In: a request. Out: a status and a body. May enter: http, cli.
import type { Context } from 'koa';
import type { Log } from '../../log/log.ts';
import { readClient } from '../client-address.ts';
import type { Handlers } from './load-handlers.ts';
import { matchRoute, type Match } from './match-route.ts';
import { readBody, type Body } from './read-body.ts';
import { parseTarget, type RequestTarget } from '../request-target.ts';
import type { RestRequest, RestTools } from './rest-handler.ts';
import { runHandler, type Answer } from './run-handler.ts';
import { TokenBuckets } from '../../base/token-buckets.ts';

/** A mobile operator may have many customers behind one address, but who unregisters does it once in a phone's life. */
const perAddressPerMinute = 60;
const withoutBody = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'];

export interface RestParts {
  readonly handlers: Handlers;
  readonly tools: RestTools;
  readonly trustProxy: boolean;
  readonly log: Log;
}

/** Answers what belongs to a REST handler, and leaves everything else (404) alone. Never rejects. */
export function buildRest({ handlers, tools, trustProxy, log }: RestParts): (context: Context) => Promise<void> {
  const addresses = new TokenBuckets(perAddressPerMinute);
  const warnOfProxy = buildProxyWarning(trustProxy, log);
  return async function answerRest(context) {
    const target = parseTarget(context.req.url);
    const match = matchRoute(handlers, target.path);
    if (match?.handler.methods.includes(context.method) !== true) return;
    warnOfProxy(context);
    const client = readClient(context.req, trustProxy);
    const waitMs = addresses.take(client);
    if (waitMs > 0) {
      send(context, { status: 429, retryAfterMs: waitMs });
      return;
    }
    const request = await readRequest(context, match, { ...target, client });
    if (request === undefined) return;
    const answer = await runHandler(match.handler, request, tools, log.child({ route: match.route }));
    log.debug('rest', { route: match.route, status: answer.status });
    send(context, answer);
  };
}

type Asked = Pick<RequestTarget, 'query'> & { readonly client: string };

/** Undefined where the answer is given already, or nobody is there to hear one. */
async function readRequest(context: Context, match: Match, { query, client }: Asked): Promise<Omit<RestRequest, 'signal'> | undefined> {
  const { method, headers } = context.req;
  const body: Body = withoutBody.includes(context.method)
    ? { kind: 'read', value: undefined }
    : await readBody(context.req, match.handler.maxBytes);
  switch (body.kind) {
    case 'read':
      return { method: method ?? '', parameters: match.parameters, query, headers, body: body.value, form: body.form, client };
    case 'too-large':
      // What is left of the body would be taken for the next request.
      context.set('Connection', 'close');
      send(context, { status: 413 });
      return undefined;
    case 'aborted':
      context.respond = false;
      return undefined;
    default:
      return body satisfies never;
  }
}

function send(context: Context, { status, text, type, retryAfterMs }: Answer): void {
  if (retryAfterMs !== undefined) context.set('Retry-After', String(Math.ceil(retryAfterMs / 1000)));
  context.body = text ?? null;
  context.status = status;
  if (text !== undefined) context.type = type ?? 'application/json';
  // What a handler says in text may repeat what it was sent, which no browser is to take for a page.
  if (type !== undefined) context.set('X-Content-Type-Options', 'nosniff');
}

/** Said once: otherwise all clients of the proxy would quietly share one allowance. */
function buildProxyWarning(trustProxy: boolean, log: Log): (context: Context) => void {
  let isDue = !trustProxy;
  return ({ headers }) => {
    if (!isDue || headers['x-forwarded-for'] === undefined) return;
    isDue = false;
    log.warn('proxy-not-trusted', { advice: 'behind a reverse proxy set http.trust-proxy = true, or its clients share one rate limit' });
  };
}
