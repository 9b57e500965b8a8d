import type { Exchange } from '../server/exchange.ts';
import type { SandboxRequest } from '../server/request.ts';
import type { SubscribeOptions, Subscriptions } from './subscriptions.ts';

const path = '/subscribe';
const help = 'expected no body or {"applicationServerKey": "…", "keys": true}';

/** Whether somebody asks as an app would ask its browser. https://www.rfc-editor.org/rfc/rfc8030#section-4 leaves the form of it open. */
export function isSubscribing(request: SandboxRequest): boolean {
  return request.method === 'POST' && request.path === path;
}

/** Answers with a new subscription as JSON. */
export function answerSubscribing({ body }: SandboxRequest, exchange: Exchange, subscriptions: Subscriptions): void {
  const options = body.length === 0 ? {} : readOptions(body.toString('utf8'));
  if (options === undefined) return exchange.respond(400, { 'content-type': 'text/plain' }, `${help}\n`);
  const subscription = subscriptions.subscribe(options);
  const headers = { 'content-type': 'application/json', location: subscription.endpoint };
  exchange.respond(201, headers, `${JSON.stringify(subscription)}\n`);
}

function readOptions(text: string): SubscribeOptions | undefined {
  const fields = parseObject(text);
  const { applicationServerKey, keys = true } = fields ?? {};
  if (fields === undefined || typeof keys !== 'boolean') return undefined;
  if (applicationServerKey !== undefined && typeof applicationServerKey !== 'string') return undefined;
  return { applicationServerKey, hasKeys: keys };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined; // the caller says what was expected
  }
}
