import type { Push } from '../../src/index.ts';
import type { Request } from '../http2/exchange.ts';
import { buildLimits } from '../http2/limits.ts';
import type { Pool } from '../http2/pool/pool.ts';
import { patienceOf } from '../payload/call.ts';

/** Google asks senders to wait at least ten seconds. */
const answerLimitMs = 15_000;

/** What a push makes of a request; `build` makes the body, which tells how long the push has to live from `now` on. */
interface Sendable {
  readonly push: Pick<Push, 'expiresAt'> & Partial<Pick<Push, 'notification'>>;
  readonly build: (now: number) => string;
  readonly signal: AbortSignal;
}

/** A `messages:send` request (FCM HTTP v1). */
export function buildRequest(pool: Pool, projectId: string, accessToken: string, { push, build, signal }: Sendable): Request {
  // prettier-ignore
  const headers = [
    ':method', 'POST', ':scheme', 'https', ':authority', pool.authority, ':path', `/v1/projects/${projectId}/messages:send`,
    'authorization', `Bearer ${accessToken}`, 'content-type', 'application/json',
  ];
  const limits = buildLimits(push.expiresAt, answerLimitMs);
  // By the clock that nobody can set: what waited is not to live longer for it.
  const again = () => ({ headers, body: build(push.expiresAt.getTime() - limits.endsAt + performance.now()) });
  const patienceMs = push.notification && patienceOf(push.notification);
  return { ...again(), ...limits, telling: { at: performance.now(), again }, patienceMs, signal };
}
