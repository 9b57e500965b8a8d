import { z } from 'zod';
import type { Exchange } from '../../http2/exchange.ts';
import type { Pool } from '../../http2/pool/pool.ts';
import { parseRetryAfter } from '../../http2/retry-after.ts';
import { buildAssertion } from './assertion.ts';
import { hideRandom } from '../hide-random.ts';
import { parseObject } from '../parse-object.ts';
import type { ServiceAccount } from './service-account.ts';

const answerLimitMs = 10_000;
/** Every push waits for the token, and nothing speaks against asking twice. */
const patienceMs = 4_000;
/** Google's live an hour; one that is said to live for ever would be used until it is refused. */
const longestLifeSeconds = 24 * 60 * 60;
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** What came of asking for an access token. */
export type Grant =
  | { readonly kind: 'granted'; readonly accessToken: string; readonly lifeMs: number }
  /** The service account or its key is no good: asking again the same way changes nothing. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly afterMs?: number };

/** Anything else would be no header of HTTP. */
const granted = z.object({ access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/), expires_in: z.number().positive() });

/** Trades a signed assertion for an access token (RFC 7523 §2.1). Never rejects; settles within ten seconds. */
export async function exchangeToken(account: ServiceAccount, pool: Pool, signal: AbortSignal): Promise<Grant> {
  return readGrant(await askForToken(account, pool, signal));
}

/** The first half of {@link exchangeToken}: the answer as it came. */
export function askForToken(account: ServiceAccount, pool: Pool, signal: AbortSignal): Promise<Exchange> {
  const { pathname, search } = new URL(account.tokenUri);
  const body = new URLSearchParams({ grant_type: grantType, assertion: buildAssertion(account, Date.now()) }).toString();
  // prettier-ignore
  const headers = [
    ':method', 'POST', ':scheme', 'https', ':authority', pool.authority, ':path', pathname + search,
    'content-type', 'application/x-www-form-urlencoded', 'accept', 'application/json',
  ];
  return pool.request({ headers, body, deadline: performance.now() + answerLimitMs, patienceMs, signal });
}

/** The second half: what the answer means. */
export function readGrant(exchange: Exchange): Grant {
  if (exchange.kind !== 'answered') return { kind: 'unavailable', ...afterOf(exchange), reason: `no access token: ${exchange.reason}` };
  const { status, body, headers } = exchange;
  const answer = parseObject(body);
  const read = granted.safeParse(answer);
  if (status === 200 && read.success) {
    return { kind: 'granted', accessToken: read.data.access_token, lifeMs: Math.min(read.data.expires_in, longestLifeSeconds) * 1000 };
  }
  const reason = `${status} ${describe(answer)}`;
  if (status >= 400 && status < 500 && status !== 408 && status !== 429 && 'error' in answer) return { kind: 'refused', reason };
  const afterMs = parseRetryAfter(headers['retry-after'], Date.now());
  return { kind: 'unavailable', reason: `no access token: ${reason}`, ...(afterMs === undefined ? {} : { afterMs }) };
}

function afterOf(exchange: Exclude<Exchange, { kind: 'answered' }>): { readonly afterMs?: number } {
  return exchange.kind === 'unsent' && exchange.afterMs !== undefined ? { afterMs: exchange.afterMs } : {};
}

/** RFC 6749 §5.2. The description is Google's own text and names neither key nor token; what looks like one is taken out of anybody's. */
function describe({ error, error_description: description }: Readonly<Record<string, unknown>>): string {
  const words = [error, description].filter((word) => typeof word === 'string');
  return words.length === 0 ? 'an answer that cannot be read' : hideRandom(words.join(': ')).slice(0, 200);
}
