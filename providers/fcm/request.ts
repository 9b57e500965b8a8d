import type { Push } from '../../src/index.ts';
import type { Request } from '../http2/exchange.ts';
import type { Pool } from '../http2/pool/pool.ts';
import { patienceOf } from '../payload/call.ts';

/** Google asks senders to wait at least ten seconds. */
const answerLimitMs = 15_000;

/** A `messages:send` request (FCM HTTP v1). */
export function buildRequest(
  pool: Pool,
  projectId: string,
  accessToken: string,
  body: string,
  push: Pick<Push, 'expiresAt'> & Partial<Pick<Push, 'notification'>>,
  signal: AbortSignal,
): Request {
  // prettier-ignore
  const headers = [
    ':method', 'POST', ':scheme', 'https', ':authority', pool.authority, ':path', `/v1/projects/${projectId}/messages:send`,
    'authorization', `Bearer ${accessToken}`, 'content-type', 'application/json',
  ];
  const lifeMs = push.expiresAt.getTime() - Date.now();
  const patienceMs = push.notification && patienceOf(push.notification);
  return { headers, body, deadline: performance.now() + Math.min(answerLimitMs, lifeMs), patienceMs, signal };
}
