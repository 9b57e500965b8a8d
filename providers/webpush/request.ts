import type { Push } from '../../src/index.ts';
import type { Request } from '../http2/exchange.ts';
import { patienceOf } from '../payload/call.ts';
import type { WebpushMessage } from './message/message.ts';

/** Services answer within a second; who does not within ten holds a place that others need. */
const answerLimitMs = 10_000;

/** A push as RFC 8030 §5 wants it. Without `authorization` it says nothing of who sends it. */
export function buildRequest(
  { pathname, search, host }: URL,
  message: WebpushMessage,
  authorization: string | undefined,
  push: Pick<Push, 'expiresAt' | 'notification'>,
  signal: AbortSignal,
): Request {
  // prettier-ignore
  const headers = [
    ':method', 'POST', ':scheme', 'https', ':authority', host, ':path', pathname + search,
    'ttl', String(message.ttlSeconds), 'urgency', message.urgency,
  ];
  if (message.topic !== undefined) headers.push('topic', message.topic);
  if (message.isEncrypted) headers.push('content-type', 'application/octet-stream', 'content-encoding', 'aes128gcm');
  else if (message.body.length > 0) headers.push('content-type', 'application/json');
  if (authorization !== undefined) headers.push('authorization', authorization);
  const deadline = performance.now() + Math.min(answerLimitMs, push.expiresAt.getTime() - Date.now());
  return { headers, body: message.body, deadline, patienceMs: patienceOf(push.notification), signal };
}
