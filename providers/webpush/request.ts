import type { Push } from '../../src/index.ts';
import type { Request } from '../http2/exchange.ts';
import { buildLimits } from '../http2/limits.ts';
import { patienceOf } from '../payload/call.ts';
import { toTtlSeconds, type WebpushMessage } from './message/message.ts';

/** Services answer within a second; who does not within ten holds a place that others need. */
const answerLimitMs = 10_000;

/** A push as RFC 8030 §5 wants it. Who reads it without a key is told nothing of ours either: a bearer of names is no use there. */
export function buildRequest(
  { pathname, search, host }: URL,
  message: WebpushMessage,
  authorization: string,
  push: Pick<Push, 'expiresAt' | 'notification'>,
  signal: AbortSignal,
): Request {
  // prettier-ignore
  const headers = [
    ':method', 'POST', ':scheme', 'https', ':authority', host, ':path', pathname + search,
    'ttl', String(message.ttlSeconds), 'urgency', message.urgency,
  ];
  if (message.topic !== undefined) headers.push('topic', message.topic);
  // Servers of UnifiedPush without encryption, ntfy among them, may take it for a login of their own.
  if (message.isEncrypted)
    headers.push('content-type', 'application/octet-stream', 'content-encoding', 'aes128gcm', 'authorization', authorization);
  else headers.push('content-type', 'application/json');
  const { body } = message;
  const limits = buildLimits(push.expiresAt, answerLimitMs);
  const ttlAt = headers.indexOf('ttl') + 1;
  const again = () => ({ headers: headers.with(ttlAt, String(toTtlSeconds(limits.endsAt - performance.now()))), body });
  return { headers, body, ...limits, telling: { at: performance.now(), again }, patienceMs: patienceOf(push.notification), signal };
}
