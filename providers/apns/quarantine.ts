import { LRUCache } from 'lru-cache';
import { growingTo } from '../../src/base/growing-to.ts';
import type { Exchange, Request } from '../http2/exchange.ts';
import type { Pool } from '../http2/pool/pool.ts';
import { parseRefusal } from './reasons.ts';

const minuteMs = 60_000;
const rememberedMs = 5 * minuteMs;
const maxTokens = 10_000;
/** One refusal removes a device; whoever asks again after the second has a reason to keep it, and may wait. */
const patience = 2;
const badReasons = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic']);

/**
 * Keeps device tokens away from Apple for five minutes after they were refused as bad twice: each refusal slows the
 * connection down, and too many get it closed. Such a push is unsent, for as long as the token is remembered.
 */
export function withQuarantine(pool: Pool, clock: () => number = Date.now): Pool {
  const refusals = new LRUCache<string, { readonly count: number; readonly until: number }>(growingTo(maxTokens));
  const note = (request: Request, exchange: Exchange) => {
    const isBad = isBadToken(exchange);
    if (!isBad && (refusals.size === 0 || exchange.kind !== 'answered')) return;
    const key = keyOf(request);
    if (isBad) refusals.set(key, { count: (refusals.get(key)?.count ?? 0) + 1, until: clock() + rememberedMs });
    else refusals.delete(key);
  };
  const remainingMs = (request: Request) => {
    const known = refusals.get(keyOf(request));
    return known !== undefined && known.count >= patience ? known.until - clock() : 0;
  };
  return {
    request(request) {
      const afterMs = refusals.size === 0 ? 0 : remainingMs(request);
      if (afterMs > 0) return Promise.resolve({ kind: 'unsent', reason: 'the token was refused as bad minutes ago', afterMs });
      return pool.request(request).then((exchange) => {
        note(request, exchange);
        return exchange;
      });
    },
    get sessions() {
      return pool.sessions;
    },
    get traffic() {
      return pool.traffic;
    },
    authority: pool.authority,
    close: () => pool.close(),
  };
}

function isBadToken(exchange: Exchange): boolean {
  return exchange.kind === 'answered' && exchange.status === 400 && badReasons.has(parseRefusal(exchange.body).reason);
}

function keyOf(request: Request): string {
  return `${headerOf(request, 'apns-topic')} ${headerOf(request, ':path')}`;
}

function headerOf({ headers }: Request, name: string): string {
  return headers[headers.indexOf(name) + 1] ?? '';
}
